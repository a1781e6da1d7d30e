package org.epmpulse.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.store.journal.TestingStore.ACTUAL;
import static org.epmpulse.store.journal.TestingStore.BUDGET;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.HistoryGoneException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Past boards equal the boards that were shown. */
class PastBoardsTest {

    private static final List<DomainId> DOMAINS = List.of(ACTUAL, BUDGET, new DomainId("FCCS", "Close"));

    @TempDir
    Path folder;

    private static List<Path> files(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> checkpoints(TestingStore testing) {
        return files(testing.root.resolve("checkpoints"));
    }

    private static ValidatedUpdate randomUpdate(Random random, Instant now) {
        Status status = Status.values()[random.nextInt(4)];
        String job = List.of("A", "B", "C").get(random.nextInt(3));
        Instant stamp = random.nextBoolean() ? null : now.minusSeconds(random.nextInt(900));
        return new ValidatedUpdate(
                DOMAINS.get(random.nextInt(3)),
                status,
                random.nextInt(5) == 0 ? null : job,
                null,
                stamp,
                random.nextInt(4) == 0 ? "22" + random.nextInt(3) : null,
                Source.API,
                random.nextBoolean() ? "k" : "l",
                null,
                null);
    }

    /** Records random updates over five days with restarts, and returns the board after each request. */
    private static Map<Instant, Board> recordBoards(TestingStore testing, Random random) throws IOException {
        Map<Instant, Board> boards = new LinkedHashMap<>();
        boards.put(testing.now.minusSeconds(1), Board.EMPTY);
        for (int i = 0; i < 150; i++) {
            List<ValidatedUpdate> updates = new ArrayList<>();
            int size = random.nextInt(6) == 0 ? 5 : 1;
            for (int part = 0; part < size; part++) {
                updates.add(randomUpdate(random, testing.now));
            }
            testing.record(updates, size > 1, null);
            boards.put(testing.now, testing.board());
            testing.now = testing.now.plusSeconds(random.nextInt(6) == 0 ? 14_000 : random.nextInt(700));
            if (random.nextInt(40) == 0) {
                testing.reopen();
            }
        }
        return boards;
    }

    private static void assertBoardAt(TestingStore testing, Instant at, Board expected) {
        Board past = testing.store().boardAt(at);
        assertThat(past.domains()).as("%s", at).isEqualTo(expected.domains());
        assertThat(past.durations()).as("%s", at).isEqualTo(expected.durations());
        assertThat(past.revision()).isEqualTo(expected.revision());
        assertThat(past.lastUpdated()).isEqualTo(expected.lastUpdated());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aPastBoardEqualsTheBoardShownAtThatTime(long seed) throws Exception {
        Random random = new Random(seed);
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            Map<Instant, Board> boards = recordBoards(testing, random);
            boards.forEach((at, board) -> assertBoardAt(testing, at, board));
            boards.forEach((at, board) -> assertBoardAt(testing, at.plusMillis(1), board));

            for (Path checkpoint : checkpoints(testing)) {
                if (random.nextBoolean()) {
                    byte[] bytes = Files.readAllBytes(checkpoint);
                    bytes[random.nextInt(bytes.length)] ^= 1;
                    Files.write(checkpoint, bytes);
                }
            }
            boards.forEach((at, board) -> assertBoardAt(testing, at, board));

            testing.close();
            for (Path checkpoint : checkpoints(testing)) {
                Files.delete(checkpoint);
            }
            testing.open();
            boards.forEach((at, board) -> assertBoardAt(testing, at, board));
            assertThat(checkpoints(testing)).hasSizeGreaterThan(3);

            testing.close();
            Files.delete(testing.root.resolve("apps_status.json"));
            testing.open();
            boards.forEach((at, board) -> assertBoardAt(testing, at, board));
        }
    }

    @Test
    void aBoardBeforeTheKeptDaysIsNotAvailable() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data"))) {
            testing.retention = new JournalStatusStore.Retention(3, 10_000_000_000L);
            testing.open();
            Instant first = testing.now;
            Map<Instant, Board> boards = new LinkedHashMap<>();
            testing.record(BUDGET, Status.WARNING, "once");
            for (int day = 0; day < 6; day++) {
                testing.record(ACTUAL, Status.OK, "J" + day);
                boards.put(testing.now, testing.board());
                testing.now = testing.now.plus(Duration.ofDays(1));
                testing.reopen();
            }
            // Temporary files disappear meanwhile.
            await().ignoreExceptionsInstanceOf(UncheckedIOException.class)
                    .until(() -> files(testing.root.resolve("history")).size() == 3
                            && checkpoints(testing).size() == 3);

            for (int day = 0; day < 6; day++) {
                Instant at = first.plus(Duration.ofDays(day));
                if (day < 3) {
                    assertThatThrownBy(() -> testing.store().boardAt(at))
                            .isInstanceOfSatisfying(HistoryGoneException.class, e -> assertThat(e.since())
                                    .isEqualTo(first.plus(Duration.ofDays(3))));
                } else {
                    assertBoardAt(testing, at, boards.get(at));
                    assertThat(testing.store().boardAt(at).of(BUDGET).jobId()).isEqualTo("once");
                }
            }
        }
    }

    @Test
    void aBoardAfterAGapInTheJournalIsNotAvailable() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            Instant start = testing.now;
            for (int i = 0; i < 4; i++) {
                testing.record(i == 1 ? BUDGET : ACTUAL, Status.OK, "J" + i);
                testing.now = testing.now.plusSeconds(60);
            }
            testing.close();
            List<String> lines = new ArrayList<>(Files.readAllLines(testing.journal()));
            lines.remove(1);
            Files.write(testing.journal(), lines);
            checkpoints(testing).forEach(file -> file.toFile().delete());
            Files.delete(testing.root.resolve("apps_status.json"));
            testing.open();

            assertThat(testing.store().boardAt(start).of(ACTUAL).jobId()).isEqualTo("J0");
            assertThatThrownBy(() -> testing.store().boardAt(start.plusSeconds(130)))
                    .isInstanceOf(HistoryGoneException.class);
            assertThat(testing.store().boardAt(testing.now).of(ACTUAL).jobId()).isEqualTo("J3");
        }
    }

    @Test
    void aCheckpointAheadOfTheJournalOrOfAnotherStoreIsRemoved() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            testing.record(ACTUAL, Status.OK, "J");
            await().ignoreExceptionsInstanceOf(UncheckedIOException.class)
                    .until(() -> checkpoints(testing).size() == 1);
            testing.now = testing.now.plus(Duration.ofDays(1));
            testing.record(ACTUAL, Status.WARNING, "K");
            testing.close();
            Path latest = checkpoints(testing).get(1);
            Path ahead = latest.resolveSibling(latest.getFileName().toString().replace("2026-04-01", "2026-04-07"));
            Files.copy(latest, ahead);
            Path other = Files.createDirectory(latest.getParent().resolveSibling("other"));
            Files.copy(latest, other.resolve(latest.getFileName()));

            testing.open();

            assertThat(checkpoints(testing)).contains(latest).doesNotContain(ahead);
            assertThat(other).doesNotExist();
        }
    }
}
