package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.epmpulse.store.postgres.TestingPostgres.execute;
import static org.epmpulse.store.postgres.TestingPostgres.number;

import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.epmpulse.cluster.NotActiveException;
import org.epmpulse.cluster.TestingActivity;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.store.ChangeReader;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.IdempotencyIndex;
import org.epmpulse.store.NameInterner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checkpoints make a start independent of old rows, so that old rows can be removed. */
class SqlRetentionTest {

    private DatabaseSettings settings;
    private TestingNode node;
    private ActiveWrites writes;

    @BeforeEach
    void open() throws Exception {
        settings = TestingPostgres.newSchema();
        node = new TestingNode(settings);
        writes = node.writes;
        for (int i = 1; i <= 5; i++) {
            node.post(Status.LOADING, "J" + i).get(10, TimeUnit.SECONDS);
        }
    }

    @AfterEach
    void close() {
        node.close();
    }

    /** For the whole test, however long it takes: no other node can take the lease. */
    private void becomeActive() {
        node.lease.poll();
        writes = new ActiveWrites(node.id, new TestingActivity(node.lease.epoch()));
    }

    private SqlCheckpoints checkpoints() throws Exception {
        return new SqlCheckpoints(node.store.id().replaceFirst("\\.\\d+$", ""));
    }

    private SqlRetention retention(TestingNode of, int days, long maxSize) throws Exception {
        return new SqlRetention(
                of.database, checkpoints(), of.store.view(), writes, new SqlRetention.Limits(days, maxSize));
    }

    private void restart() throws Exception {
        node.close();
        node = new TestingNode(settings);
    }

    @Test
    void aStartReadsTheRowsAfterTheCheckpoint() throws Exception {
        becomeActive();
        Board board = node.store.board();
        SqlCheckpoints checkpoints = checkpoints();
        writes.run(node.database, (connection, epoch) -> checkpoints.write(connection, SqlCheckpoints.START, board));
        node.post(Status.OK, "J5").get(10, TimeUnit.SECONDS);
        Board last = node.store.board();
        execute(settings, "DELETE FROM journal WHERE seq < 5");

        restart();

        assertThat(node.store.board().domains()).isEqualTo(last.domains());
        assertThat(node.store.board().jobs().all())
                .containsExactlyElementsOf(last.jobs().all());
        assertThat(node.post(Status.LOADING, "J6")
                        .get(10, TimeUnit.SECONDS)
                        .get(0)
                        .revision())
                .isEqualTo(7);
    }

    @Test
    void aDamagedCheckpointIsNotUsed() throws Exception {
        becomeActive();
        Board board = node.store.board();
        SqlCheckpoints checkpoints = checkpoints();
        writes.run(node.database, (connection, epoch) -> checkpoints.write(connection, SqlCheckpoints.START, board));
        execute(settings, "UPDATE checkpoint SET content = overlay(content PLACING '\\x00'::bytea FROM 40)");

        restart();

        assertThat(node.store.board().domains()).isEqualTo(board.domains());
    }

    @Test
    void oldRowsAreRemovedAndTheBoardStays() throws Exception {
        becomeActive();
        Board board = node.store.board();
        execute(settings, "UPDATE journal SET received = received - interval '10 days' WHERE seq <= 3");

        retention(node, 1, Long.MAX_VALUE).run();

        assertThat(number(settings, "SELECT min(seq) FROM journal")).isEqualTo(4);
        restart();
        assertThat(node.store.board().domains()).isEqualTo(board.domains());
        assertThat(node.store.board().jobs().get("J1")).isNotNull();
        Instant gone = Instant.now().minus(Duration.ofDays(9));
        assertThatThrownBy(() -> node.store.boardAt(gone)).isInstanceOf(HistoryGoneException.class);
    }

    @Test
    void theLastDaysWithUpdatesStayHoweverOldTheyAre() throws Exception {
        becomeActive();
        execute(settings, "UPDATE journal SET received = received - (6 - seq) * interval '30 days'");

        retention(node, 5, Long.MAX_VALUE).run();
        assertThat(number(settings, "SELECT count(*) FROM journal")).isEqualTo(5);

        retention(node, 3, Long.MAX_VALUE).run();
        assertThat(number(settings, "SELECT min(seq) FROM journal")).isEqualTo(3);
    }

    @Test
    void rowsWithAValidIdempotencyKeyStay() throws Exception {
        becomeActive();
        execute(settings, "UPDATE journal SET received = received - interval '23 hours' WHERE seq <= 3");

        retention(node, 1, Long.MAX_VALUE).run();

        assertThat(number(settings, "SELECT count(*) FROM journal")).isEqualTo(5);
    }

    @Test
    void blocksAreDroppedButForTheLastTwo() throws Exception {
        becomeActive();
        long last = 3 * JournalBlocks.SIZE + 1;
        try (Connection connection = node.database.openForJournal()) {
            for (long block = 0; block <= 3; block++) {
                new JournalBlocks().ensure(connection, block * JournalBlocks.SIZE + 1);
            }
        }
        execute(
                settings,
                "INSERT INTO journal (seq, received, app, domain, status, source, outcome, node, chain)"
                        + " SELECT seq, clock_timestamp(), 'A', 'D', 'OK', 'api', 'recorded', 'a', 0 FROM unnest(ARRAY["
                        + JournalBlocks.SIZE + " + 1, 2 * " + JournalBlocks.SIZE + " + 1, " + last
                        + "]::bigint[]) AS seq");
        SqlRetention retention =
                new SqlRetention(node.database, checkpoints(), viewAt(last), writes, new SqlRetention.Limits(400, 1));

        retention.run();

        assertThat(tables()).isEqualTo(List.of(2L, 3L));
    }

    /** Blocks that hold rows. */
    private List<Long> tables() throws Exception {
        long second = number(settings, "SELECT count(*) FROM journal WHERE seq > 2 * " + JournalBlocks.SIZE);
        long first = number(settings, "SELECT count(*) FROM journal WHERE seq <= 2 * " + JournalBlocks.SIZE);
        long kept = number(
                settings,
                "SELECT count(*) FROM pg_inherits WHERE inhparent = 'journal'::regclass AND inhrelid IN"
                        + " (to_regclass('" + JournalBlocks.table(0) + "'), to_regclass('" + JournalBlocks.table(1)
                        + "'))");
        return first == 0 && kept == 0 && second == 2 ? List.of(2L, 3L) : List.of(first, second, kept);
    }

    private JournalView viewAt(long seq) {
        JournalView.SqlState known = node.store.view().state();
        Board board = known.board();
        Board later =
                new Board(board.revision(), seq, board.lastUpdated(), board.domains(), board.durations(), board.jobs());
        return new JournalView(
                new JournalView.SqlState(later, 0, known.lastReceived(), known.generation()),
                new IdempotencyIndex<>(Instant::now),
                new NameInterner(new Catalog(Map.of())),
                change -> {},
                "a",
                (key, updates) -> {});
    }

    @Test
    void aPastBoardIsThatOfItsTimeWithAndWithoutCheckpoints() throws Exception {
        execute(settings, "UPDATE journal SET received = received - (6 - seq) * interval '1 hour'");
        restart();
        becomeActive();
        Instant first = Instant.now().minus(Duration.ofHours(5));
        List<String> jobs = List.of("J1", "J2", "J3", "J4", "J5");
        assertThat(jobsAt(first)).isEqualTo(jobs);

        Board last = node.store.board();
        for (int row : List.of(2, 4)) {
            Board then =
                    node.store.boardAt(first.plus(Duration.ofHours(row - 1)).plusSeconds(60));
            assertThat(then.sequence()).isEqualTo(row);
            SqlCheckpoints checkpoints = checkpoints();
            writes.run(node.database, (connection, epoch) -> checkpoints.write(connection, SqlCheckpoints.DAY, then));
        }

        assertThat(jobsAt(first)).isEqualTo(jobs);
        assertThat(node.store.boardAt(Instant.now()).domains()).isEqualTo(last.domains());
        assertThat(node.store.boardAt(first.minus(Duration.ofDays(1))).domains())
                .isEmpty();
    }

    /** The job of the board a minute after the time, and each hour later. */
    private List<String> jobsAt(Instant time) {
        return IntStream.range(0, 5)
                .mapToObj(hour -> node.store
                        .boardAt(time.plus(Duration.ofHours(hour)).plusSeconds(60))
                        .of(TestingNode.ACTUAL)
                        .jobId())
                .toList();
    }

    @Test
    void aReaderOfChangesContinuesAfterRowsThatWereRemoved() throws Exception {
        ChangeReader reader = node.store.changesAfter(0);
        assertThat(reader.next(1).changes()).hasSize(1);
        execute(settings, "DELETE FROM journal WHERE seq <= 3");

        ChangeReader.Page page = reader.next(1);

        assertThat(page.lost()).isEqualTo(2);
        assertThat(page.changes()).extracting(StatusChange::revision).containsExactly(4L);
    }

    @Test
    void rowsOfNodesThatAreGoneAreRemovedAfterADay() throws Exception {
        becomeActive();
        execute(
                settings,
                "INSERT INTO node SELECT gen_random_uuid(), name, '1', 'hash', 1, 1, clock_timestamp() - age, 'running'"
                        + " FROM (VALUES ('a', interval '23 hours'), ('b', interval '25 hours')) AS nodes (name, age)");

        retention(node, 400, Long.MAX_VALUE).run();

        assertThat(number(settings, "SELECT count(*) FROM node WHERE name = 'a'"))
                .isEqualTo(1);
        assertThat(number(settings, "SELECT count(*) FROM node")).isEqualTo(1);
    }

    @Test
    void aPassiveNodeRemovesNothing() throws Exception {
        execute(settings, "UPDATE journal SET received = received - interval '10 days' WHERE seq <= 3");

        assertThatThrownBy(() -> retention(node, 1, Long.MAX_VALUE).run()).isInstanceOf(NotActiveException.class);

        assertThat(number(settings, "SELECT count(*) FROM journal")).isEqualTo(5);
    }
}
