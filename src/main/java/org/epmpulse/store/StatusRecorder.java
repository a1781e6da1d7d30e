package org.epmpulse.store;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.epmpulse.status.Entry;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.Source;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.Submission;
import org.epmpulse.status.UpdateValidator;
import org.epmpulse.status.ValidatedUpdate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Checks updates and records them: the bean behind {@code direct:status-record}. Thread-safe. */
public final class StatusRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(StatusRecorder.class);

    private final UpdateValidator checks;
    private final StatusStore store;
    private final UpdateCounters counters;

    public StatusRecorder(UpdateValidator checks, StatusStore store, MeterRegistry meters) {
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
            List<ValidatedUpdate> checked = check(submission.updates(), submission.batch());
            return withContext(store.record(checked, submission.batch(), submission.idempotency()));
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

    /** What is done on another thread from now on is logged as if it were done on this one. */
    private static CompletionStage<List<Entry>> withContext(CompletableFuture<List<Entry>> entries) {
        Map<String, String> context = MDC.getCopyOfContextMap();
        CompletableFuture<List<Entry>> recorded = new CompletableFuture<>();
        entries.whenComplete((made, failure) -> {
            if (context != null) {
                MDC.setContextMap(context);
            }
            if (made != null) {
                tell(made);
                recorded.complete(made);
            } else {
                recorded.completeExceptionally(failure);
            }
            MDC.clear();
        });
        return recorded;
    }

    private static CompletionStage<List<Entry>> await(CompletableFuture<List<Entry>> entries)
            throws InterruptedException {
        try {
            List<Entry> recorded = entries.get();
            tell(recorded);
            return CompletableFuture.completedFuture(recorded);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new StoreUnavailableException("the update could not be written", e.getCause());
        } catch (CancellationException e) {
            throw new StoreUnavailableException("the store was closed", e);
        }
    }

    private static void tell(List<Entry> entries) {
        if (!LOG.isDebugEnabled()) {
            return;
        }
        for (Entry entry : entries) {
            LOG.atDebug()
                    .addKeyValue("app", entry.id().app())
                    .addKeyValue("domain", entry.id().domain())
                    .log(
                            "{} of {}/{}: {}, revision {}",
                            entry.status().label(),
                            entry.id().app(),
                            entry.id().domain(),
                            entry.outcome().label(),
                            entry.revision());
        }
    }

    private List<ValidatedUpdate> check(List<StatusUpdate> updates, boolean batch) {
        try {
            return batch ? checks.validateAll(updates) : List.of(checks.validate(updates.get(0)));
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
