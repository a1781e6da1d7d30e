package org.epmpulse.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.store.journal.TestingStore.ACTUAL;
import static org.epmpulse.store.journal.TestingStore.BUDGET;
import static org.epmpulse.store.journal.TestingStore.update;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches a closed day with several blocks. */
class ClosedHistoryTest {

    private static final int LINES = 12_000;

    @TempDir
    Path folder;

    private TestingStore testing;
    private byte[] lines;
    private Path closed;
    private Instant start;

    @BeforeEach
    void compressADay() throws Exception {
        testing = new TestingStore(folder.resolve("data")).open();
        start = testing.now;
        for (int batch = 0; batch < LINES / 500; batch++) {
            List<ValidatedUpdate> updates = new ArrayList<>();
            for (int i = batch * 500; i < (batch + 1) * 500; i++) {
                DomainId id = i == 7 ? new DomainId("FCCS", "Rare") : i % 2 == 0 ? ACTUAL : BUDGET;
                updates.add(update(id, i == 8000 ? Status.WARNING : Status.OK, "J" + i, "message ".repeat(20) + i));
            }
            testing.record(updates, true, null);
            testing.now = testing.now.plusSeconds(1);
        }
        Path day = testing.journal();
        lines = Files.readAllBytes(day);
        closed = day.resolveSibling(day.getFileName() + ".gz");
        testing.now = testing.now.plus(Duration.ofDays(1));
        testing.record(ACTUAL, Status.LOADING, "today");
        await().until(() -> !Files.exists(day));
    }

    @AfterEach
    void close() {
        testing.close();
    }

    private static HistoryQuery query(String app, String domain, String job, Status status, int limit, String cursor) {
        return new HistoryQuery(app, domain, job, status, null, null, limit, cursor);
    }

    private List<Entry> find(HistoryQuery query) {
        return testing.store().history(query).entries();
    }

    private List<IndexedGzip.Block> blocks() throws IOException {
        try (FileChannel channel = FileChannel.open(closed)) {
            return IndexedGzip.list(channel, block -> true);
        }
    }

    @Test
    void everyGzipProgramCanReadTheFile() throws Exception {
        assertThat(blocks()).hasSizeGreaterThan(2);
        try (var in = new GZIPInputStream(Files.newInputStream(closed))) {
            assertThat(in.readAllBytes()).isEqualTo(lines);
        }
    }

    @Test
    void theFileCanBeReadFromAnyOffset() throws Exception {
        DayFile day = DayFile.list(closed.getParent())
                .get(DayFile.list(closed.getParent()).firstKey());

        for (int at = 0; at < lines.length; at += 777_777) {
            try (var in = day.open(at)) {
                assertThat(in.readAllBytes()).hasSize(lines.length - at);
            }
        }
    }

    @Test
    void theIndexSelectsOnlyBlocksThatMayContainAValue() throws Exception {
        int rare = IndexedGzip.key("id", "FCCS/Rare");
        try (FileChannel channel = FileChannel.open(closed)) {
            assertThat(IndexedGzip.list(channel, block -> block.mayContain(rare)))
                    .hasSize(1);
            assertThat(IndexedGzip.list(channel, block -> block.mayContain(IndexedGzip.key("app", "Unknown"))))
                    .isEmpty();
        }
    }

    @Test
    void theHistoryFindsEntriesByEveryFilter() {
        assertThat(find(query("FCCS", "Rare", null, null, 10, null)))
                .extracting(Entry::jobId)
                .containsExactly("J7");
        assertThat(find(query(null, null, "J11999", null, 10, null))).hasSize(1);
        assertThat(find(query(null, null, "J0", null, 10, null))).hasSize(1);
        assertThat(find(query(null, null, null, Status.WARNING, 10, null)))
                .extracting(Entry::jobId)
                .containsExactly("J8000");
        assertThat(find(query("FCCS", "Actual", null, null, 10, null))).isEmpty();
        assertThat(find(new HistoryQuery(
                        null, null, null, null, start.plusSeconds(3), start.plusSeconds(4), 1000, null)))
                .hasSize(500)
                .allMatch(entry -> entry.received().equals(start.plusSeconds(3)));
        assertThat(find(new HistoryQuery(
                        null, null, null, null, start.plusMillis(2500), start.plusMillis(3500), 1000, null)))
                .hasSize(500);
    }

    @Test
    void timesOutsideTheYears0To9999CanBeCompared() {
        Instant early = Instant.parse("-0001-12-31T00:00:00Z");
        Instant late = Instant.parse("+10000-01-01T00:00:00Z");

        assertThat(find(new HistoryQuery(null, null, "J7", null, early, late, 10, null)))
                .hasSize(1);
        assertThat(find(new HistoryQuery(null, null, "J7", null, late, null, 10, null)))
                .isEmpty();
        assertThat(find(new HistoryQuery(null, null, "J7", null, null, early, 10, null)))
                .isEmpty();
    }

    @Test
    void thePagesContainTheEntriesOfAllBlocks() {
        List<String> jobs = new ArrayList<>();
        String cursor = null;
        do {
            HistoryPage page = testing.store().history(query(null, "Actual", null, null, 999, cursor));
            page.entries().forEach(entry -> jobs.add(entry.jobId()));
            cursor = page.next();
        } while (cursor != null);

        List<String> expected = new ArrayList<>(List.of("today"));
        for (int i = LINES - 2; i >= 0; i -= 2) {
            expected.add("J" + i);
        }
        assertThat(jobs).isEqualTo(expected);
    }

    @Test
    void aGzipFileWithoutAnIndexIsReadCompletely() throws Exception {
        try (var out = new GZIPOutputStream(Files.newOutputStream(closed))) {
            out.write(lines);
        }

        assertThat(blocks()).isNull();
        theHistoryFindsEntriesByEveryFilter();
        thePagesContainTheEntriesOfAllBlocks();
    }

    @Test
    void aDamagedIndexIsRepairedAndNoEntryIsLost() throws Exception {
        byte[] bytes = Files.readAllBytes(closed);
        bytes[(int) blocks().get(1).position() + 60] ^= 1;
        Files.write(closed, bytes);

        assertThatThrownBy(this::blocks).isInstanceOf(ZipException.class);
        theHistoryFindsEntriesByEveryFilter();
        thePagesContainTheEntriesOfAllBlocks();
        assertThat(testing.store().quarantined()).isEqualTo(1);
        everyGzipProgramCanReadTheFile();
    }

    @Test
    void aDamagedBlockDoesNotAffectTheOtherBlocks() throws Exception {
        List<IndexedGzip.Block> before = blocks();
        IndexedGzip.Block damaged = before.get(1);
        byte[] bytes = Files.readAllBytes(closed);
        bytes[(int) damaged.position() + damaged.fileLength() - 100] ^= 1;
        Files.write(closed, bytes);
        testing.close();
        Files.delete(testing.root.resolve("apps_status.json"));

        testing.open();

        assertThat(testing.store().quarantined()).isEqualTo(1);
        assertThat(find(query(null, null, "J0", null, 10, null))).hasSize(1);
        assertThat(find(query(null, null, "J11999", null, 10, null))).hasSize(1);
        long left = 0;
        String cursor = null;
        do {
            HistoryPage page = testing.store().history(query(null, null, null, null, 1000, cursor));
            left += page.entries().size();
            cursor = page.next();
        } while (cursor != null);
        assertThat(left).isGreaterThan(LINES / 2);
    }
}
