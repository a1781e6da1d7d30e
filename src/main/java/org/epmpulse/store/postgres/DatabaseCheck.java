package org.epmpulse.store.postgres;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.epmpulse.cluster.Nodes;
import org.epmpulse.config.DatabaseAccess;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.SharedConfiguration;

/** Checks the database for {@code check --online}. It only reads. For one thread. */
public final class DatabaseCheck {

    private static final Duration MAX_CLOCK_OFFSET = Duration.ofSeconds(2);

    private final List<OnlineFinding> findings = new ArrayList<>();

    private DatabaseCheck() {}

    /**
     * Runs the check. Returns at least one finding; only one if the database cannot be used.
     *
     * @param version of this program
     * @param here the configuration of this host, which is compared with that of the running nodes of this version
     */
    public static List<OnlineFinding> run(DatabaseAccess access, String version, SharedConfiguration here) {
        DatabaseSettings settings =
                new DatabaseSettings(access.url(), access.user(), access::currentPassword, "check", access.migrate());
        String name = access.describe();
        try (Database database = new Database(settings, new SimpleMeterRegistry())) {
            DatabaseFacts facts = DatabaseFacts.read(database, access.isLocal());
            return findings(name, facts, access.migrate(), version, here);
        } catch (SQLException e) {
            return List.of(unreachable(name, e));
        }
    }

    private static OnlineFinding unreachable(String name, SQLException e) {
        String reason = Database.describe(e);
        String remedy = Database.needsPerson(e)
                ? "correct EPMPULSE_DATABASE_URL, EPMPULSE_DATABASE_USER or the password, or create the role and the"
                        + " database"
                : reason.contains("targetServerType")
                        ? "none of the hosts is a primary server that answers: start one, or correct the hosts in"
                                + " EPMPULSE_DATABASE_URL"
                        : "see that the server runs and listens, and look at the firewall, pg_hba.conf and the certificate";
        return OnlineFinding.error("Database", name + " cannot be used: " + reason + " (" + remedy + ")");
    }

    /**
     * The findings on a database that answered.
     *
     * @param migrate whether a start creates and upgrades the tables
     */
    static List<OnlineFinding> findings(
            String name, DatabaseFacts facts, boolean migrate, String version, SharedConfiguration here) {
        DatabaseCheck check = new DatabaseCheck();
        check.findings.add(OnlineFinding.ok("Database", name + " is reachable and a primary server"));
        check.server(facts);
        check.durability(facts);
        check.connections(facts);
        check.schema(facts, migrate);
        check.clock(facts);
        check.nodes(facts.nodes(), version, here);
        check.blocks(facts);
        return check.findings;
    }

    private void add(boolean good, String where, String text, String problem) {
        findings.add(good ? OnlineFinding.ok(where, text) : OnlineFinding.error(where, problem));
    }

    private void warnUnless(boolean good, String where, String text, String problem) {
        findings.add(good ? OnlineFinding.ok(where, text) : OnlineFinding.warning(where, problem));
    }

    private void server(DatabaseFacts facts) {
        add(
                facts.versionNumber() >= Schema.OLDEST_SERVER,
                "Database version",
                "PostgreSQL " + facts.version(),
                "PostgreSQL " + facts.version() + " is too old (13 or later is required)");
        String encoding = facts.settings().get("server_encoding");
        add(
                "UTF8".equals(encoding),
                "Database encoding",
                "UTF8",
                encoding + " (create the database with ENCODING 'UTF8')");
        if (facts.tls() != null) {
            findings.add(OnlineFinding.ok("Database TLS", String.valueOf(facts.tls())));
        } else {
            warnUnless(
                    facts.local(),
                    "Database TLS",
                    "is not used, the server is on this machine",
                    "is not used: the password and the updates can be read on the way (enable ssl on the server and add"
                            + " sslmode=verify-full to EPMPULSE_DATABASE_URL)");
        }
    }

    private void durability(DatabaseFacts facts) {
        for (String setting : List.of("fsync", "full_page_writes")) {
            add(
                    "on".equals(facts.settings().get(setting)),
                    "Database " + setting,
                    "on",
                    "off: a power loss can destroy acknowledged updates (set it to on)");
        }
        String names = Objects.requireNonNullElse(facts.settings().get("synchronous_standby_names"), "");
        Integer standbys = facts.standbys();
        if (names.isBlank()) {
            findings.add(OnlineFinding.warning(
                    "Database standby",
                    "none is synchronous: if this server is lost, so are its last updates (set"
                            + " synchronous_standby_names; not needed if the provider replicates the storage itself)"));
        } else if (standbys == null) {
            findings.add(OnlineFinding.note(
                    "Database standby",
                    "synchronous_standby_names is set; whether one is connected is visible only with the role"
                            + " pg_read_all_stats"));
        } else {
            add(
                    standbys > 0,
                    "Database standby",
                    standbys + " synchronous",
                    "synchronous_standby_names is set, but no such standby is connected: no update can be committed"
                            + " (start the standby, or change the setting)");
        }
    }

    private void connections(DatabaseFacts facts) {
        add(
                !facts.pooled(),
                "Database connection",
                "direct, or through a pooler in session mode",
                "through a pooler in transaction mode, which mixes the settings of sessions (connect directly, or set"
                        + " pool_mode = session)");
    }

    private void schema(DatabaseFacts facts, boolean migrate) {
        String schema = facts.schema();
        if (schema == null) {
            findings.add(OnlineFinding.error(
                    "Database schema",
                    "none of the search path exists (create the schema, or ALTER ROLE … SET search_path)"));
            return;
        }
        String foreign = facts.foreign();
        if (foreign != null) {
            findings.add(OnlineFinding.error("Database schema", foreign));
            return;
        }
        add(
                facts.mayCreate(),
                "Database rights",
                "CREATE in the schema " + schema,
                "CREATE in the schema " + schema + " is missing, with which EPMPulse adds blocks to the journal (GRANT"
                        + " CREATE ON SCHEMA " + schema + ")");
        if (!facts.missingRights().isEmpty()) {
            findings.add(OnlineFinding.error(
                    "Database rights",
                    "SELECT, INSERT, UPDATE or DELETE is missing on " + String.join(", ", facts.missingRights())
                            + " (GRANT them to the role)"));
        }
        String version = "version " + facts.tables() + " of the tables in the schema " + schema;
        if (facts.tables() == Schema.VERSION) {
            findings.add(OnlineFinding.ok("Database schema", version));
        } else if (facts.tables() > Schema.VERSION) {
            findings.add(OnlineFinding.note("Database schema", version + " is of a later EPMPulse"));
        } else if (migrate) {
            findings.add(
                    OnlineFinding.note("Database schema", version + "; a start creates version " + Schema.VERSION));
        } else {
            findings.add(OnlineFinding.error(
                    "Database schema",
                    version + ", but version " + Schema.VERSION + " is required (apply what \"java -jar epmpulse.jar"
                            + " database --sql\" prints, or remove EPMPULSE_DATABASE_MIGRATE=false)"));
        }
    }

    private void clock(DatabaseFacts facts) {
        String offset = String.format(Locale.ROOT, "%.1f s", facts.clockOffset().toMillis() / 1e3);
        warnUnless(
                facts.clockOffset().abs().compareTo(MAX_CLOCK_OFFSET) < 0,
                "Database clock",
                "differs from this machine's by " + offset,
                "differs from this machine's by " + offset + " (synchronize both, for example with chrony)");
    }

    private void nodes(List<Nodes.Node> nodes, String version, SharedConfiguration here) {
        if (nodes.isEmpty()) {
            findings.add(OnlineFinding.note("Nodes", "none is running"));
            return;
        }
        versions(nodes);
        List<Nodes.Node> comparable =
                nodes.stream().filter(node -> node.version().equals(version)).toList();
        if (comparable.isEmpty()) {
            findings.add(OnlineFinding.note(
                    "Nodes configuration", "not compared: no node has the version of this program, " + version));
        } else {
            configurations(comparable, here);
        }
        Set<String> names = new TreeSet<>();
        for (Nodes.Node node : nodes) {
            if (!names.add(node.name())) {
                findings.add(OnlineFinding.warning(
                        "Nodes", "several have the name " + node.name() + " (set another EPMPULSE_NODE on each)"));
            }
        }
    }

    private void versions(List<Nodes.Node> nodes) {
        String list =
                nodes.stream().map(node -> node.name() + " " + node.version()).collect(Collectors.joining(", "));
        warnUnless(
                nodes.stream().map(Nodes.Node::version).distinct().count() == 1,
                "Nodes version",
                list,
                list + ": they differ (install the same version on all nodes; ignore this during an upgrade)");
    }

    private void configurations(List<Nodes.Node> nodes, SharedConfiguration here) {
        Map<String, SharedConfiguration> all = new LinkedHashMap<>();
        nodes.forEach(node -> all.put(node.name(), SharedConfiguration.parse(node.configuration())));
        String names = String.join(", ", all.keySet());
        all.put("this host", here);
        List<String> differences = SharedConfiguration.differences(all.values());
        if (differences.isEmpty()) {
            findings.add(OnlineFinding.ok("Nodes configuration", "the same on this host and on " + names));
        }
        for (String name : differences) {
            Map<String, List<String>> hosts = new LinkedHashMap<>();
            all.forEach(
                    (host, configuration) -> hosts.computeIfAbsent(configuration.value(name), v -> new ArrayList<>())
                            .add(host));
            String values = hosts.entrySet().stream()
                    .map(value -> value.getKey() + " on " + String.join(", ", value.getValue()))
                    .collect(Collectors.joining("; "));
            findings.add(OnlineFinding.warning(
                    "Nodes configuration",
                    name + " differs: " + values + " (copy config/apps.json and the settings to all, and restart the"
                            + " nodes)"));
        }
    }

    private void blocks(DatabaseFacts facts) {
        JournalSpace space = facts.space();
        if (space == null || space.last() == 0) {
            return;
        }
        add(
                space.ahead() >= 1,
                "Journal blocks",
                space.blocks() + ", " + space.ahead() + " of them ahead",
                "none is ahead of the last row: updates will be refused soon (look into the log of the active node; the"
                        + " role must own the table journal and may CREATE in its schema)");
    }
}
