package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.store.postgres.TestingPostgres.execute;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.epmpulse.status.Status;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The report on a database, the check of its chain, and the SQL for a DBA. */
class DatabaseReportTest {

    private DatabaseSettings settings;

    @BeforeEach
    void createSchema() throws Exception {
        settings = TestingPostgres.newSchema();
    }

    private interface Read<T> {
        T run(Database database) throws Exception;
    }

    private <T> T read(Read<T> read) throws Exception {
        try (Database database = new Database(settings, new SimpleMeterRegistry())) {
            return read.run(database);
        }
    }

    private void fill(int updates) throws Exception {
        try (TestingNode node = new TestingNode(settings)) {
            for (int i = 1; i <= updates; i++) {
                node.post(Status.LOADING, "J" + i).get(10, TimeUnit.SECONDS);
            }
            new SqlNodes(node.database, UUID.randomUUID(), new SqlNodes.Self("a", "2.1.0", "X=1 Y=1"), () -> 3).beat();
            new SqlNodes(node.database, UUID.randomUUID(), new SqlNodes.Self("c", "2.1.0", "X=1 Y=2"), () -> 3).beat();
            TestingPostgres.keepNodes(settings);
        }
    }

    @Test
    void theReportShowsTheStoreTheJournalAndTheNodes() throws Exception {
        String empty = read(database -> DatabaseReport.of(database, "db"));
        assertThat(empty).contains("Tables    none");
        fill(3);
        execute(
                settings,
                "INSERT INTO node (id, name, version, configuration, beats, seq, seen, state) VALUES (gen_random_uuid(),"
                        + " 'b', '2.0.0', 'c2', 1, 2, clock_timestamp() - interval '1 hour', 'running')");
        execute(settings, "UPDATE lease SET holder = (SELECT id FROM node WHERE name = 'a')");

        String report = read(database -> DatabaseReport.of(database, "db"));

        assertThat(report)
                .contains(
                        "Database  db; PostgreSQL 1",
                        "Tables    version " + Schema.VERSION + "\n",
                        ", generation 1, created 20")
                .contains("Journal   3 updates, rows 1 to 3, revision 3", "Oldest    received 20")
                .contains(" MB in 3 blocks; 2 of them ahead")
                .contains("Node      a  active  version 2.1.0, knows row 3\n", "Differ    Y (see")
                .containsPattern("Node {6}b  not running  version 2.0.0, .* last seen 36\\d\\d s ago");
    }

    @Test
    void anIntactJournalIsVerified() throws Exception {
        fill(4);

        ChainVerification verification = read(ChainVerification::of);

        assertThat(verification.isIntact()).isTrue();
        assertThat(verification.text()).isEqualTo("Rows 1 to 4 are intact, up to revision 4.\n");
    }

    @ParameterizedTest
    @CsvSource({
        "UPDATE journal SET message = 'forged' WHERE seq = 3, 2, row 3 was changed",
        "UPDATE journal SET received = received + interval '1 ms' WHERE seq = 1, 0, row 1 was changed",
        "DELETE FROM journal WHERE seq BETWEEN 2 AND 3, 1, rows 2 to 3 are missing",
        "UPDATE journal SET chain = 5 WHERE seq = 4, 3, row 4 was changed"
    })
    void aChangedOrRemovedRowIsFound(String sql, long intact, String problem) throws Exception {
        fill(4);
        execute(settings, sql);

        ChainVerification verification = read(ChainVerification::of);

        assertThat(verification.isIntact()).isFalse();
        assertThat(verification.rows()).isEqualTo(intact);
        assertThat(verification.text()).contains("NOT INTACT: " + problem);
    }

    @Test
    void deletedOldRowsAreNoProblem() throws Exception {
        fill(4);
        execute(settings, "DELETE FROM journal WHERE seq < 3");

        ChainVerification verification = read(ChainVerification::of);

        assertThat(verification.isIntact()).isTrue();
        assertThat(verification.text()).contains("Rows 3 to 4 are intact", "The rows before were deleted");
    }

    @Test
    void theSqlForADbaIsTakenForTheScriptsOfAStart() throws Exception {
        execute(settings, SchemaScripts.sql());

        DatabaseSettings checking =
                new DatabaseSettings(settings.url(), settings.user(), settings.password(), settings.node(), false);
        new TestingNode(checking).close();
        // Compares the checksums of the scripts.
        Flyway.configure()
                .dataSource(settings.url(), settings.user(), TestingPostgres.PASSWORD)
                .locations("classpath:db/migration")
                .load()
                .validate();
    }

    @Test
    void allScriptsAreListed() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/db/migration"))) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .isEqualTo(SchemaScripts.FILES);
        }
        assertThat(SchemaScripts.FILES).last().asString().startsWith("V" + Schema.VERSION + "__");
    }
}
