package org.epmpulse.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.store.journal.TestingStore.ACTUAL;
import static org.epmpulse.store.journal.TestingStore.BUDGET;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.ReceiptTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The journal under a clock that is set: the order is that of the revisions, and no line is lost or misplaced. */
class JournalClockTest {

    private static final List<DomainId> DOMAINS = List.of(ACTUAL, BUDGET, new DomainId("FCCS", "Close"));

    @TempDir
    Path folder;

    /** An accepted entry and the board after it. */
    private record Accepted(Entry entry, Board board) {}

    private final List<Accepted> accepted = new ArrayList<>();
    private @Nullable Instant lastReceived;
    private int copies;

    private static Duration step(Random random) {
        long seconds =
                switch (random.nextInt(12)) {
                    case 0 -> random.nextLong(1, 3 * 365 * 86_400L);
                    case 1, 2 -> random.nextLong(1, 3 * 86_400L);
                    case 3, 4 -> random.nextLong(1, 7_200);
                    default -> random.nextLong(1, 60);
                };
        return Duration.ofSeconds(random.nextInt(5) < 2 ? -seconds : seconds);
    }

    private void post(TestingStore testing, Random random) {
        List<ValidatedUpdate> updates = new ArrayList<>();
        int size = random.nextInt(6) == 0 ? 4 : 1;
        for (int i = 0; i < size; i++) {
            updates.add(new ValidatedUpdate(
                    DOMAINS.get(random.nextInt(3)),
                    Status.values()[random.nextInt(4)],
                    random.nextInt(4) == 0 ? null : "J" + random.nextInt(3),
                    "m" + random.nextInt(1_000_000),
                    random.nextInt(3) == 0 ? testing.now.minusSeconds(random.nextInt(900)) : null,
                    null,
                    Source.API,
                    random.nextBoolean() ? "k" : "l",
                    null,
                    null));
        }
        List<Entry> entries = testing.record(updates, size > 1, null);
        Instant now = testing.now;
        boolean held = lastReceived != null
                && now.isBefore(lastReceived)
                && !now.isBefore(lastReceived.minus(ReceiptTime.MAX_HELD));
        lastReceived = held ? lastReceived : now;
        for (Entry entry : entries) {
            assertThat(entry.received()).isEqualTo(lastReceived);
            accepted.add(new Accepted(entry, testing.board()));
        }
    }

    /** As a restart, or as a start after {@code kill -9}: on a copy of the files as they were while it ran. */
    private TestingStore restart(TestingStore testing, Random random) throws IOException {
        if (random.nextBoolean()) {
            return testing.reopen();
        }
        Path copy = copy(testing.root);
        testing.close();
        if (random.nextBoolean()) {
            Files.deleteIfExists(copy.resolve("apps_status.json"));
        }
        Path order = copy.resolve("history").resolve(JournalOrder.FILE);
        if (random.nextInt(3) == 0 && Files.exists(order)) {
            Files.writeString(order, "2026-03-31 0 1\n");
        }
        TestingStore next = new TestingStore(copy);
        next.now = testing.now;
        return next.open();
    }

    /** Repeated if a day is closed meanwhile: its file is then replaced. */
    private Path copy(Path from) throws IOException {
        while (true) {
            Path copy = folder.resolve("copy" + ++copies);
            try {
                copyFiles(from, copy);
                return copy;
            } catch (NoSuchFileException | UncheckedIOException e) {
                assertThat(copies).isLessThan(1_000);
            }
        }
    }

    private static void copyFiles(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.sorted().toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!file.toString().endsWith(".tmp")) {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static List<Entry> history(TestingStore testing, @Nullable Instant since, @Nullable Instant until) {
        List<Entry> all = new ArrayList<>();
        String cursor = null;
        do {
            HistoryPage page =
                    testing.store().history(new HistoryQuery(null, null, null, null, since, until, 7, cursor));
            all.addAll(page.entries());
            cursor = page.next();
        } while (cursor != null);
        return all;
    }

    private List<Entry> expectedHistory(@Nullable Instant since, @Nullable Instant until) {
        List<Entry> expected = new ArrayList<>();
        for (Accepted one : accepted) {
            Instant received = one.entry().received();
            if (one.entry().outcome() != Outcome.DUPLICATE
                    && (since == null || !received.isBefore(since))
                    && (until == null || received.isBefore(until))) {
                expected.add(one.entry());
            }
        }
        Collections.reverse(expected);
        return expected;
    }

    private Board expectedAt(Instant at) {
        Board board = Board.EMPTY;
        for (Accepted one : accepted) {
            board = one.entry().received().isAfter(at) ? board : one.board();
        }
        return board;
    }

    private static void assertBoard(Board actual, Board expected, String what) {
        assertThat(actual.domains()).as(what).isEqualTo(expected.domains());
        assertThat(actual.durations()).as(what).isEqualTo(expected.durations());
        assertThat(actual.revision()).as(what).isEqualTo(expected.revision());
    }

    private void assertMatchesModel(TestingStore testing, Random random) {
        Board now = accepted.get(accepted.size() - 1).board();
        assertBoard(testing.board(), now, "board now");
        assertThat(history(testing, null, null))
                .usingRecursiveComparison()
                .ignoringFields("place")
                .isEqualTo(expectedHistory(null, null));
        for (int i = 0; i < 4; i++) {
            Instant one = accepted.get(random.nextInt(accepted.size())).entry().received();
            Instant other =
                    accepted.get(random.nextInt(accepted.size())).entry().received();
            assertThat(history(testing, one, other.plusMillis(1)))
                    .as("%s to %s", one, other)
                    .extracting(Entry::message)
                    .isEqualTo(expectedHistory(one, other.plusMillis(1)).stream()
                            .map(Entry::message)
                            .toList());
            for (Instant at : List.of(one, one.minusMillis(1), one.plusSeconds(20))) {
                assertBoard(testing.store().boardAt(at), expectedAt(at), "board at " + at);
            }
        }
    }

    private static List<Path> dayFiles(TestingStore testing) {
        try (Stream<Path> files = Files.list(testing.root.resolve("history"))) {
            return files.filter(file -> file.toString().contains(".jsonl"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertFilesFollowTheReceipt(TestingStore testing) throws IOException {
        int lines = 0;
        for (DayFile file : DayFile.list(testing.root.resolve("history")).values()) {
            String text = new String(file.open().readAllBytes(), StandardCharsets.UTF_8);
            for (String line : text.split("\n")) {
                if (!line.isBlank()) {
                    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
                    Instant received = JournalLine.read(bytes, 0, bytes.length).received();
                    assertThat(received.atZone(ZoneOffset.UTC).toLocalDate()).isEqualTo(file.day());
                    lines++;
                }
            }
        }
        assertThat(lines).isEqualTo((int) accepted.stream()
                .filter(one -> one.entry().outcome() != Outcome.DUPLICATE)
                .count());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void underAnyClockTheBoardAndTheHistoryFollowTheRevisions(long seed) throws Exception {
        Random random = new Random(seed);
        TestingStore testing = new TestingStore(folder.resolve("data")).open();
        try {
            for (int i = 0; i < 120; i++) {
                testing.now = testing.now.plus(step(random));
                post(testing, random);
                if (random.nextInt(12) == 0) {
                    testing = restart(testing, random);
                }
                if (random.nextInt(8) == 0) {
                    assertMatchesModel(testing, random);
                }
            }
            assertMatchesModel(testing, random);
            assertFilesFollowTheReceipt(testing);
        } finally {
            testing.close();
        }
    }

    @Test
    void oneUpdateUnderAClockFarAheadDeletesNothingAndLaterOnesGoIntoTheRightFile() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data"))) {
            testing.retention = new JournalStatusStore.Retention(5, 10_000_000_000L);
            testing.open();
            for (int day = 0; day < 5; day++) {
                testing.record(ACTUAL, Status.OK, "J" + day);
                testing.now = testing.now.plus(Duration.ofDays(1));
            }
            testing.now = testing.now.minus(Duration.ofDays(1));
            Path today = testing.journal();
            testing.now = testing.now.plus(Duration.ofDays(500));
            testing.reopen();
            testing.record(ACTUAL, Status.OK, "AHEAD");
            Path ahead = testing.journal();
            await().until(() -> Files.exists(Path.of(today + ".gz")));

            testing.now = testing.now.minus(Duration.ofDays(500));
            testing.record(ACTUAL, Status.WARNING, "RIGHT");

            assertThat(today).content().contains("\"J4\"", "\"RIGHT\"");
            await().until(() -> Files.exists(Path.of(ahead + ".gz")) && !Files.exists(ahead));
            assertThat(dayFiles(testing)).hasSize(6);
            assertThat(testing.store().boardAt(testing.now).of(ACTUAL).jobId()).isEqualTo("RIGHT");
            testing.reopen();
            assertThat(history(testing, null, null)).extracting(Entry::jobId).startsWith("RIGHT", "AHEAD", "J4");
        }
    }

    @Test
    void aDuplicateAtTheEndCountsForTheTimeOfReceiptAfterARestart() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            testing.record(ACTUAL, Status.OK, "J");
            testing.now = testing.now.plus(Duration.ofMinutes(5));
            Instant last = testing.now;
            ValidatedUpdate repeated = TestingStore.update(ACTUAL, Status.OK, "J");
            Idempotency key = new Idempotency("K", "00");
            assertThat(testing.record(List.of(repeated), false, key).get(0).outcome())
                    .isEqualTo(Outcome.DUPLICATE);
            testing.now = testing.now.minus(Duration.ofMinutes(3));
            testing.reopen();

            assertThat(testing.record(BUDGET, Status.OK, "K").received()).isEqualTo(last);
        }
    }

    @Test
    void daysThatExistAreCountedForTheAgeOfADay() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data"))) {
            testing.retention = new JournalStatusStore.Retention(3, 10_000_000_000L);
            testing.open();
            for (int gap : new int[] {3, 30, 1, 40, 1}) {
                testing.record(ACTUAL, Status.OK, "J" + gap);
                testing.now = testing.now.plus(Duration.ofDays(gap));
            }
            testing.record(ACTUAL, Status.OK, "LAST");

            await().until(() -> dayFiles(testing).size() == 3);
            assertThat(history(testing, null, null)).extracting(Entry::jobId).containsExactly("LAST", "J1", "J40");
        }
    }

    @Test
    void aRepeatedUpdateAndAKeyAreNotTakenForOldOnesAfterTheClockWasFarAhead() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            testing.now = testing.now.plus(Duration.ofDays(500));
            testing.record(ACTUAL, Status.OK, "NIGHTLY");
            Idempotency key = new Idempotency("K", "00");
            ValidatedUpdate update = TestingStore.update(BUDGET, Status.OK, "J");
            Entry first = testing.record(List.of(update), false, key).get(0);
            testing.now = testing.now.minus(Duration.ofDays(499));

            assertThat(testing.record(ACTUAL, Status.OK, "NIGHTLY").outcome()).isEqualTo(Outcome.RECORDED);
            assertThat(testing.record(List.of(update), false, key).get(0).revision())
                    .isEqualTo(first.revision());
            testing.reopen();
            assertThat(testing.record(List.of(update), false, key).get(0).revision())
                    .isEqualTo(first.revision());
            testing.now = testing.now.plus(Duration.ofHours(25));
            testing.reopen();
            assertThat(testing.record(List.of(update), false, key).get(0).revision())
                    .isGreaterThan(first.revision());
        }
    }
}
