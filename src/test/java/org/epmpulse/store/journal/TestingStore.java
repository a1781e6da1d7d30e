package org.epmpulse.store.journal;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.epmpulse.changes.StatusChanges;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.threads.ServiceThreads;
import org.jspecify.annotations.Nullable;

/** A store on a real folder with a clock that a test sets. */
final class TestingStore implements AutoCloseable {

    static final DomainId ACTUAL = new DomainId("Planning", "Actual");
    static final DomainId BUDGET = new DomainId("Planning", "Budget");
    static final Catalog CATALOG = catalog();

    final TestingDisk disk = new TestingDisk();
    final StatusChanges changes = new StatusChanges();
    final MeterRegistry meters = new SimpleMeterRegistry();
    final ServiceThreads threads = new ServiceThreads(meters);
    final Path root;
    volatile Instant now = Instant.parse("2026-03-31T12:00:00Z");
    JournalStatusStore.Retention retention = new JournalStatusStore.Retention(400, 10_000_000_000L);
    private @Nullable JournalStatusStore store;
    private @Nullable DataFolder folder;

    TestingStore(Path root) {
        this.root = root;
    }

    private static Catalog catalog() {
        Map<String, Catalog.App> apps = new LinkedHashMap<>();
        apps.put("Planning", new Catalog.App("Planning", "Planning", Set.of("Actual", "Budget"), List.of("C1"), false));
        return new Catalog(apps);
    }

    TestingStore open() throws IOException {
        DataFolder dataFolder = DataFolder.open(root);
        store = JournalStatusStore.open(
                dataFolder,
                new StatusRules(Duration.ofMinutes(10)),
                CATALOG,
                retention,
                () -> now,
                changes::publish,
                meters,
                threads,
                disk,
                Duration.ZERO);
        folder = dataFolder;
        return this;
    }

    JournalStatusStore store() {
        return java.util.Objects.requireNonNull(store);
    }

    Board board() {
        return store().board();
    }

    DomainStatus actual() {
        return board().of(ACTUAL);
    }

    static ValidatedUpdate update(DomainId id, Status status, @Nullable String jobId) {
        return ValidatedUpdate.of(id, status, jobId, null, "tester");
    }

    static ValidatedUpdate update(DomainId id, Status status, @Nullable String jobId, @Nullable String message) {
        return ValidatedUpdate.of(id, status, jobId, message, "tester");
    }

    Entry record(DomainId id, Status status, @Nullable String jobId) {
        return record(List.of(update(id, status, jobId)), false, null).get(0);
    }

    List<Entry> record(List<ValidatedUpdate> updates, boolean batch, @Nullable Idempotency idempotency) {
        try {
            return store().record(updates, batch, idempotency).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    Path journal() {
        return root.resolve("history").resolve(now.toString().substring(0, 10) + ".jsonl");
    }

    /** Like a restart after a clean stop. */
    TestingStore reopen() throws IOException {
        close();
        return open();
    }

    @Override
    public void close() {
        if (store != null && folder != null) {
            store.close();
            folder.close();
            store = null;
        }
    }
}
