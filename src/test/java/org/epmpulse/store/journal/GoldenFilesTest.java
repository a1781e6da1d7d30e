package org.epmpulse.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.store.journal.TestingStore.ACTUAL;
import static org.epmpulse.store.journal.TestingStore.BUDGET;
import static org.epmpulse.store.journal.TestingStore.CATALOG;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the store's files with files that an earlier version wrote for the same updates. */
class GoldenFilesTest {

    private static final Path GOLDEN = Path.of("src/test/resources/store");
    private static final String STORE_ID = "7d0f2a44-5a0f-4a6c-9f0e-3b1c8e2d9a10";
    private static final DomainId REMOVED = new DomainId("Old \"Planning\"", "Früher");

    /** The id of a batch is random, and so are the checksum of its lines and the number of its digits. */
    private static final String BATCH = "\"batch\":\"[0-9a-f-]{36}\"";

    private static final String LENGTH = "\"offset\":\\d+";

    @TempDir
    Path folder;

    private TestingStore testing;

    @BeforeEach
    void recordAllKinds() throws Exception {
        testing = new TestingStore(folder.resolve("data"));
        DataFolder.open(testing.root).close();
        writeEmptyState();
        testing.open();
        record(update(ACTUAL, Status.LOADING, "LOAD_1", null, null, "epm-77", Source.API, "tester"), null);
        after(2);
        record(update(BUDGET, Status.OK, null, "Ärger 😀 \"|\"\t,", null, null, Source.API, null), null);
        after(60);
        record(update(ACTUAL, Status.OK, "LOAD_1", null, null, "epm-77", Source.EPM, null), null);
        after(1);
        Instant stamped = Instant.parse("2026-03-31T11:59:58.123456789Z");
        record(
                update(BUDGET, Status.WARNING, "B", "late", stamped, null, Source.API, "a"),
                new Idempotency("k1", hash()));
        record(update(BUDGET, Status.WARNING, "B", "late", stamped, null, Source.API, "a"), null);
        record(
                update(BUDGET, Status.WARNING, "B", "late", stamped, null, Source.API, "a"),
                new Idempotency("k2", hash()));
        record(update(BUDGET, Status.OK, "C", null, stamped.minusSeconds(9), null, Source.API, "a"), null);
        after(5);
        testing.record(
                List.of(
                        update(ACTUAL, Status.LOADING, "NIGHT", null, null, null, Source.API, "tester"),
                        update(BUDGET, Status.LOADING, "NIGHT", null, null, null, Source.API, "tester"),
                        update(REMOVED, Status.OK, "NIGHT", "gone", null, null, Source.API, "tester")),
                true,
                new Idempotency("k3", hash()));
        after(90);
        record(update(ACTUAL, Status.WARNING, "NIGHT", "3 rows", null, null, Source.API, "tester"), null);
        after(1);
        record(update(BUDGET, Status.BLANK, null, null, null, null, Source.API, "tester"), null);
        testing.close();
    }

    @AfterEach
    void close() {
        testing.close();
    }

    private void writeEmptyState() throws IOException {
        new Snapshot(
                        STORE_ID,
                        Instant.parse("2026-01-01T00:00:00Z"),
                        Board.EMPTY,
                        new JournalPosition(LocalDate.parse("2026-03-31"), 0))
                .write(testing.root.resolve("apps_status.json"), CATALOG);
    }

    private void after(int seconds) {
        testing.now = testing.now.plusSeconds(seconds);
    }

    private void record(ValidatedUpdate update, @Nullable Idempotency idempotency) {
        testing.record(List.of(update), false, idempotency);
    }

    private static String hash() {
        return "0123456789abcdef".repeat(4);
    }

    private static ValidatedUpdate update(
            DomainId id,
            Status status,
            @Nullable String jobId,
            @Nullable String message,
            @Nullable Instant timestamp,
            @Nullable String epmJobId,
            Source source,
            @Nullable String key) {
        return new ValidatedUpdate(id, status, jobId, message, timestamp, epmJobId, source, key, null, null);
    }

    private static void assertGolden(String name, String actual) throws IOException {
        assertThat(actual).isEqualTo(Files.readString(GOLDEN.resolve(name)));
    }

    @Test
    void aDayOfTheJournal() throws Exception {
        String journal = Files.readString(testing.journal());

        assertThat(journal.lines()).hasSize(11);
        assertGolden("2026-03-31.jsonl", masked(journal));
    }

    private static String masked(String journal) {
        return journal.replaceAll(BATCH + "(.*),\"crc\":\\d+", "\"batch\":\"-\"$1,\"crc\":0");
    }

    @Test
    void theStateFile() throws Exception {
        String state = Files.readString(testing.root.resolve("apps_status.json"));

        assertThat(state).containsPattern(LENGTH + ".*,\"crc\":\\d+}\n$");
        assertGolden(
                "apps_status.json", state.replaceAll(LENGTH, "\"offset\":0").replaceAll("\"crc\":\\d+", "\"crc\":0"));
    }

    @Test
    void aCheckpoint() throws Exception {
        Path checkpoints = testing.root.resolve("checkpoints").resolve(STORE_ID);
        for (Path file : list(checkpoints)) {
            Files.delete(file);
        }
        writeEmptyState();

        // Replayed from the first line on, which is where the first checkpoint of a day is taken.
        testing.open();
        testing.close();

        Path checkpoint = checkpoints.resolve("2026-03-31.239.1774958400000.json.gz");
        assertThat(list(checkpoints)).containsExactly(checkpoint);
        try (GZIPInputStream content = new GZIPInputStream(Files.newInputStream(checkpoint))) {
            assertGolden("checkpoint.json", new String(content.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
