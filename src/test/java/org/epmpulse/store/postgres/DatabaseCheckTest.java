package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.epmpulse.store.postgres.TestingPostgres.execute;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.epmpulse.cluster.Nodes;
import org.epmpulse.config.DatabaseAccess;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.SharedConfiguration;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What {@code check --online} says about the database. */
class DatabaseCheckTest {

    private static final Map<String, String> GOOD_SETTINGS = Map.of(
            "server_encoding", "UTF8", "fsync", "on", "full_page_writes", "on", "synchronous_standby_names", "s");

    private static final SharedConfiguration HERE = SharedConfiguration.parse("K=1");

    /** Facts of a database without any problem, to be changed by a test. */
    private static final class Facts {
        private int version = 150_018;
        private @Nullable String tls = "TLSv1.3";
        private boolean local;
        private final Map<String, String> settings = new TreeMap<>(GOOD_SETTINGS);
        private @Nullable Integer standbys = 1;
        private boolean pooled;
        private @Nullable String schema = "epmpulse";
        private boolean mayCreate = true;
        private int tables = Schema.VERSION;
        private @Nullable String foreign;
        private List<String> missingRights = List.of();
        private Duration clockOffset = Duration.ofMillis(-30);
        private List<Nodes.Node> nodes = List.of(node("a", "2.1.0", "K=1"), node("b", "2.1.0", "K=1"));
        private JournalSpace space = new JournalSpace(List.of(0L, 1L, 2L), 5_000_000, 7);
        private boolean migrate = true;

        private List<OnlineFinding> check() {
            return DatabaseCheck.findings(
                    "db, database epm",
                    new DatabaseFacts(
                            "15.18",
                            version,
                            tls,
                            local,
                            settings,
                            standbys,
                            pooled,
                            schema,
                            foreign,
                            mayCreate,
                            tables,
                            missingRights,
                            clockOffset,
                            nodes,
                            space),
                    migrate,
                    "2.1.0",
                    HERE);
        }

        /** The findings that are not ok. */
        private List<String> problems() {
            return check().stream()
                    .filter(finding -> finding.level() != OnlineFinding.Level.OK)
                    .map(OnlineFinding::toString)
                    .toList();
        }
    }

    private static Nodes.Node node(String name, String version, String configuration) {
        return new Nodes.Node(name, Nodes.State.RUNNING, version, configuration);
    }

    private static void assertOnly(Facts facts, String level, String... texts) {
        assertThat(facts.problems())
                .singleElement()
                .asString()
                .startsWith(level)
                .contains(texts);
    }

    @Test
    void aGoodDatabaseHasNoProblem() {
        Facts facts = new Facts();

        assertThat(facts.problems()).isEmpty();
        assertThat(facts.check())
                .extracting(OnlineFinding::where)
                .contains("Database", "Database TLS", "Database standby", "Database clock", "Journal blocks");
    }

    @Test
    void anOldServerIsAnError() {
        Facts facts = new Facts();
        facts.version = 120_022;

        assertOnly(facts, "error", "Database version", "13 or later");
    }

    @Test
    void anotherEncodingIsAnError() {
        Facts facts = new Facts();
        facts.settings.put("server_encoding", "LATIN1");

        assertOnly(facts, "error", "LATIN1", "ENCODING 'UTF8'");
    }

    @Test
    void noTlsIsAWarningUnlessTheServerIsOnThisMachine() {
        Facts facts = new Facts();
        facts.tls = null;

        assertOnly(facts, "warning", "Database TLS", "sslmode=verify-full");

        facts.local = true;
        assertThat(facts.problems()).isEmpty();
    }

    @Test
    void settingsThatLoseUpdatesAreErrors() {
        Facts facts = new Facts();
        facts.settings.put("fsync", "off");
        facts.settings.put("full_page_writes", "off");

        assertThat(facts.problems())
                .satisfiesExactly(
                        fsync -> assertThat(fsync).startsWith("error").contains("Database fsync", "set it to on"),
                        writes -> assertThat(writes).startsWith("error").contains("Database full_page_writes"));
    }

    @Test
    void noSynchronousStandbyIsAWarningAndAMissingOneAnError() {
        Facts facts = new Facts();
        facts.standbys = 0;
        assertOnly(facts, "error", "no such standby is connected");

        facts.standbys = null;
        assertOnly(facts, "note", "pg_read_all_stats");

        facts.settings.put("synchronous_standby_names", "");
        assertOnly(facts, "warning", "Database standby", "none is synchronous");
    }

    @Test
    void aPoolerInTransactionModeIsAnError() {
        Facts facts = new Facts();
        facts.pooled = true;

        assertOnly(facts, "error", "Database connection", "pool_mode = session");
    }

    @Test
    void missingRightsAreErrors() {
        Facts facts = new Facts();
        facts.mayCreate = false;
        facts.missingRights = List.of("journal", "lease");

        assertThat(facts.problems())
                .satisfiesExactly(
                        create -> assertThat(create).startsWith("error").contains("GRANT CREATE ON SCHEMA epmpulse"),
                        tables -> assertThat(tables).startsWith("error").contains("journal, lease"));

        facts.schema = null;
        facts.tables = 0;
        assertOnly(facts, "error", "Database schema", "search path");
    }

    @Test
    void aSchemaOfAnotherProgramIsAnError() throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();
        String schema = settings.url().replaceFirst(".*currentSchema=", "");
        execute(settings, "CREATE TABLE invoices (id int)");

        assertThat(texts(run(access(settings, TestingPostgres.PASSWORD)))).anySatisfy(text -> assertThat(text)
                .startsWith("error")
                .contains("the schema " + schema + " holds", "(invoices)", "use an empty schema"));
        assertThatThrownBy(() -> new TestingNode(settings))
                .isInstanceOf(DatabaseConfigurationException.class)
                .hasMessageContaining("(invoices)");

        // Another program with Flyway.
        execute(settings, "CREATE TABLE flyway_schema_history (version text, success boolean)");
        assertThatThrownBy(() -> new TestingNode(settings))
                .isInstanceOf(DatabaseConfigurationException.class)
                .hasMessageContaining("(flyway_schema_history, invoices)");

        // The SQL for a DBA works beside them.
        execute(settings, "DROP TABLE flyway_schema_history");
        execute(settings, SchemaScripts.sql());
        new TestingNode(settings).close();
    }

    @Test
    void tablesThatAnotherNodeBeginsToCreateAreNotThoseOfAnotherProgram() throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();
        new TestingNode(settings).close();
        // As when Flyway has created its own table only.
        execute(settings, """
                DO $$ DECLARE name text; BEGIN
                  FOR name IN SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relname <> 'flyway_schema_history'
                      AND relnamespace = current_schema()::regnamespace LOOP
                    EXECUTE 'DROP TABLE ' || quote_ident(name) || ' CASCADE';
                  END LOOP;
                  FOR name IN SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace LOOP
                    EXECUTE 'DROP FUNCTION ' || name || ' CASCADE';
                  END LOOP;
                END $$;
                TRUNCATE flyway_schema_history""");

        try (TestingNode node = new TestingNode(settings)) {
            assertThat(node.post(Status.OK, "J").get(10, TimeUnit.SECONDS)).hasSize(1);
        }
    }

    @Test
    void aTableOfAnotherSchemaOfTheSearchPathIsNotMeant() throws Exception {
        DatabaseSettings other = TestingPostgres.newSchema();
        execute(other, "CREATE TABLE flyway_schema_history (version text, success boolean)");
        execute(other, "INSERT INTO flyway_schema_history VALUES ('57', true)");
        DatabaseSettings own = TestingPostgres.newSchema();
        String second = other.url().replaceFirst(".*currentSchema=", "");
        DatabaseSettings both =
                new DatabaseSettings(own.url() + "," + second, own.user(), own.password(), own.node(), true);

        try (TestingNode node = new TestingNode(both)) {
            assertThat(node.post(Status.OK, "J").get(10, TimeUnit.SECONDS)).hasSize(1);
        }
    }

    @Test
    void oldTablesAreAnErrorOnlyIfAStartDoesNotUpgradeThem() {
        Facts facts = new Facts();
        facts.tables = 0;
        facts.space = new JournalSpace(List.of(), 0, 0);
        assertOnly(facts, "note", "version 0 of the tables", "a start creates version");

        facts.migrate = false;
        assertOnly(facts, "error", "database --sql");

        facts.tables = Schema.VERSION + 1;
        assertOnly(facts, "note", "later EPMPulse");
    }

    @Test
    void aClockThatDiffersIsAWarning() {
        Facts facts = new Facts();
        facts.clockOffset = Duration.ofMillis(-2_000);

        assertOnly(facts, "warning", "Database clock", "-2.0 s", "synchronize");
    }

    @Test
    void nodesThatDifferAreWarnings() {
        Facts facts = new Facts();
        facts.nodes = List.of(node("a", "2.1.0", "K=3"), node("b", "2.2.0", "K=2"));

        assertThat(facts.problems())
                .satisfiesExactly(
                        version -> assertThat(version).startsWith("warning").contains("a 2.1.0, b 2.2.0", "upgrade"),
                        config -> assertThat(config)
                                .startsWith("warning")
                                .contains("K differs: 3 on a; 1 on this host", "config/apps.json"));

        facts.nodes = List.of(node("b", "2.2.0", "K=2"));
        assertOnly(facts, "note", "not compared", "2.1.0");

        facts.nodes = List.of(node("a", "2.1.0", "K=3"));
        assertOnly(facts, "warning", "K differs: 3 on a; 1 on this host");

        facts.nodes = List.of(node("a", "2.1.0", "K=1"), node("a", "2.1.0", "K=1"));
        assertOnly(facts, "warning", "the name a", "EPMPULSE_NODE");

        facts.nodes = List.of();
        assertOnly(facts, "note", "none is running");
    }

    @Test
    void noBlockAheadIsAnErrorWhenThereAreRows() {
        Facts facts = new Facts();
        facts.space = new JournalSpace(List.of(0L, 1L), 5_000_000, 1_000_001);
        assertOnly(facts, "error", "Journal blocks", "none is ahead");

        facts.space = new JournalSpace(List.of(), 0, 0);
        assertThat(facts.problems()).isEmpty();
    }

    private static DatabaseAccess access(DatabaseSettings settings, String password) {
        return new DatabaseAccess(settings.url(), settings.user(), password, (Path) null, true);
    }

    private static List<OnlineFinding> run(DatabaseAccess access) {
        return DatabaseCheck.run(access, "2.1.0", HERE);
    }

    private static List<String> texts(List<OnlineFinding> findings) {
        return findings.stream().map(OnlineFinding::toString).toList();
    }

    @Test
    void aRealServerIsRead() throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();
        DatabaseAccess access = access(settings, TestingPostgres.PASSWORD);
        assertThat(texts(run(access)))
                .anySatisfy(text -> assertThat(text).contains("Database schema: version 0 of the tables"));

        try (TestingNode node = new TestingNode(settings)) {
            node.post(Status.OK, "J").get(10, TimeUnit.SECONDS);
            new SqlNodes(node.database, UUID.randomUUID(), new SqlNodes.Self("a", "2.1.0", "K=1"), () -> 1).beat();
            new SqlNodes(node.database, UUID.randomUUID(), new SqlNodes.Self("b", "2.1.0", "K=2"), () -> 1).beat();
            TestingPostgres.keepNodes(settings);
        }

        List<String> texts = texts(run(access));
        assertThat(texts)
                .anySatisfy(text -> assertThat(text).startsWith("ok").contains("is reachable and a primary server"))
                .anySatisfy(text -> assertThat(text).startsWith("ok").contains("Database version: PostgreSQL 1"))
                .anySatisfy(text -> assertThat(text).startsWith("ok").contains("Database encoding: UTF8"))
                .anySatisfy(text -> assertThat(text).startsWith("ok").contains("Database TLS: is not used, the server"))
                .anySatisfy(text -> assertThat(text).startsWith("ok").contains("Database connection: direct"))
                .anySatisfy(text -> assertThat(text).startsWith("ok").contains("Database rights: CREATE"))
                .anySatisfy(text ->
                        assertThat(text).startsWith("ok").contains("Database schema: version " + Schema.VERSION))
                .anySatisfy(text -> assertThat(text).startsWith("ok").contains("Database clock: differs"))
                .anySatisfy(text -> assertThat(text).startsWith("ok").contains("Nodes version: a 2.1.0, b 2.1.0"))
                .anySatisfy(
                        text -> assertThat(text).startsWith("warning").contains("K differs: 1 on a, this host; 2 on b"))
                .anySatisfy(text -> assertThat(text).startsWith("ok").contains("Journal blocks: 3, 2 of them ahead"));
    }

    @Test
    void theRightsOfARoleAreRead() throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();
        new TestingNode(settings).close();
        String role = "reader_" + UUID.randomUUID().toString().replace("-", "");
        String schema = settings.url().replaceFirst(".*currentSchema=", "");
        execute(settings, "CREATE ROLE " + role + " LOGIN PASSWORD 'reader-password'");
        execute(settings, "GRANT USAGE ON SCHEMA " + schema + " TO " + role);
        execute(settings, "GRANT SELECT ON ALL TABLES IN SCHEMA " + schema + " TO " + role);

        List<String> texts = texts(run(new DatabaseAccess(settings.url(), role, "reader-password", (Path) null, true)));

        assertThat(texts)
                .anySatisfy(text -> assertThat(text).startsWith("error").contains("GRANT CREATE ON SCHEMA " + schema))
                .anySatisfy(text -> assertThat(text)
                        .startsWith("error")
                        .contains("is missing on checkpoint, document, journal, lease"));
    }

    @Test
    void aDatabaseThatCannotBeUsedIsOneError() throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();

        assertThat(texts(run(access(settings, "wrong-password"))))
                .singleElement()
                .asString()
                .startsWith("error")
                .contains("password authentication failed", "EPMPULSE_DATABASE_USER")
                .doesNotContain("wrong-password");
        try (TcpProxy proxy = new TcpProxy(TestingPostgres.port())) {
            proxy.cut();
            assertThat(texts(run(access(TestingPostgres.through(settings, proxy.port()), TestingPostgres.PASSWORD))))
                    .singleElement()
                    .asString()
                    .startsWith("error")
                    .contains("cannot be used");
        }
    }
}
