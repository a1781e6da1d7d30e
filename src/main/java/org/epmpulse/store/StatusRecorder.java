package org.epmpulse.store;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.epmpulse.status.CheckedUpdate;
import org.epmpulse.status.Entry;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.Source;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.Submission;
import org.epmpulse.status.UpdateChecks;
import org.jspecify.annotations.Nullable;

/** Checks updates and records them: the bean behind {@code direct:status-record}. Thread-safe. */
public final class StatusRecorder {

    private final UpdateChecks checks;
    private final StatusStore store;
    private final UpdateCounters counters;

    public StatusRecorder(UpdateChecks checks, StatusStore store, MeterRegistry meters) {
        this.checks = checks;
        this.store = store;
        this.counters = new UpdateCounters(meters);
    }

    /**
     * Records what a route brought; the route goes on when it is on disk.
     *
     * <p>For a {@link Submission}, as the API makes it, nobody waits: the route goes on on the thread that makes the
     * replies of all updates that were forced together. For everything else this waits on the caller's thread, and goes
     * on there: one slow step behind {@code direct:status-record} in anybody's route would else hold up others' replies.
     *
     * @param body a {@link StatusUpdate}, a list of them (recorded all or nothing), or a {@link Submission}
     * @return the entries in the order of the updates; fails with {@link StoreUnavailableException} if they cannot be
     *     written, or with {@link IdempotencyConflictException}; nothing was recorded then
     * @throws InvalidUpdateException if an update is refused; nothing was recorded
     */
    public CompletionStage<List<Entry>> record(@Nullable Object body) throws InterruptedException {
        if (body instanceof Submission submission) {
            return store.record(
                    check(submission.updates(), submission.batch()), submission.batch(), submission.idempotency());
        }
        if (body instanceof StatusUpdate update) {
            return await(store.record(check(List.of(update), false), false, null));
        }
        if (body instanceof List<?> list && !list.isEmpty()) {
            List<StatusUpdate> updates = new ArrayList<>(list.size());
            for (Object item : list) {
                if (!(item instanceof StatusUpdate update)) {
                    throw wrongBody(item);
                }
                updates.add(update);
            }
            return await(store.record(check(updates, true), true, null));
        }
        throw wrongBody(body);
    }

    private static CompletionStage<List<Entry>> await(CompletableFuture<List<Entry>> entries)
            throws InterruptedException {
        try {
            return CompletableFuture.completedFuture(entries.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new StoreUnavailableException("the update could not be written", e.getCause());
        } catch (CancellationException e) {
            throw new StoreUnavailableException("the store was closed", e);
        }
    }

    private List<CheckedUpdate> check(List<StatusUpdate> updates, boolean batch) {
        try {
            return batch ? checks.checkAll(updates) : List.of(checks.check(updates.get(0)));
        } catch (InvalidUpdateException e) {
            counters.refused(updates.get(0).source(), updates.size());
            throw e;
        }
    }

    /** Counts a request of the API that could not be read, and so never came to be checked. */
    public void unreadable() {
        counters.refused(Source.API, 1);
    }

    private static IllegalArgumentException wrongBody(@Nullable Object body) {
        String type = body == null ? "nothing" : body.getClass().getName();
        return new IllegalArgumentException(
                "the body of direct:status-record must be a StatusUpdate or a non-empty list of them, is " + type);
    }
}
