package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.ValidatedUpdate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several nodes write to one database: one order, without a gap, the same on all of them. */
class SqlOrderTest {

    private static final int NODES = 4;
    private static final int CALLERS = 8;
    private static final int UPDATES = 150;
    private static final List<DomainId> DOMAINS = List.of(TestingNode.ACTUAL, TestingNode.BUDGET);

    private final List<TestingNode> nodes = new ArrayList<>();
    private DatabaseSettings settings;

    @BeforeEach
    void open() throws Exception {
        settings = TestingPostgres.newSchema();
        for (int i = 0; i < NODES; i++) {
            nodes.add(new TestingNode(TestingPostgres.named(settings, "node" + i)));
        }
    }

    @AfterEach
    void close() {
        nodes.forEach(TestingNode::close);
    }

    @Test
    void allNodesWriteInOneOrderWithoutAGap() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(NODES * CALLERS + 1);
        AtomicBoolean done = new AtomicBoolean();
        Future<?> reader = threads.submit(() -> {
            readPrefixes(done);
            return null;
        });
        List<Future<?>> callers = new ArrayList<>();
        for (int i = 0; i < NODES * CALLERS; i++) {
            int caller = i;
            callers.add(threads.submit(() -> post(caller)));
        }
        for (Future<?> caller : callers) {
            caller.get();
        }
        done.set(true);
        reader.get();
        threads.shutdown();

        long last = (long) NODES * CALLERS * UPDATES;
        assertThat(sequences())
                .isEqualTo(LongStream.rangeClosed(1, last).boxed().toList());
        Board expected = nodes.get(0).latest();
        for (TestingNode node : nodes) {
            Board board = node.latest();
            assertThat(board.revision()).isEqualTo(last);
            assertThat(board.domains()).isEqualTo(expected.domains());
            assertThat(node.changes)
                    .extracting(StatusChange::revision)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, last).boxed().toList());
        }
        try (TestingNode replayed = new TestingNode(settings)) {
            assertThat(replayed.store.board().domains()).isEqualTo(expected.domains());
            assertThat(replayed.store.board().durations()).isEqualTo(expected.durations());
            assertThat(replayed.store.board().jobs().all())
                    .containsExactlyElementsOf(expected.jobs().all());
        }
    }

    @Test
    void whatOneNodeAcknowledgedIsInTheNextReadOfAnother() throws Exception {
        for (int i = 0; i < 200; i++) {
            Entry entry = nodes.get(i % NODES)
                    .post(Status.LOADING, "J" + i)
                    .get(10, TimeUnit.SECONDS)
                    .get(0);

            Board read = nodes.get((i + 1) % NODES).latest();

            assertThat(read.revision()).isGreaterThanOrEqualTo(entry.revision());
        }
    }

    private void post(int caller) {
        Random random = new Random(caller);
        TestingNode node = nodes.get(caller % NODES);
        for (int i = 0; i < UPDATES; i++) {
            Status status = i % 2 == 0 ? Status.LOADING : Status.OK;
            Entry entry = node.post(DOMAINS.get(random.nextInt(2)), status, caller + "_" + i)
                    .join()
                    .get(0);
            // What was acknowledged is on the board of the node that acknowledged it.
            assertThat(node.store.board().revision()).isGreaterThanOrEqualTo(entry.revision());
        }
    }

    private void readPrefixes(AtomicBoolean done) throws Exception {
        try (Connection connection = TestingPostgres.connect(settings);
                Statement statement = connection.createStatement()) {
            while (!done.get()) {
                try (ResultSet row = statement.executeQuery("SELECT coalesce(max(seq), 0), count(*) FROM journal")) {
                    row.next();
                    assertThat(row.getLong(1)).isEqualTo(row.getLong(2));
                }
            }
        }
    }

    private List<Long> sequences() throws Exception {
        try (Connection connection = TestingPostgres.connect(settings);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT seq FROM journal ORDER BY seq")) {
            List<Long> sequences = new ArrayList<>();
            while (rows.next()) {
                sequences.add(rows.getLong(1));
            }
            return sequences;
        }
    }

    @Test
    void whatOtherNodesRecordedIsToldByKey() throws Exception {
        nodes.get(0).post(Status.LOADING, "J1").get(10, TimeUnit.SECONDS);
        nodes.get(0).post(Status.OK, "J1").get(10, TimeUnit.SECONDS);

        nodes.get(1).latest();

        assertThat(nodes.get(1).elsewhere).containsExactly("tester 1", "tester 1");
        assertThat(nodes.get(0).elsewhere).isEmpty();
    }

    @Test
    void aRequestThatIsRepeatedOnAllNodesIsRecordedOnce() throws Exception {
        for (int i = 0; i < 50; i++) {
            Idempotency key = new Idempotency("key" + i, "ab".repeat(32));
            List<ValidatedUpdate> body = List.of(TestingNode.update(DOMAINS.get(i % 2), Status.LOADING, "J" + i));
            List<CompletableFuture<List<Entry>>> replies = new ArrayList<>();
            for (TestingNode node : nodes) {
                replies.add(node.store.record(body, false, key));
            }
            for (CompletableFuture<List<Entry>> reply : replies) {
                assertThat(reply.join()).isEqualTo(replies.get(0).join());
            }
        }
        assertThat(sequences()).hasSize(50);
    }
}
