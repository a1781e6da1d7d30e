package org.epmpulse;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.epmpulse.cli.Version;
import org.epmpulse.cluster.Cluster;
import org.epmpulse.cluster.Lease;
import org.epmpulse.cluster.Nodes;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.DatabaseAccess;
import org.epmpulse.config.Setting;
import org.epmpulse.config.Settings;
import org.epmpulse.config.SharedConfiguration;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusRules;
import org.epmpulse.store.Documents;
import org.epmpulse.store.RecordedElsewhere;
import org.epmpulse.store.StatusStore;
import org.epmpulse.store.postgres.ActiveWrites;
import org.epmpulse.store.postgres.Database;
import org.epmpulse.store.postgres.DatabaseConfigurationException;
import org.epmpulse.store.postgres.DatabaseSettings;
import org.epmpulse.store.postgres.SqlDocuments;
import org.epmpulse.store.postgres.SqlLeaseTable;
import org.epmpulse.store.postgres.SqlListenerPositions;
import org.epmpulse.store.postgres.SqlNodeRequests;
import org.epmpulse.store.postgres.SqlNodes;
import org.epmpulse.store.postgres.SqlReceipts;
import org.epmpulse.store.postgres.SqlRetention;
import org.epmpulse.store.postgres.SqlSharedViews;
import org.epmpulse.store.postgres.SqlStatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store in a database, and what this node shares with others through it. Only this class of the package uses the
 * database, so that its driver is not loaded without one.
 */
final class SharedStore implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SharedStore.class);

    /** Interval of the log line while the database is not reachable. */
    private static final long LOG_SECONDS = 10;

    private static final long RETRY_MILLIS = 1_000;

    /** What the caller does while the database is not reachable. */
    interface Wait {
        void run() throws IOException, InterruptedException;
    }

    private final Database database;
    private final SqlLeaseTable leaseTable;
    private final Lease lease;
    private final SqlStatusStore store;
    private final SqlNodes nodes;
    private final ActiveWrites writes;
    private final CountDownLatch closing = new CountDownLatch(1);

    private SharedStore(
            Database database,
            SqlLeaseTable leaseTable,
            Lease lease,
            ActiveWrites writes,
            SqlStatusStore store,
            SqlNodes nodes) {
        this.database = database;
        this.leaseTable = leaseTable;
        this.lease = lease;
        this.writes = writes;
        this.store = store;
        this.nodes = nodes;
    }

    /**
     * Opens the store; waits while the database is not reachable.
     *
     * @param changes receives every change in the order of the revisions; it must not block
     * @param elsewhere receives the keys of updates that other nodes wrote
     * @param whileUnreachable called when the database was not reachable, each time until it is
     * @throws IOException thrown by {@code whileUnreachable}
     * @throws ConfigurationException if the database cannot be used until somebody changes it or the settings
     */
    static SharedStore open(
            Configuration configuration,
            TimeSource clock,
            Consumer<StatusChange> changes,
            RecordedElsewhere elsewhere,
            Wait whileUnreachable,
            MeterRegistry meters,
            ServiceThreads threads)
            throws IOException, InterruptedException {
        Settings settings = configuration.settings();
        DatabaseAccess access = Objects.requireNonNull(settings.database(), "a database is configured");
        String node = settings.node().name();
        UUID id = UUID.randomUUID();
        Database database = new Database(
                new DatabaseSettings(access.url(), access.user(), access::currentPassword, node, access.migrate()),
                meters);
        SqlLeaseTable leaseTable = new SqlLeaseTable(database, meters);
        Lease lease = new Lease(id, leaseTable, clock, meters);
        ActiveWrites writes = new ActiveWrites(id, lease);
        SqlStatusStore.Parts parts = new SqlStatusStore.Parts(
                new StatusRules(settings.duplicateWindow()),
                configuration.apps().catalog(),
                new SqlRetention.Limits(settings.historyDays(), settings.historyMaxSize()),
                clock,
                changes,
                elsewhere,
                meters,
                threads);
        SqlStatusStore store;
        try {
            store = openStore(database, writes, parts, access, whileUnreachable);
        } catch (IOException | RuntimeException | InterruptedException e) {
            database.close();
            throw e;
        }
        leaseTable.readFirst(store::recentLease);
        SqlNodes.Self self = new SqlNodes.Self(
                node, Version.get(), SharedConfiguration.of(configuration).text());
        SqlNodes nodes = new SqlNodes(database, id, self, store::sequence);
        return new SharedStore(database, leaseTable, lease, writes, store, nodes);
    }

    private static SqlStatusStore openStore(
            Database database,
            ActiveWrites writes,
            SqlStatusStore.Parts parts,
            DatabaseAccess access,
            Wait whileUnreachable)
            throws IOException, InterruptedException {
        long logged = 0;
        boolean waited = false;
        while (true) {
            try {
                SqlStatusStore store = SqlStatusStore.open(database, writes, parts);
                if (waited) {
                    LOG.info("Database {}: is reachable now", access.describe());
                }
                return store;
            } catch (DatabaseConfigurationException e) {
                throw new ConfigurationException(Setting.EPMPULSE_DATABASE_URL.name(), String.valueOf(e.getMessage()));
            } catch (IOException e) {
                whileUnreachable.run();
                long now = System.nanoTime();
                if (!waited || now - logged >= TimeUnit.SECONDS.toNanos(LOG_SECONDS)) {
                    LOG.warn(
                            "Database {}: not reachable: {}; requests get 503 until it is, retrying every second",
                            access.describe(),
                            e.getMessage());
                    logged = now;
                }
                waited = true;
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    /** Lets this node become the active one, and shows it to the others. */
    void start(MeterRegistry meters, ServiceThreads threads) {
        Gauge.builder("epmpulse.nodes", nodes, it -> it.list().size())
                .description("Running nodes, as this node sees them")
                .register(meters);
        threads.startRestarting("epmpulse-lease", closing, () -> repeat(lease::poll));
        nodes.become(Nodes.State.RUNNING);
        threads.startRestarting(
                "epmpulse-nodes",
                closing,
                () -> repeat(() -> {
                    nodes.beat();
                    return SqlNodes.INTERVAL;
                }));
    }

    /** @param task returns the time until it is run again */
    private void repeat(Supplier<Duration> task) {
        try {
            Duration wait = task.get();
            while (!closing.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                wait = task.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    StatusStore store() {
        return store;
    }

    /** Sets the listener that is called after each change of the board or of the store's id; it must not block. */
    void onUpdate(Runnable listener) {
        store.onUpdate(listener);
    }

    /** Sets the listener that is called when a view or a request of another node may be new; it must not block. */
    void onSignals(Runnable listener) {
        store.onSignals(listener);
    }

    /** When the store was created. */
    Instant created() {
        return store.created();
    }

    Documents documents() {
        return new SqlDocuments(database, writes);
    }

    Cluster cluster() {
        return new Cluster(
                lease,
                new SqlReceipts(database),
                new SqlListenerPositions(database, writes, store::generation),
                new SqlSharedViews(database, writes, store),
                new SqlNodeRequests(database, writes, store),
                nodes);
    }

    /** Lets another node become the active one, before this one stops. */
    void release() {
        nodes.become(Nodes.State.STOPPING);
        lease.release();
    }

    @Override
    public void close() {
        closing.countDown();
        lease.release();
        nodes.remove();
        store.close();
        leaseTable.close();
        database.close();
    }
}
