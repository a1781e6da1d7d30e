package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.store.postgres.FileStore.ACTUAL;
import static org.epmpulse.store.postgres.FileStore.BUDGET;
import static org.epmpulse.store.postgres.FileStore.CATALOG;
import static org.epmpulse.store.postgres.TestingPostgres.execute;
import static org.epmpulse.store.postgres.TestingPostgres.number;
import static org.epmpulse.store.postgres.TestingPostgres.numbers;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.status.Answer;
import org.epmpulse.status.AnswerKind;
import org.epmpulse.status.Board;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Job;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.StatusStore;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.MigrationMarks;
import org.epmpulse.threads.TimeSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies between the files of a data folder and a database. */
class MigrationTest {

    private static final Idempotency KEY = new Idempotency("key-1", "a".repeat(64));
    private static final Idempotency BATCH_KEY = new Idempotency("key-2", "b".repeat(64));

    @TempDir
    Path folder;

    private Path data;
    private DatabaseSettings settings;
    private Instant yesterday;

    @BeforeEach
    void createSchema() throws Exception {
        data = folder.resolve("data");
        settings = TestingPostgres.newSchema();
        // Idempotency keys of the last hours are valid. No run begins shortly before midnight.
        yesterday = Instant.now().minus(Duration.ofHours(20)).truncatedTo(ChronoUnit.HOURS);
    }

    private static ValidatedUpdate update(Status status, String job, String message, Instant timestamp) {
        return new ValidatedUpdate(ACTUAL, status, job, message, timestamp, "77", Source.API, "tester", null, null);
    }

    private static List<ValidatedUpdate> batch() {
        return List.of(
                ValidatedUpdate.of(ACTUAL, Status.OK, "J3", null, "b"),
                ValidatedUpdate.of(BUDGET, Status.LOADING, "J4", null, "b"));
    }

    /** Entries of all kinds over several days. */
    private List<Instant> recordAllKinds() throws Exception {
        List<Instant> times = new ArrayList<>();
        try (FileStore files = new FileStore(data, yesterday.minus(Duration.ofDays(3)))) {
            files.record(ACTUAL, Status.LOADING, "J1");
            files.after(Duration.ofSeconds(90));
            files.record(ACTUAL, Status.OK, "J1");
            times.add(yesterday.minus(Duration.ofDays(3)).plusSeconds(100));
            files.set(yesterday.minus(Duration.ofDays(2)));
            Instant stamped = yesterday.minus(Duration.ofDays(2)).plusNanos(123_456_789);
            files.record(update(Status.WARNING, "J2", "tab \t, \\N, \"quoted\", Ärger 😀", stamped), null);
            files.record(update(Status.LOADING, "J2", "older", stamped.minusSeconds(5)), null);
            files.record(
                    ValidatedUpdate.of(BUDGET, Status.OK, "J2", null, "b").withUrl("https://logs.example.com/J2"),
                    null);
            times.add(yesterday.minus(Duration.ofDays(2)).plusSeconds(1));
            files.set(yesterday);
            files.record(update(Status.LOADING, "J3", "keyed", yesterday), KEY);
            files.recordBatch(batch(), BATCH_KEY);
            files.record(ACTUAL, Status.OK, "J3");
            files.answer(BUDGET, new Answer(AnswerKind.MUTE, yesterday.plusSeconds(90), "tab \t, \\N", "Ärger"));
        }
        Files.createDirectories(data.resolve("slack"));
        Files.writeString(data.resolve("slack/alerts.json"), "{\"alerts\":[]}");
        Files.createDirectories(data.resolve("listeners"));
        Files.writeString(data.resolve("listeners/positions.json"), "{\"tickets\":4,\"a/b\":2}");
        Files.createDirectories(data.resolve("watch"));
        Files.writeString(data.resolve("watch/planning-1a2b.json"), "{\"version\":1}");
        return times;
    }

    private Migration.Result toDatabase() throws IOException {
        try (Database database = new Database(settings, new SimpleMeterRegistry())) {
            return new Migration(database, CATALOG, TimeSource.system()).toDatabase(data, "db");
        }
    }

    private Migration.Result toFiles(Path to) throws IOException {
        try (Database database = new Database(settings, new SimpleMeterRegistry())) {
            return new Migration(database, CATALOG, TimeSource.system()).toFiles(to);
        }
    }

    /** All files of a folder but those of its locks. */
    private static Map<String, String> content(Path root) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString();
                if (!name.contains("lock")) {
                    content.put(name, new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
                }
            }
        }
        return content;
    }

    private static List<Entry> historyOf(StatusStore store) {
        HistoryPage page = store.history(new HistoryQuery(null, null, null, null, null, null, 1_000, null));
        return page.entries().stream().map(Microseconds::of).toList();
    }

    /** What a reader of the API sees. */
    private record Seen(String id, Board board, List<Job> jobs, List<Entry> history, List<Board> past) {

        static Seen of(StatusStore store, List<Instant> times) {
            Board now = Microseconds.of(store.board(), store.board().sequence());
            List<Job> jobs = new ArrayList<>();
            now.jobs().all().forEach(jobs::add);
            List<Board> past =
                    times.stream().map(store::boardAt).map(Seen::domains).toList();
            return new Seen(store.id(), domains(now), jobs, historyOf(store), past);
        }

        /** Without the number of entries, which is not shown. */
        private static Board domains(Board board) {
            Board cut = Microseconds.of(board, 0);
            return cut.withoutJobs(0);
        }
    }

    private Seen inFiles(Path root, List<Instant> times) throws Exception {
        try (FileStore files = new FileStore(root, Instant.now())) {
            return Seen.of(files.store, times);
        }
    }

    @Test
    void everythingIsTheSameInTheDatabaseAndInFilesAgain() throws Exception {
        List<Instant> times = recordAllKinds();
        Seen before = inFiles(data, times);
        Map<String, String> source = content(data.resolve("history"));
        assertThat(before.history()).hasSize(9);

        assertThat(toDatabase())
                .isEqualTo(new Migration.Result(9, before.board().revision(), false));

        assertThat(content(data.resolve("history"))).isEqualTo(source);
        Entry after;
        try (TestingNode node = new TestingNode(settings)) {
            assertThat(Seen.of(node.store, times)).isEqualTo(before);
            assertThat(node.store
                            .record(List.of(update(Status.LOADING, "J3", "keyed", yesterday)), false, KEY)
                            .get(10, TimeUnit.SECONDS))
                    .extracting(Entry::message)
                    .containsExactly("keyed");
            assertThat(new SqlListenerPositions(node.database, node.writes, () -> 1).readDurable("tickets"))
                    .hasValue(4);
            assertThat(new SqlDocuments(node.database, node.writes).read("slack/alerts.json"))
                    .hasValue("{\"alerts\":[]}".getBytes(StandardCharsets.UTF_8));
            assertThat(new SqlDocuments(node.database, node.writes).read("watch/planning-1a2b.json"))
                    .hasValue("{\"version\":1}".getBytes(StandardCharsets.UTF_8));
            after = node.post(Status.LOADING, "J5").get(10, TimeUnit.SECONDS).get(0);
            assertThat(after.revision()).isEqualTo(before.board().revision() + 1);
        }
        Path copy = folder.resolve("copy");

        assertThat(toFiles(copy).entries()).isEqualTo(10);

        try (FileStore files = new FileStore(copy, Instant.now())) {
            assertThat(files.store.id()).isEqualTo(before.id());
            assertThat(files.store.board().of(ACTUAL).jobId()).isEqualTo("J5");
            assertThat(historyOf(files.store))
                    .hasSize(10)
                    .endsWith(before.history().toArray(Entry[]::new));
            assertThat(times).map(files.store::boardAt).map(Seen::domains).isEqualTo(before.past());
            assertThat(files.recordBatch(batch(), BATCH_KEY))
                    .extracting(Entry::jobId)
                    .containsExactly("J3", "J4");
            assertThat(files.record(ACTUAL, Status.OK, "J5").get(0).revision()).isEqualTo(after.revision() + 1);
        }
        assertThat(copy.resolve("slack/alerts.json")).hasContent("{\"alerts\":[]}");
        assertThat(copy.resolve("listeners/positions.json")).hasContent("{\"a/b\":2,\"tickets\":4}");
        assertThat(copy.resolve("watch/planning-1a2b.json")).hasContent("{\"version\":1}");
        assertThat(copy.resolve("INCOMPLETE")).doesNotExist();
    }

    @Test
    void aBoardOfAPastDayNeedsOnlyTheRowsOfThatDay() throws Exception {
        List<Instant> times = recordAllKinds();
        Seen before = inFiles(data, times);
        toDatabase();

        try (TestingNode node = new TestingNode(settings)) {
            execute(settings, "DELETE FROM journal WHERE seq < 3");

            assertThat(Seen.domains(node.store.boardAt(times.get(1))))
                    .isEqualTo(before.past().get(1));
            assertThatThrownBy(() -> node.store.boardAt(times.get(0))).isInstanceOf(HistoryGoneException.class);
        }
    }

    @Test
    void theActiveNodeStoresTheBoardsThatARestoredDatabaseLacks() throws Exception {
        List<Instant> times = recordAllKinds();
        Seen before = inFiles(data, times);
        toDatabase();
        List<Long> stored = numbers(settings, "SELECT seq FROM checkpoint WHERE kind = 'day' ORDER BY seq");
        execute(settings, "DELETE FROM checkpoint WHERE kind = 'day'");
        assertThat(stored).hasSizeGreaterThanOrEqualTo(3);

        try (TestingNode node = new TestingNode(settings)) {
            await().untilAsserted(() -> {
                node.lease.poll();
                assertThat(numbers(settings, "SELECT seq FROM checkpoint WHERE kind = 'day' ORDER BY seq"))
                        .isEqualTo(stored);
            });
            execute(settings, "DELETE FROM journal WHERE seq < 3");

            assertThat(Seen.domains(node.store.boardAt(times.get(1))))
                    .isEqualTo(before.past().get(1));
        }
    }

    @Test
    void aBoardThatIsMissingBetweenOthersIsStoredAgain() throws Exception {
        recordAllKinds();
        toDatabase();
        List<Long> stored = numbers(settings, "SELECT seq FROM checkpoint WHERE kind = 'day' ORDER BY seq");
        execute(settings, "DELETE FROM checkpoint WHERE kind = 'day' AND seq = 3");

        try (TestingNode node = new TestingNode(settings)) {
            await().untilAsserted(() -> {
                node.lease.poll();
                assertThat(numbers(settings, "SELECT seq FROM checkpoint WHERE kind = 'day' ORDER BY seq"))
                        .isEqualTo(stored);
            });
        }
    }

    @Test
    void afterwardsTheFolderIsUsedOnlyWithTheDatabase() throws Exception {
        recordAllKinds();
        try (DataFolder opened = DataFolder.open(data)) {
            assertThatThrownBy(() -> MigrationMarks.requireMoved(opened))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("has updates that are not in the database");
        }
        toDatabase();

        try (DataFolder opened = DataFolder.open(data)) {
            MigrationMarks.requireMoved(opened);
            assertThatThrownBy(() -> MigrationMarks.requireUsable(opened))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("MOVED: the updates are in the database db since ")
                    .hasMessageContaining("migrate --to-files FOLDER");
        }
    }

    @Test
    void anInterruptedCopyToTheDatabaseIsRepeated() throws Exception {
        recordAllKinds();
        try (Database database = new Database(settings, new SimpleMeterRegistry())) {
            Schema.prepare(database);
        }
        execute(
                settings,
                "CREATE FUNCTION fail() RETURNS trigger AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid());"
                        + " RETURN NULL; END $$ LANGUAGE plpgsql");
        // The connection is lost in the middle, as when the process is killed.
        execute(settings, "CREATE TRIGGER fail AFTER INSERT ON document EXECUTE FUNCTION fail()");

        assertThatThrownBy(this::toDatabase).isInstanceOf(IOException.class);
        assertThat(data.resolve("MOVED")).doesNotExist();
        assertThat(number(settings, "SELECT count(*) FROM journal")).isZero();
        execute(settings, "DROP TRIGGER fail ON document");

        assertThat(toDatabase().wasThere()).isFalse();
    }

    @Test
    void aCopyThatWasInterruptedAfterItsCommitIsComparedAndMarked() throws Exception {
        recordAllKinds();
        toDatabase();
        Files.delete(data.resolve("MOVED"));

        assertThat(toDatabase().wasThere()).isTrue();

        assertThat(data.resolve("MOVED")).exists();
    }

    @Test
    void anotherJournalInTheDatabaseIsKept() throws Exception {
        recordAllKinds();
        try (TestingNode node = new TestingNode(settings)) {
            node.post(Status.OK, "OTHER").get(10, TimeUnit.SECONDS);
        }

        assertThatThrownBy(this::toDatabase).hasMessageContaining("the database holds a journal already");

        assertThat(number(settings, "SELECT count(*) FROM journal")).isEqualTo(1);
        assertThat(data.resolve("MOVED")).doesNotExist();
    }

    @Test
    void itRefusesWhileANodeRuns() throws Exception {
        recordAllKinds();
        try (TestingNode node = new TestingNode(settings)) {
            SqlNodes nodes = new SqlNodes(node.database, UUID.randomUUID(), new SqlNodes.Self("b", "1", "c"), () -> 0);
            nodes.beat();
            TestingPostgres.keepNodes(settings);

            assertThatThrownBy(this::toDatabase).hasMessageContaining("these nodes use the database: b");
            assertThatThrownBy(() -> toFiles(folder.resolve("copy"))).hasMessageContaining("nodes use the database: b");
            nodes.remove();
        }
        assertThat(toDatabase().wasThere()).isFalse();
    }

    @Test
    void aRunningServiceKeepsItsFolder() throws Exception {
        try (FileStore files = new FileStore(data, yesterday)) {
            files.record(ACTUAL, Status.OK, "J");

            assertThatThrownBy(this::toDatabase).hasMessageContaining("is in use by another EPMPulse");
        }
        assertThatThrownBy(() -> toFiles(folder.resolve("copy"))).isInstanceOf(DatabaseConfigurationException.class);
        assertThat(folder.resolve("copy")).doesNotExist();
    }

    @Test
    void damagedLinesAndGapsAreCopiedAsTheFilesShowThem() throws Exception {
        recordAllKinds();
        try (Stream<Path> days = Files.list(data.resolve("history"))) {
            Path day = days.filter(file -> file.toString().endsWith(".jsonl"))
                    .max(Path::compareTo)
                    .orElseThrow();
            List<String> lines = new ArrayList<>(Files.readAllLines(day));
            assertThat(lines).hasSizeGreaterThanOrEqualTo(2);
            lines.set(0, lines.get(0).replace("keyed", "kxyed"));
            Files.write(day, lines);
        }
        Files.delete(data.resolve("apps_status.json"));
        Seen before = inFiles(data, List.of());

        Migration.Result result = toDatabase();

        assertThat(result.entries()).isEqualTo(8);
        assertThat(result.revision()).isEqualTo(before.board().revision());
        try (TestingNode node = new TestingNode(settings)) {
            assertThat(Seen.of(node.store, List.of())).isEqualTo(before);
            assertThat(node.store.boardAt(Instant.now().minusSeconds(1)).revision())
                    .isEqualTo(before.board().revision());
        }
        try (Database database = new Database(settings, new SimpleMeterRegistry())) {
            ChainVerification verification = ChainVerification.of(database);
            assertThat(verification.isIntact()).as(verification.text()).isTrue();
            assertThat(verification.gaps()).hasSize(1);
        }
        Path copy = folder.resolve("copy");
        toFiles(copy);
        assertThat(inFiles(copy, List.of()).history()).isEqualTo(before.history());
    }

    @Test
    void aJournalWithoutItsFirstDaysKeepsItsNumbers() throws Exception {
        List<Instant> times = recordAllKinds();
        try (FileStore files = new FileStore(data, Instant.now(), 2)) {
            files.record(BUDGET, Status.OK, "J4");
        }
        try (Stream<Path> days = Files.list(data.resolve("history"))) {
            Files.delete(days.filter(file -> file.toString().contains(".jsonl"))
                    .min(Path::compareTo)
                    .orElseThrow());
        }
        Seen before = inFiles(data, List.of());

        toDatabase();

        assertThat(number(settings, "SELECT min(seq) FROM journal")).isGreaterThan(1);
        try (TestingNode node = new TestingNode(settings)) {
            assertThat(Seen.of(node.store, List.of())).isEqualTo(before);
            assertThatThrownBy(() -> node.store.boardAt(times.get(0))).isInstanceOf(HistoryGoneException.class);
            assertThat(node.post(Status.LOADING, "NEXT")
                            .get(10, TimeUnit.SECONDS)
                            .get(0)
                            .revision())
                    .isEqualTo(before.board().revision() + 1);
        }
    }

    @Test
    void aNewFolderAndADamagedStateFileAreUsedWithTheDatabase() throws Exception {
        try (DataFolder opened = DataFolder.open(data)) {
            MigrationMarks.requireMoved(opened);
            Files.writeString(data.resolve("apps_status.json"), "{\"apps\"");
            MigrationMarks.requireMoved(opened);
            Files.writeString(data.resolve("apps_status.json"), "{\"version\":\"1.0\",\"apps\":{}}");

            assertThatThrownBy(() -> MigrationMarks.requireMoved(opened)).hasMessageContaining("migrate --to-database");
        }
    }

    @Test
    void aStateFileOfVersion1IsCopied() throws Exception {
        Files.createDirectories(data);
        Files.writeString(data.resolve("apps_status.json"), """
                {"version":"1.0","apps":{"Planning":{"display_name":"Planning","channels":[],"domains":{
                "Actual":{"status":"OK","job_id":"OLD","message":null,"updated":"2026-03-30T10:00:00Z","duration_sec":5},
                "Budget":{"status":"Blank","job_id":null,"message":null,"updated":null,"duration_sec":null}}}}}
                """);

        assertThat(toDatabase().entries()).isEqualTo(1);

        assertThat(toDatabase().wasThere()).isTrue();
        try (TestingNode node = new TestingNode(settings)) {
            assertThat(node.store.board().of(ACTUAL).jobId()).isEqualTo("OLD");
        }
    }

    @Test
    void anInterruptedCopyToFilesIsRepeated() throws Exception {
        recordAllKinds();
        toDatabase();
        Path copy = folder.resolve("copy");
        toFiles(copy);
        Map<String, String> complete = content(copy.resolve("history"));
        // As after a kill: the mark is there, and a part of the files.
        Files.writeString(copy.resolve("INCOMPLETE"), "");
        Files.delete(copy.resolve("apps_status.json"));
        Files.delete(
                copy.resolve("history").resolve(complete.keySet().iterator().next()));

        try (DataFolder opened = DataFolder.open(copy)) {
            assertThatThrownBy(() -> MigrationMarks.requireUsable(opened)).hasMessageContaining("is not complete");
        }
        toFiles(copy);

        assertThat(content(copy.resolve("history"))).isEqualTo(complete);
        assertThat(copy.resolve("INCOMPLETE")).doesNotExist();
    }

    @Test
    void aFolderWithAJournalIsNotOverwritten() throws Exception {
        recordAllKinds();
        toDatabase();
        Map<String, String> before = content(data);

        assertThatThrownBy(() -> toFiles(data)).hasMessageContaining("holds a journal or a state file already");

        assertThat(content(data)).isEqualTo(before);
    }
}
