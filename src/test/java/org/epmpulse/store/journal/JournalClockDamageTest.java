package org.epmpulse.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.store.journal.TestingStore.ACTUAL;
import static org.epmpulse.store.journal.TestingStore.BUDGET;
import static org.epmpulse.store.journal.TestingStore.update;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.StoreUnavailableException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damage in the files of days that the journal has left and opened again, because the clock was set back. */
@Order(3)
class JournalClockDamageTest {

    private static final List<DomainId> DOMAINS = List.of(ACTUAL, BUDGET, new DomainId("FCCS", "Close"));

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @AutoClose
    private TestingStore testing;

    /** The lines of the journal, by revision. */
    private final Map<Long, String> lines = new TreeMap<>();

    private int jobs;

    private void post(Random random, int maxSize) {
        List<ValidatedUpdate> updates = new ArrayList<>();
        int size = random.nextInt(4) == 0 ? maxSize : 1;
        for (int i = 0; i < size; i++) {
            Status status = Status.values()[random.nextInt(4)];
            updates.add(update(DOMAINS.get(random.nextInt(3)), status, "J" + jobs++, "m" + random.nextLong()));
        }
        testing.record(updates, size > 1, null);
    }

    /** Days that are left and continued in turn; each is compressed or not, as it comes. */
    private void writeJournal(Random random) throws Exception {
        testing = new TestingStore(folder.resolve("data")).open();
        Instant start = testing.now;
        for (int step = 0; step < 14; step++) {
            Instant day = start.plus(Duration.ofDays(random.nextInt(4)));
            Duration inDay = random.nextInt(5) == 0 ? Duration.ofHours(-3) : Duration.ofMinutes(20L * step);
            testing.now = day.plus(inDay);
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                // Not at the end: an incomplete last batch was not acknowledged.
                post(random, step < 13 ? 3 : 1);
                testing.now = testing.now.plusSeconds(7);
            }
            if (random.nextInt(5) == 0) {
                testing.reopen();
            }
        }
        testing.close();
        for (DayFile file : days()) {
            for (String line : new String(content(file), StandardCharsets.UTF_8).split("\n")) {
                byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
                lines.put(JournalLine.revision(bytes, bytes.length), line);
            }
        }
        assertThat(lines).hasSize(jobs);
    }

    private List<DayFile> days() throws IOException {
        return List.copyOf(DayFile.list(testing.root.resolve("history")).values());
    }

    private static byte[] content(DayFile file) throws IOException {
        try (var in = file.open()) {
            return in.readAllBytes();
        }
    }

    private static byte[] damage(byte[] bytes, boolean compressed, Random random) {
        byte[] damaged = bytes.clone();
        int at = random.nextInt(bytes.length);
        int kind = random.nextInt(compressed ? 3 : 5);
        if (kind == 0) {
            damaged[at] ^= (byte) (1 << random.nextInt(8));
        } else if (kind == 1) {
            Arrays.fill(damaged, at, Math.min(bytes.length, at + 1 + random.nextInt(600)), (byte) random.nextInt(9));
        } else if (kind == 2) {
            return Arrays.copyOf(bytes, at);
        } else {
            // Bytes inserted or removed, so that all later lines move.
            int removed = kind == 3 ? 0 : Math.min(bytes.length - at, random.nextInt(300));
            byte[] moved = Arrays.copyOf(bytes, bytes.length + 200 - removed);
            Arrays.fill(moved, at, at + 200, (byte) 'x');
            System.arraycopy(bytes, at + removed, moved, at + 200, bytes.length - at - removed);
            return moved;
        }
        return damaged;
    }

    private List<Entry> history() {
        List<Entry> all = new ArrayList<>();
        String cursor = null;
        do {
            HistoryPage page = testing.store().history(new HistoryQuery(null, null, null, null, null, null, 7, cursor));
            all.addAll(page.entries());
            cursor = page.next();
        } while (cursor != null);
        Collections.reverse(all);
        return all;
    }

    private static List<Long> revisions(List<Entry> entries) {
        return entries.stream().map(Entry::revision).toList();
    }

    private static void assertShows(Board board, List<Entry> entries, String what) {
        Map<DomainId, String> shown = new LinkedHashMap<>();
        entries.forEach(entry -> shown.put(entry.id(), entry.jobId()));
        for (DomainId id : DOMAINS) {
            assertThat(board.of(id).jobId()).as(what).isEqualTo(shown.get(id));
        }
    }

    private void assertBoardsFollow(List<Entry> history, String what) {
        for (Entry entry : history) {
            for (Instant at : List.of(entry.received(), entry.received().minusMillis(1))) {
                int end = history.size();
                while (end > 0 && history.get(end - 1).received().isAfter(at)) {
                    end--;
                }
                assertShows(testing.store().boardAt(at), history.subList(0, end), what + " at " + at);
            }
        }
    }

    private void deleteFiles(String name) throws IOException {
        try (Stream<Path> files = Files.walk(testing.root.resolve(name))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    private void deleteDerivedFiles() throws IOException {
        Files.deleteIfExists(testing.root.resolve("apps_status.json"));
        deleteFiles("checkpoints");
    }

    private static List<Long> intact(Map<Long, String> lines, Map<String, byte[]> plain) {
        List<String> texts = plain.values().stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
        return lines.entrySet().stream()
                .filter(line -> texts.stream().anyMatch(text -> text.contains(line.getValue())))
                .map(Map.Entry::getKey)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyIntactLineStaysInTheOrderOfTheRevisions(long seed) throws Exception {
        Random random = new Random(seed);
        writeJournal(random);
        Map<String, byte[]> original = new TreeMap<>();
        for (DayFile file : days()) {
            original.put(file.path().getFileName().toString(), Files.readAllBytes(file.path()));
        }
        byte[] state = Files.readAllBytes(testing.root.resolve("apps_status.json"));
        Path orderFile = testing.root.resolve("history").resolve(JournalOrder.FILE);
        byte[] order = Files.readAllBytes(orderFile);
        Instant end = testing.now;
        for (int round = 0; round < 8; round++) {
            deleteFiles(".");
            for (Map.Entry<String, byte[]> file : original.entrySet()) {
                Files.write(testing.root.resolve("history").resolve(file.getKey()), file.getValue());
            }
            Files.write(orderFile, order);
            testing.now = end;
            DayFile target = days().get(random.nextInt(original.size()));
            Files.write(target.path(), damage(Files.readAllBytes(target.path()), target.compressed(), random));
            Map<String, byte[]> plain = new TreeMap<>();
            for (DayFile file : days()) {
                if (!file.equals(target) || !file.compressed()) {
                    plain.put(file.path().getFileName().toString(), content(file));
                }
            }
            List<Long> intact = intact(lines, plain);
            boolean withState = random.nextBoolean();
            if (withState) {
                Files.write(testing.root.resolve("apps_status.json"), state);
            }
            String what = "seed " + seed + " round " + round + " " + target + (withState ? " with" : " without");

            testing.open();
            List<Entry> history = history();
            assertThat(revisions(history)).as(what).isSorted().doesNotHaveDuplicates();
            assertThat(revisions(history)).as(what).containsAll(intact);
            if (!withState) {
                assertShows(testing.board(), history, what);
            }
            testing.now = end.minus(Duration.ofDays(random.nextInt(4)));
            post(random, 3);
            List<Entry> more = history();
            assertThat(revisions(more)).as(what).startsWith(revisions(history).toArray(Long[]::new));
            testing.close();

            deleteDerivedFiles();
            testing.open();
            assertThat(revisions(history())).as(what).isEqualTo(revisions(more));
            assertShows(testing.board(), more, what);
            // Without the first update it is not known whether retention has deleted the ones before.
            if (more.get(0).revision() == 1) {
                assertBoardsFollow(more, what);
            }
            testing.close();
        }
    }

    /** Damaged bytes can be decompressed to a line that was there before. */
    @Test
    void aLineThatDamageHasRepeatedIsListedOnce() throws Exception {
        testing = new TestingStore(folder.resolve("data")).open();
        Path closed = Path.of(testing.journal() + ".gz");
        for (int i = 0; i < 5; i++) {
            testing.record(ACTUAL, Status.WARNING, "first" + i);
        }
        testing.now = testing.now.plus(Duration.ofDays(1));
        testing.record(ACTUAL, Status.OK, "last");
        await().until(() -> Files.exists(closed) && !Files.exists(today("2026-03-31")));
        testing.close();
        String[] written = new String(content(days().get(0)), StandardCharsets.UTF_8).split("\n");
        ByteArrayOutputStream repeated = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(repeated)) {
            for (int i : List.of(0, 1, 2, 1, 2, 3, 4)) {
                gzip.write((written[i] + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        byte[] bytes = repeated.toByteArray();
        bytes[bytes.length - 8] ^= 1;
        Files.write(closed, bytes);
        deleteDerivedFiles();

        testing.open();

        assertThat(revisions(history())).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(testing.store().quarantined()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aDamagedClosedDayThatIsOpenedAgainIsRepairedBefore(long seed) throws Exception {
        Random random = new Random(seed);
        testing = new TestingStore(folder.resolve("data")).open();
        for (int i = 0; i < 60; i++) {
            testing.record(ACTUAL, Status.OK, "first" + i);
        }
        Instant today = testing.now;
        Path closed = Path.of(testing.journal() + ".gz");
        for (int round = 0; round < 5; round++) {
            testing.now = today.plus(Duration.ofDays(1));
            testing.record(BUDGET, Status.OK, "ahead" + round);
            await().until(() ->
                    Files.exists(closed) && !Files.exists(testing.root.resolve("history/2026-03-31.jsonl")));
            Files.write(closed, damage(Files.readAllBytes(closed), true, random));
            testing.now = today.plusSeconds(round);

            testing.record(ACTUAL, Status.WARNING, "again" + round);

            List<Entry> history = history();
            assertThat(revisions(history)).isSorted().doesNotHaveDuplicates();
            assertThat(history)
                    .extracting(Entry::jobId)
                    .contains("ahead" + round)
                    .endsWith("again" + round);
            assertThat(testing.store().boardAt(testing.now).of(ACTUAL).jobId()).isEqualTo("again" + round);
            testing.reopen();
            assertThat(revisions(history())).isEqualTo(revisions(history));
        }
        assertThat(testing.store().quarantined()).isPositive();
    }

    /** Of a closed day with several blocks, so that the lines of the blocks after it move. */
    @Test
    void aBlockWithoutALengthMovesLinesAndTheOrderIsDeterminedAgain() throws Exception {
        testing = new TestingStore(folder.resolve("data")).open();
        Instant today = testing.now;
        Path closed = Path.of(testing.journal() + ".gz");
        fill("before");
        testing.now = today.plus(Duration.ofDays(1));
        testing.record(BUDGET, Status.OK, "ahead");
        testing.now = today.plusSeconds(60);
        fill("after");
        Idempotency key = new Idempotency("K", "00");
        List<ValidatedUpdate> update = List.of(update(ACTUAL, Status.OK, "with key"));
        long first = testing.record(update, false, key).get(0).revision();
        testing.now = today.plus(Duration.ofHours(13));
        testing.record(BUDGET, Status.OK, "last");
        await().until(() -> Files.exists(closed) && !Files.exists(today("2026-03-31")));
        List<Entry> complete = history();
        List<IndexedGzip.Block> blocks = blocks(closed);
        assertThat(blocks).hasSizeGreaterThan(3);
        byte[] bytes = Files.readAllBytes(closed);
        int second = (int) blocks.get(1).position();
        Arrays.fill(bytes, second + 17, second + 60, (byte) 1);
        Arrays.fill(
                bytes,
                second + blocks.get(1).fileLength() / 2,
                second + blocks.get(1).fileLength() - 9,
                (byte) 1);
        Files.write(closed, bytes);

        List<Entry> left = history();

        assertThat(left).hasSizeBetween(complete.size() / 2, complete.size() - 1);
        assertThat(revisions(left)).isSorted().doesNotHaveDuplicates();
        assertThat(left)
                .extracting(Entry::jobId)
                .contains("before0", "ahead", "after5999")
                .endsWith("last");
        Board after = testing.store().boardAt(today.plusSeconds(120));
        assertThat(after.of(BUDGET).jobId()).isEqualTo("after5999");
        assertRepeatedOrUnavailable(update, key, first);
        testing.close();
        deleteDerivedFiles();
        testing.open();
        assertThat(revisions(history())).isEqualTo(revisions(left));
        assertThat(testing.board().of(BUDGET).jobId()).isEqualTo("last");
        assertThat(testing.record(update, false, key).get(0).revision()).isEqualTo(first);
    }

    private Path today(String day) {
        return testing.root.resolve("history").resolve(day + ".jsonl");
    }

    private void fill(String name) {
        for (int batch = 0; batch < 12; batch++) {
            List<ValidatedUpdate> updates = new ArrayList<>();
            for (int i = batch * 500; i < (batch + 1) * 500; i++) {
                DomainId id = i % 2 == 0 ? ACTUAL : BUDGET;
                updates.add(update(id, Status.OK, name + i, "message ".repeat(40) + i));
            }
            testing.record(updates, true, null);
        }
    }

    private static List<IndexedGzip.Block> blocks(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            return IndexedGzip.list(channel, block -> true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Never the reply to another request. */
    private void assertRepeatedOrUnavailable(List<ValidatedUpdate> update, Idempotency key, long first) {
        try {
            assertThat(testing.record(update, false, key).get(0).revision()).isEqualTo(first);
        } catch (StoreUnavailableException e) {
            assertThat(e).hasMessageContaining("the first reply to this request cannot be read");
        }
    }
}
