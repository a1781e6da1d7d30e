package org.epmpulse.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.store.journal.TestingStore.ACTUAL;
import static org.epmpulse.store.journal.TestingStore.BUDGET;
import static org.epmpulse.store.journal.TestingStore.update;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.HistoryQuery;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An intact line of the journal is never lost, whatever is damaged beside it. */
@Order(3)
class JournalDamageTest {

    private static final int UPDATES = 40;
    private static final int ROUNDS = 8;

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    private TestingStore testing;

    /** The lines of the journal without their newlines, by the job of their update, in their order. */
    private final Map<String, String> lines = new LinkedHashMap<>();

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private byte[] journal;

    /** What may happen to the bytes of a file. */
    private enum Damage {
        FLIPPED_NEWLINE,
        REMOVED_NEWLINE,
        FLIPPED_BIT,
        ZEROED_PAGE,
        ZEROED_START,
        ZEROS_BETWEEN,
        GARBAGE_BETWEEN,
        TRUNCATED_LINE,
        LINE_TWICE,
        WINDOWS_LINE_ENDS,
        BLANKS_BEFORE_LINES;

        byte[] apply(byte[] journal, Random random) {
            int at = random.nextInt(journal.length);
            int newline = newline(journal, at);
            return switch (this) {
                case FLIPPED_NEWLINE -> set(journal, newline, (byte) (1 + random.nextInt(9)));
                case REMOVED_NEWLINE -> replace(journal, newline, newline + 1, new byte[0]);
                case FLIPPED_BIT -> set(journal, at, (byte) (journal[at] ^ (1 << random.nextInt(8))));
                case ZEROED_PAGE -> zero(journal, at, Math.min(journal.length - 1, at + 512));
                case ZEROED_START -> zero(journal, 0, Math.min(journal.length - 1, newline + 1));
                case ZEROS_BETWEEN -> replace(journal, newline + 1, newline + 1, new byte[random.nextInt(2_500_000)]);
                case GARBAGE_BETWEEN -> replace(journal, newline + 1, newline + 1, garbage(random));
                case TRUNCATED_LINE ->
                    replace(journal, Math.max(0, newline - random.nextInt(60)), newline + 1, new byte[0]);
                case LINE_TWICE ->
                    replace(
                            journal,
                            newline + 1,
                            newline + 1,
                            Arrays.copyOfRange(journal, Math.min(newline, newline(journal, newline - 1)), newline));
                case WINDOWS_LINE_ENDS -> text(journal).replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
                case BLANKS_BEFORE_LINES ->
                    text(journal).replace("\n{", "\n \t{").getBytes(StandardCharsets.UTF_8);
            };
        }

        private static String text(byte[] journal) {
            return new String(journal, StandardCharsets.UTF_8);
        }

        /** The newline before an index, or the first one. */
        private static int newline(byte[] journal, int before) {
            int at = before;
            while (at > 0 && journal[at] != '\n') {
                at--;
            }
            while (journal[at] != '\n') {
                at++;
            }
            return at;
        }

        private static byte[] garbage(Random random) {
            byte[] bytes = new byte[random.nextInt(random.nextBoolean() ? 40 : 1_500_000)];
            random.nextBytes(bytes);
            return random.nextBoolean()
                    ? bytes
                    : new String(bytes, StandardCharsets.ISO_8859_1)
                            .replace("a", "{\"rev\":7")
                            .replace("b", "\"crc\":12}")
                            .getBytes(StandardCharsets.UTF_8);
        }

        private static byte[] set(byte[] journal, int at, byte value) {
            byte[] damaged = journal.clone();
            damaged[at] = value;
            return damaged;
        }

        private static byte[] zero(byte[] journal, int from, int to) {
            byte[] damaged = journal.clone();
            Arrays.fill(damaged, from, to, (byte) 0);
            return damaged;
        }

        private static byte[] replace(byte[] journal, int from, int to, byte[] by) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(journal, 0, from);
            out.writeBytes(by);
            out.write(journal, to, journal.length - to);
            return out.toByteArray();
        }
    }

    @BeforeEach
    void writeJournal() throws Exception {
        testing = new TestingStore(folder.resolve("data")).open();
        Random random = new Random(17);
        int job = 0;
        while (job < UPDATES) {
            List<ValidatedUpdate> updates = new ArrayList<>();
            int size = job < UPDATES - 5 && random.nextInt(4) == 0 ? 4 : 1;
            for (int i = 0; i < size; i++) {
                DomainId id =
                        List.of(ACTUAL, BUDGET, new DomainId("FCCS", "Close")).get(random.nextInt(3));
                updates.add(
                        update(id, Status.values()[job % 4], "J" + job++, "message {\"rev\":1} " + random.nextLong()));
            }
            testing.record(updates, size > 1, null).forEach(entry -> entries.put(entry.jobId(), entry));
            testing.now = testing.now.plusSeconds(20);
        }
        testing.close();
        journal = Files.readAllBytes(testing.journal());
        for (String line : new String(journal, StandardCharsets.UTF_8).split("\n")) {
            lines.put(line.replaceFirst(".*\"job_id\":\"([^\"]+)\".*", "$1"), line);
        }
        assertThat(lines.keySet()).isEqualTo(entries.keySet());
    }

    private List<String> intact(byte[] damaged) {
        String text = new String(damaged, StandardCharsets.ISO_8859_1);
        return lines.keySet().stream()
                .filter(job -> text.contains(
                        new String(lines.get(job).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)))
                .toList();
    }

    private void assertEveryIntactLineIsThere(List<String> intact) {
        List<String> history = history();
        assertThat(history).containsAll(intact);
        Map<DomainId, String> last = new LinkedHashMap<>();
        Map<Instant, Map<DomainId, String>> at = new LinkedHashMap<>();
        for (String job : intact) {
            Entry entry = entries.get(job);
            last.put(entry.id(), job);
            at.put(entry.received(), Map.copyOf(last));
        }
        last.forEach((id, job) -> assertThat(testing.board().of(id).jobId()).isEqualTo(job));
        at.forEach((time, jobs) -> {
            var past = testing.store().boardAt(time);
            jobs.forEach((id, job) ->
                    assertThat(past.of(id).jobId()).as("%s at %s", id, time).isEqualTo(job));
        });
    }

    /** A last line without its end was never acknowledged; it may be the whole file. */
    private boolean isLossReported(List<String> intact, byte[] damaged) {
        return intact.size() < lines.size() && damaged[damaged.length - 1] == '\n';
    }

    private List<String> history() {
        List<String> jobs = new ArrayList<>();
        String cursor = null;
        do {
            var page = testing.store().history(new HistoryQuery(null, null, null, null, null, null, 7, cursor));
            page.entries().forEach(entry -> jobs.add(entry.jobId()));
            cursor = page.next();
        } while (cursor != null);
        return jobs;
    }

    private void deleteDerivedFiles() throws IOException {
        Files.deleteIfExists(testing.root.resolve("apps_status.json"));
        deleteFiles(testing.root.resolve("checkpoints"));
    }

    private static void deleteFiles(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyIntactLineIsRecoveredAndStays(Damage damage) throws Exception {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            byte[] damaged = damage.apply(journal, random);
            if (seed % 2 == 1) {
                Damage second = Damage.values()[random.nextInt(Damage.values().length)];
                damaged = second.apply(damage.apply(damaged, random), random);
            }
            List<String> intact = intact(damaged);
            Files.write(testing.journal(), damaged);
            deleteDerivedFiles();
            deleteFiles(testing.root.resolve("quarantine"));

            testing.open();
            assertEveryIntactLineIsThere(intact);
            int reported = testing.store().quarantined();
            assertThat(reported)
                    .as("%s %d", damage, seed)
                    .isGreaterThanOrEqualTo(isLossReported(intact, damaged) ? 1 : 0);
            testing.close();

            deleteDerivedFiles();
            testing.open();
            assertEveryIntactLineIsThere(intact);
            assertThat(testing.store().quarantined()).as("%s %d", damage, seed).isEqualTo(reported);
            testing.now = testing.now.plusSeconds(20);
            testing.record(ACTUAL, Status.OK, "after");
            testing.reopen();
            assertThat(testing.actual().jobId()).isEqualTo("after");
            assertThat(history()).startsWith("after").containsAll(intact);
            testing.close();
        }
    }

    @Test
    void damageBehindAnEntryOfTheSameLineIsKnownToEachLaterRead() throws Exception {
        int end = Damage.newline(journal, 0);
        byte[] joined = Damage.replace(journal, end, end + 1, new byte[0]);
        byte[] damaged = Damage.zero(joined, end + 20, Damage.newline(joined, 0));
        Files.write(testing.journal(), damaged);
        deleteDerivedFiles();

        testing.open();

        List<String> intact = intact(damaged);
        assertThat(intact).hasSize(UPDATES - 1);
        // The first one writes a checkpoint, from which the others start.
        assertEveryIntactLineIsThere(intact);
        testing.close();
    }

    @Test
    void damageUnderTheRunningStoreAffectsNoOtherLineOfTheHistory() throws Exception {
        testing.open();
        for (Damage damage : List.of(Damage.FLIPPED_NEWLINE, Damage.FLIPPED_BIT, Damage.ZEROED_PAGE)) {
            byte[] damaged = damage.apply(journal, new Random(3));
            try (RandomAccessFile file = new RandomAccessFile(testing.journal().toFile(), "rw")) {
                file.write(damaged);
            }
            deleteFiles(testing.root.resolve("checkpoints"));

            List<String> intact = intact(damaged);
            assertThat(history()).containsAll(intact);
            Entry last = entries.get(intact.get(intact.size() - 2));
            assertThat(testing.store().boardAt(last.received()).of(last.id()).jobId())
                    .isEqualTo(last.jobId());
        }
        testing.close();
    }

    @Test
    void theFirstUpdateAfterTheFileWasEmptiedIsKeptAndTheLossIsReported() throws Exception {
        testing.open();
        Instant at = testing.now;
        Files.write(testing.journal(), new byte[0]);

        testing.record(ACTUAL, Status.WARNING, "first after");
        testing.record(BUDGET, Status.OK, "second after");

        assertThat(history()).containsExactly("second after", "first after");
        assertThat(testing.store().boardAt(at).of(ACTUAL).jobId()).isEqualTo("first after");
        assertThat(testing.store().quarantined()).isEqualTo(1);
        testing.close();
        deleteDerivedFiles();
        testing.open();
        assertThat(testing.actual().jobId()).isEqualTo("first after");
        assertThat(history()).containsExactly("second after", "first after");
        assertThat(testing.store().boardAt(at).of(BUDGET).jobId()).isEqualTo("second after");
        assertThat(testing.store().quarantined()).isEqualTo(1);
        testing.close();
    }

    @Test
    void whatAnotherProgramAppendedIsRemovedAndNoUpdateIsLost() throws Exception {
        testing.open();
        Files.writeString(
                testing.journal(),
                "a note of an administrator, longer than a line ".repeat(40),
                StandardOpenOption.APPEND);

        testing.record(ACTUAL, Status.WARNING, "after");

        assertThat(testing.store().quarantined()).isEqualTo(1);
        assertThat(history()).startsWith("after").hasSize(lines.size() + 1);
        testing.close();
        deleteDerivedFiles();
        testing.open();
        assertThat(history()).startsWith("after").hasSize(lines.size() + 1);
        assertThat(testing.store().quarantined()).isEqualTo(1);
        testing.close();
    }

    @Test
    void aDamagedClosedDayIsRepairedWhenItIsRead() throws Exception {
        Path closed = testing.journal().resolveSibling(testing.journal().getFileName() + ".gz");
        testing.open();
        testing.now = testing.now.plus(Duration.ofDays(3));
        testing.record(ACTUAL, Status.OK, "today");
        await().until(() -> Files.exists(closed) && testing.store().problem() == null && days() == 2);
        testing.reopen();
        byte[] bytes = Files.readAllBytes(closed);
        List<String> all = history();
        Random random = new Random(5);
        for (int round = 0; round < 40; round++) {
            byte[] damaged = bytes.clone();
            int from = random.nextInt(bytes.length);
            Arrays.fill(damaged, from, Math.min(bytes.length, from + 1 + random.nextInt(200)), (byte) random.nextInt());
            if (round == 0) {
                damaged = new byte[0];
            }
            Files.write(closed, damaged);
            deleteFiles(testing.root.resolve("quarantine"));

            List<String> found = history();
            assertThat(found).as("round %d", round).startsWith("today");
            // Bytes of the gzip format that carry no content, such as a time, may be damaged without a loss.
            if (!found.equals(all)) {
                assertThat(testing.store().quarantined()).as("round %d", round).isEqualTo(1);
            }
            assertThat(testing.store().boardAt(testing.now).of(ACTUAL).jobId()).isEqualTo("today");
            testing.store().dailyRunCounts(List.of(ACTUAL), LocalDate.parse("2026-04-03"), ZoneOffset.UTC);
        }
        testing.close();
    }

    private long days() throws IOException {
        try (Stream<Path> files = Files.list(testing.root.resolve("history"))) {
            return files.count();
        }
    }
}
