package org.epmpulse.bench;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.epmpulse.cluster.Lease;
import org.epmpulse.status.StatusRules;
import org.epmpulse.store.postgres.ActiveWrites;
import org.epmpulse.store.postgres.Database;
import org.epmpulse.store.postgres.DatabaseSettings;
import org.epmpulse.store.postgres.SqlLeaseTable;
import org.epmpulse.store.postgres.SqlRetention;
import org.epmpulse.store.postgres.SqlStatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;

/** The store of a node in this process, as the service opens it, with its part in the lease. */
final class StoreNode implements AutoCloseable {

    private static final int HISTORY_DAYS = 400;

    private final ScheduledExecutorService polling = Executors.newSingleThreadScheduledExecutor();
    private final Database database;
    private final SqlLeaseTable leaseTable;
    private final Lease lease;
    private final SqlStatusStore store;

    private StoreNode(DatabaseSettings settings, int domains) throws IOException {
        MeterRegistry meters = new SimpleMeterRegistry();
        UUID id = UUID.randomUUID();
        database = new Database(settings, meters);
        leaseTable = new SqlLeaseTable(database, meters);
        lease = new Lease(id, leaseTable, TimeSource.system(), meters);
        store = SqlStatusStore.open(
                database,
                new ActiveWrites(id, lease),
                new SqlStatusStore.Parts(
                        new StatusRules(Duration.ofMinutes(10)),
                        GeneratedJournal.catalog(domains),
                        new SqlRetention.Limits(HISTORY_DAYS, Long.MAX_VALUE),
                        TimeSource.system(),
                        change -> {},
                        (key, updates) -> {},
                        meters,
                        new ServiceThreads(meters)));
        polling.scheduleWithFixedDelay(lease::poll, 0, Lease.INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    static StoreNode open(DatabaseSettings settings, int domains) throws IOException {
        return new StoreNode(settings, domains);
    }

    SqlStatusStore store() {
        return store;
    }

    @Override
    public void close() {
        polling.shutdownNow();
        try {
            polling.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lease.release();
        store.close();
        leaseTable.close();
        database.close();
    }
}
