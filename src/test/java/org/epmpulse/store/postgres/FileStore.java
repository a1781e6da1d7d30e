package org.epmpulse.store.postgres;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.epmpulse.status.Answer;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedAnswer;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.JournalStatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.jspecify.annotations.Nullable;

/** A store in the files of a data folder, with a clock that a test sets. */
final class FileStore implements AutoCloseable {

    static final DomainId ACTUAL = TestingNode.ACTUAL;
    static final DomainId BUDGET = TestingNode.BUDGET;
    static final Catalog CATALOG = new Catalog(
            Map.of("Planning", new Catalog.App("Planning", "Planning", Set.of("Actual", "Budget"), List.of(), false)));

    final JournalStatusStore store;
    private final DataFolder folder;
    private volatile Instant now;

    FileStore(Path root, Instant now) throws IOException {
        this(root, now, 400);
    }

    FileStore(Path root, Instant now, int days) throws IOException {
        this.now = now;
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        folder = DataFolder.open(root);
        store = JournalStatusStore.open(
                folder,
                new StatusRules(Duration.ofMinutes(10)),
                CATALOG,
                new JournalStatusStore.Retention(days, 10_000_000_000L),
                () -> this.now,
                change -> {},
                meters,
                new ServiceThreads(meters));
    }

    void set(Instant time) {
        now = time;
    }

    void after(Duration time) {
        now = now.plus(time);
    }

    List<Entry> record(DomainId domain, Status status, @Nullable String job) throws Exception {
        return record(ValidatedUpdate.of(domain, status, job, null, "tester"), null);
    }

    List<Entry> record(ValidatedUpdate update, @Nullable Idempotency idempotency) throws Exception {
        return store.record(List.of(update), false, idempotency).get(10, TimeUnit.SECONDS);
    }

    List<Entry> recordBatch(List<ValidatedUpdate> updates, @Nullable Idempotency idempotency) throws Exception {
        return store.record(updates, true, idempotency).get(10, TimeUnit.SECONDS);
    }

    Entry answer(DomainId domain, Answer answer) throws Exception {
        return store.answer(new ValidatedAnswer(domain, answer, "tester"), null).get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        store.close();
        folder.close();
    }
}
