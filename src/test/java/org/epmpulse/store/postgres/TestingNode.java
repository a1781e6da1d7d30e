package org.epmpulse.store.postgres;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.epmpulse.cluster.Lease;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;

/** A store as a node opens it, with what it told its listeners. */
final class TestingNode implements AutoCloseable {

    static final DomainId ACTUAL = new DomainId("Planning", "Actual");
    static final DomainId BUDGET = new DomainId("Planning", "Budget");

    final List<StatusChange> changes = new CopyOnWriteArrayList<>();
    final List<String> elsewhere = new CopyOnWriteArrayList<>();
    final MeterRegistry meters = new SimpleMeterRegistry();
    final UUID id = UUID.randomUUID();
    final Database database;
    final SqlLeaseTable leaseTable;
    final Lease lease;
    final ActiveWrites writes;
    final SqlStatusStore store;

    TestingNode(DatabaseSettings settings) throws IOException {
        database = new Database(settings, meters);
        leaseTable = new SqlLeaseTable(database, meters);
        lease = new Lease(id, leaseTable, TimeSource.system(), meters);
        writes = new ActiveWrites(id, lease);
        Map<String, Catalog.App> apps = new LinkedHashMap<>();
        apps.put("Planning", new Catalog.App("Planning", "Planning", Set.of("Actual", "Budget"), List.of(), false));
        store = SqlStatusStore.open(
                database,
                writes,
                new SqlStatusStore.Parts(
                        new StatusRules(Duration.ofMinutes(10)),
                        new Catalog(apps),
                        new SqlRetention.Limits(400, Long.MAX_VALUE),
                        TimeSource.system(),
                        changes::add,
                        (key, updates) -> elsewhere.add(key + " " + updates),
                        meters,
                        new ServiceThreads(meters)));
    }

    /** The board with all that any node had recorded: read again if the store served what it knew. */
    Board latest() {
        await().pollDelay(Duration.ZERO).until(() -> {
            store.latest().join();
            return store.asOf() == null;
        });
        return store.board();
    }

    CompletableFuture<List<Entry>> post(Status status, String job) {
        return post(ACTUAL, status, job);
    }

    CompletableFuture<List<Entry>> post(DomainId domain, Status status, String job) {
        return store.record(List.of(update(domain, status, job)), false, null);
    }

    static ValidatedUpdate update(DomainId domain, Status status, String job) {
        return ValidatedUpdate.of(domain, status, job, null, "tester");
    }

    double count(String meter, String... tags) {
        return meters.get(meter).tags(tags).counter().count();
    }

    @Override
    public void close() {
        store.close();
        leaseTable.close();
        database.close();
    }
}
