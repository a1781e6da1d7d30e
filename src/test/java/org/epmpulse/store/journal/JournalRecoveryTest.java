package org.epmpulse.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.store.journal.TestingStore.ACTUAL;
import static org.epmpulse.store.journal.TestingStore.BUDGET;
import static org.epmpulse.store.journal.TestingStore.update;

import io.vavr.collection.Map;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.HistoryQuery;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recovery after a crash, a cut file, a flipped byte or a restore. */
@Order(3)
class JournalRecoveryTest {

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    private static void delete(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** A journal of singles and batches, without a state file, and the board after each of its lines. */
    private record WrittenJournal(
            byte[] journal, List<Long> ends, List<Map<DomainId, DomainStatus>> boards, String name) {

        static WrittenJournal in(Path root) throws IOException {
            try (TestingStore testing = new TestingStore(root).open()) {
                List<Long> ends = new ArrayList<>(List.of(0L));
                List<Map<DomainId, DomainStatus>> boards =
                        new ArrayList<>(List.of(testing.board().domains()));
                Runnable mark = () -> {
                    try {
                        ends.add(Files.size(testing.journal()));
                        boards.add(testing.board().domains());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                };
                testing.record(ACTUAL, Status.LOADING, "Ä-1");
                mark.run();
                testing.record(BUDGET, Status.WARNING, null);
                mark.run();
                testing.now = testing.now.plusSeconds(90);
                testing.record(
                        List.of(
                                update(ACTUAL, Status.OK, "Ä-1", "done"),
                                update(BUDGET, Status.LOADING, "B"),
                                update(BUDGET, Status.OK, "B")),
                        true,
                        null);
                mark.run();
                testing.record(ACTUAL, Status.LOADING, "Ä-2");
                mark.run();
                testing.close();
                return new WrittenJournal(
                        Files.readAllBytes(testing.journal()),
                        ends,
                        boards,
                        testing.journal().getFileName().toString());
            }
        }

        Map<DomainId, DomainStatus> boardOf(long length) {
            Map<DomainId, DomainStatus> board = boards.get(0);
            for (int i = 0; i < ends.size(); i++) {
                // A line is complete with its closing brace; the newline is only a separator.
                if (ends.get(i) - 1 <= length) {
                    board = boards.get(i);
                }
            }
            return board;
        }

        TestingStore openWith(Path root, byte[] bytes) throws IOException {
            if (Files.exists(root)) {
                delete(root);
            }
            Files.createDirectories(root.resolve("history"));
            Files.write(root.resolve("history").resolve(name), bytes);
            return new TestingStore(root).open();
        }
    }

    @Test
    void aRestoredStoreHasANewPermanentId() throws Exception {
        try (TestingStore testing = new TestingStore(folder).open()) {
            testing.record(ACTUAL, Status.OK, "A");
            String before = testing.store().id();
            testing.close();
            Files.createFile(folder.resolve("restored"));

            String restored = testing.open().store().id();

            assertThat(restored).isNotEqualTo(before);
            assertThat(testing.actual().jobId()).isEqualTo("A");
            assertThat(testing.reopen().store().id()).isEqualTo(restored);
        }
    }

    @Test
    void aJournalCutAtAnyByteKeepsTheUpdatesBeforeTheCut() throws Exception {
        WrittenJournal written = WrittenJournal.in(folder.resolve("first"));
        Path copy = folder.resolve("copy");

        for (int length = 0; length <= written.journal().length; length++) {
            try (TestingStore testing = written.openWith(copy, Arrays.copyOf(written.journal(), length))) {
                assertThat(testing.board().domains())
                        .as("cut to %d bytes", length)
                        .isEqualTo(written.boardOf(length));
                assertThat(testing.store().quarantined()).isZero();
                Entry next = testing.record(new DomainId("Planning", "Next"), Status.OK, null);
                assertThat(next.revision()).isEqualTo(testing.board().revision());
                var expected = testing.board();
                Files.delete(copy.resolve("apps_status.json"));
                testing.reopen();
                assertThat(testing.board().domains()).isEqualTo(expected.domains());
            }
        }
    }

    @Test
    void aFlippedByteAffectsOnlyItsLineAndIsReported() throws Exception {
        WrittenJournal written = WrittenJournal.in(folder.resolve("first"));
        Path copy = folder.resolve("copy");
        List<String> lines =
                new String(written.journal(), StandardCharsets.UTF_8).lines().toList();

        for (int at = 0; at < written.journal().length; at++) {
            byte[] damaged = written.journal().clone();
            damaged[at] ^= 0x10;
            try (TestingStore testing = written.openWith(copy, damaged)) {
                List<Entry> left = testing.store()
                        .history(new HistoryQuery(null, null, null, null, null, null, 100, null))
                        .entries();
                boolean newline = written.journal()[at] == '\n';
                assertThat(left).as("byte %d", at).hasSize(newline ? lines.size() : lines.size() - 1);
                assertThat(testing.store().quarantined()).as("byte %d", at).isEqualTo(newline ? 0 : 1);
                assertThat(testing.meters
                                .get("epmpulse.journal.quarantined")
                                .counter()
                                .count())
                        .isEqualTo(newline ? 0 : 1);
                testing.record(ACTUAL, Status.WARNING, "after");
                testing.reopen();
                assertThat(testing.actual().jobId()).isEqualTo("after");
                assertThat(testing.store().quarantined()).isEqualTo(newline ? 0 : 1);
            }
        }
    }

    @Test
    void aDamagedLineThatTheStateFileIncludesIsReportedAndNotLost() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            testing.record(ACTUAL, Status.LOADING, "J");
            testing.record(BUDGET, Status.OK, "K");
            testing.close();
            byte[] journal = Files.readAllBytes(testing.journal());
            journal[20] ^= 1;
            Files.write(testing.journal(), journal);

            testing.open();

            assertThat(testing.actual().jobId()).isEqualTo("J");
            assertThat(testing.store().quarantined()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "[]", "{\"store_id\":\"x\",\"apps\":{}}", "\u0000\u0000"})
    void anInvalidStateFileIsCreatedAgainFromTheJournal(String content) throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            testing.record(ACTUAL, Status.LOADING, "J");
            testing.close();
            Files.writeString(testing.root.resolve("apps_status.json"), content);

            testing.open();

            assertThat(testing.actual().jobId()).isEqualTo("J");
            assertThat(testing.store().quarantined()).isEqualTo(1);
        }
    }

    @Test
    void aModifiedStateFileIsNotUsed() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            testing.record(ACTUAL, Status.WARNING, "J");
            testing.close();
            Path state = testing.root.resolve("apps_status.json");
            Files.writeString(state, Files.readString(state).replace("Warning", "OK"));

            testing.open();

            assertThat(testing.actual().status()).isEqualTo(Status.WARNING);
            assertThat(testing.store().quarantined()).isEqualTo(1);
        }
    }

    @Test
    void aStateFileAheadOfTheJournalIsUsed() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            testing.record(ACTUAL, Status.LOADING, "J");
            testing.record(BUDGET, Status.OK, "K");
            testing.close();
            Files.delete(testing.journal());

            testing.open();

            assertThat(testing.actual().jobId()).isEqualTo("J");
            assertThat(testing.store().quarantined()).isEqualTo(1);
            assertThat(testing.record(ACTUAL, Status.OK, "J").revision()).isEqualTo(3);
            testing.reopen();
            assertThat(testing.store().quarantined()).isEqualTo(1);
            assertThat(testing.actual().status()).isEqualTo(Status.OK);
            assertThat(testing.board().of(BUDGET).status()).isEqualTo(Status.OK);
        }
    }

    @Test
    void anOlderStateFileIsUpdatedFromTheJournal() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            testing.record(ACTUAL, Status.LOADING, "J");
            testing.close();
            byte[] older = Files.readAllBytes(testing.root.resolve("apps_status.json"));
            testing.open();
            testing.now = testing.now.plus(Duration.ofMinutes(2));
            testing.record(ACTUAL, Status.OK, "J");
            testing.close();
            Files.write(testing.root.resolve("apps_status.json"), older);

            testing.open();

            assertThat(testing.actual().status()).isEqualTo(Status.OK);
            assertThat(testing.actual().durationSec()).isEqualTo(120);
        }
    }

    @Test
    void aRemovedLineIsReported() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            for (int i = 1; i <= 4; i++) {
                testing.record(ACTUAL, Status.OK, "J" + i);
            }
            testing.close();
            List<String> lines = new ArrayList<>(Files.readAllLines(testing.journal()));
            lines.remove(2);
            Files.write(testing.journal(), lines);
            Files.delete(testing.root.resolve("apps_status.json"));

            testing.open();

            assertThat(testing.actual().jobId()).isEqualTo("J4");
            assertThat(testing.board().revision()).isEqualTo(4);
            assertThat(testing.store().quarantined()).isEqualTo(1);
            try (var files = Files.list(testing.root.resolve("quarantine"))) {
                assertThat(files.filter(file -> file.toString().endsWith(".reason.txt")))
                        .singleElement()
                        .satisfies(file -> assertThat(Files.readString(file)).contains("revisions 3 to 3 are missing"));
            }
        }
    }

    @Test
    void theDurationStatisticsSurviveARestartWithAndWithoutTheStateFile() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            for (int seconds = 1; seconds <= 22; seconds++) {
                testing.record(ACTUAL, Status.LOADING, "J");
                testing.now = testing.now.plusSeconds(seconds);
                testing.record(ACTUAL, Status.OK, "J");
            }
            var expected = testing.board().durations();
            assertThat(testing.board().durations(ACTUAL).seconds()).hasSize(20).endsWith(21, 22);

            testing.reopen();
            assertThat(testing.board().durations()).isEqualTo(expected);
            testing.close();
            Files.delete(testing.root.resolve("apps_status.json"));
            testing.open();
            assertThat(testing.board().durations()).isEqualTo(expected);
        }
    }

    @Test
    void aStateFileWithoutDurationsIsValidAndTheNextRunsAddThem() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            testing.record(ACTUAL, Status.LOADING, "J");
            testing.now = testing.now.plusSeconds(60);
            testing.record(ACTUAL, Status.OK, "J");
            testing.close();
            Path state = testing.root.resolve("apps_status.json");
            byte[] older = Files.readString(state)
                    .replaceAll(",\"durations\":\\[60]", "")
                    .replaceAll(",\"crc\":\\d+}\\s*", "}")
                    .getBytes(StandardCharsets.UTF_8);
            var withChecksum = new java.io.ByteArrayOutputStream();
            LineChecksum.writeWithChecksum(older, withChecksum);
            Files.write(state, withChecksum.toByteArray());

            testing.open();
            assertThat(testing.store().quarantined()).isZero();
            assertThat(testing.actual().status()).isEqualTo(Status.OK);
            assertThat(testing.board().durations(ACTUAL).seconds()).isEmpty();

            testing.record(ACTUAL, Status.LOADING, "J");
            testing.now = testing.now.plusSeconds(30);
            testing.record(ACTUAL, Status.OK, "J");
            assertThat(testing.board().durations(ACTUAL).seconds()).containsExactly(30);
        }
    }

    @Test
    void theReadableLinesOfADamagedCompressedDayAreKept() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            for (int i = 0; i < 2000; i++) {
                testing.record(new DomainId("Planning", "D" + i % 7), Status.OK, "J" + i);
            }
            Path day = testing.journal();
            testing.now = testing.now.plus(Duration.ofDays(1));
            testing.record(ACTUAL, Status.LOADING, "J");
            Path compressed = day.resolveSibling(day.getFileName() + ".gz");
            org.awaitility.Awaitility.await().until(() -> Files.exists(compressed) && !Files.exists(day));
            testing.close();
            byte[] bytes = Files.readAllBytes(compressed);
            bytes[bytes.length / 2] ^= 1;
            Files.write(compressed, bytes);
            Files.delete(testing.root.resolve("apps_status.json"));

            testing.open();

            assertThat(testing.actual().jobId()).isEqualTo("J");
            assertThat(testing.store().quarantined()).isEqualTo(1);
            assertThat(testing.store()
                            .history(new HistoryQuery(null, null, null, null, null, null, 1000, null))
                            .entries())
                    .hasSizeGreaterThan(100);
        }
    }

    @Test
    void theStateFileOfVersionOneIsImported() throws Exception {
        Path root = folder.resolve("data");
        Files.createDirectories(root);
        Files.writeString(root.resolve("apps_status.json"), """
                {"version": "1.0", "last_updated": "2026-02-16T14:35:00Z",
                 "metadata": {"created": "2026-02-01T00:00:00Z", "schema_version": "1.0"},
                 "apps": {
                   "Planning": {"display_name": "Planning", "channels": ["C1"], "domains": {
                     "Actual": {"status": "OK", "job_id": "FULL_1", "message": null,
                                "updated": "2026-02-16T14:30:00.123456Z", "duration_sec": 145},
                     "Budget": {"status": "Loading", "job_id": "BUD_2", "message": "first",
                                "updated": "2026-02-16T14:32:00", "duration_sec": null},
                     "Forecast": {"status": "Blank", "job_id": null, "message": null, "updated": null}}},
                   "Gone": {"domains": {"Old": {"status": "Warning", "job_id": "X",
                                "updated": "2026-02-16T14:25:00Z"}}}},
                 "recent_jobs": []}
                """);

        try (TestingStore testing = new TestingStore(root).open()) {
            assertImported(testing);
            testing.reopen();
            assertImported(testing);
            Files.delete(root.resolve("apps_status.json"));
            testing.reopen();
            assertImported(testing);
        }
    }

    private static void assertImported(TestingStore testing) {
        assertThat(testing.board().revision()).isEqualTo(3);
        assertThat(testing.actual().status()).isEqualTo(Status.OK);
        assertThat(testing.actual().updated()).isEqualTo(Instant.parse("2026-02-16T14:30:00.123456Z"));
        assertThat(testing.actual().durationSec()).isEqualTo(145);
        assertThat(testing.board().of(BUDGET).updated()).isEqualTo(Instant.parse("2026-02-16T14:32:00Z"));
        assertThat(testing.board().of(new DomainId("Gone", "Old")).status()).isEqualTo(Status.WARNING);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", textBlock = """
            224,    224
            BUD_2,  none
            1234567890123456789012, none""")
    void aJobThatRunsDuringTheUpgradeKeepsItsEpmJob(String jobId, String epmJobId) throws Exception {
        Path root = Files.createDirectories(folder.resolve("data"));
        Files.writeString(root.resolve("apps_status.json"), """
                {"version": "1.0", "apps": {"Planning": {"domains": {
                  "Budget": {"status": "Loading", "job_id": "%s", "updated": "2026-02-16T14:31:00Z"}}}}}
                """.formatted(jobId));

        try (TestingStore testing = new TestingStore(root).open()) {
            assertThat(testing.board().of(BUDGET).jobId()).isEqualTo(jobId);
            assertThat(testing.board().of(BUDGET).epmJobId()).isEqualTo(epmJobId);
            testing.reopen();
            assertThat(testing.board().of(BUDGET).epmJobId()).isEqualTo(epmJobId);
        }
    }

    @Test
    void anInterruptedImportIsRepeated() throws Exception {
        Path root = folder.resolve("data");
        Files.createDirectories(root);
        String legacy = """
                {"version": "1.0", "apps": {"Planning": {"domains": {
                  "Actual": {"status": "OK", "job_id": "A", "updated": "2026-02-16T14:30:00Z"},
                  "Budget": {"status": "OK", "job_id": "B", "updated": "2026-02-16T14:31:00Z"}}}}}
                """;
        Files.writeString(root.resolve("apps_status.json"), legacy);
        try (TestingStore testing = new TestingStore(root).open()) {
            testing.close();
            byte[] journal = Files.readAllBytes(testing.journal());
            Files.write(testing.journal(), Arrays.copyOf(journal, journal.length - 40));
            Files.writeString(root.resolve("apps_status.json"), legacy);

            testing.open();

            assertThat(testing.board().revision()).isEqualTo(2);
            assertThat(testing.board().of(BUDGET).jobId()).isEqualTo("B");
        }
    }

    @Test
    void supersededUpdatesAndTheirJobsAreRecovered() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            var late = ValidatedUpdate.of(ACTUAL, Status.OK, "LATE", null, "tester")
                    .withTimestamp(testing.now.minusSeconds(60));
            var current = ValidatedUpdate.of(ACTUAL, Status.LOADING, "NOW", null, "tester")
                    .withTimestamp(testing.now);
            testing.record(List.of(current), false, null);
            assertThat(testing.record(List.of(late), false, null).get(0).outcome())
                    .isEqualTo(Outcome.SUPERSEDED);
            testing.close();
            Files.delete(testing.root.resolve("apps_status.json"));

            testing.open();

            assertThat(testing.board().revision()).isEqualTo(1);
            assertThat(testing.actual().jobId()).isEqualTo("NOW");
            assertThat(testing.board().jobs().get("LATE")).isNotNull();
        }
    }
}
