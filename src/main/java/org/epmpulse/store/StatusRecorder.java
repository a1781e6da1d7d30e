package org.epmpulse.store;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.epmpulse.status.Entry;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.SiteSubmission;
import org.epmpulse.status.Source;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.Submission;
import org.epmpulse.status.UpdateValidator;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.status.WarnedEntries;
import org.epmpulse.status.Warnings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Validates updates and records them: the bean behind {@code direct:status-record}. Thread-safe. */
public final class StatusRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(StatusRecorder.class);

    private final UpdateValidator validator;
    private final StatusStore store;
    private final UpdateCounters counters;
    private final UnaryOperator<List<StatusUpdate>> beforeRecord;

    /** Records updates as they are. */
    public StatusRecorder(UpdateValidator validator, StatusStore store, MeterRegistry meters) {
        this(validator, store, meters, UnaryOperator.identity());
    }

    /** @param beforeRecord may change or reject the updates of a request, whose number must stay the same */
    public StatusRecorder(
            UpdateValidator validator,
            StatusStore store,
            MeterRegistry meters,
            UnaryOperator<List<StatusUpdate>> beforeRecord) {
        this.validator = validator;
        this.store = store;
        this.counters = new UpdateCounters(meters);
        this.beforeRecord = beforeRecord;
    }

    /**
     * Records the updates of a message; the route continues when they are on disk.
     *
     * <p>A {@link Submission}, as the API sends it, is recorded asynchronously: its route continues on the thread that
     * completes the replies of all updates written together. Everything else blocks the caller's thread and continues
     * there. Otherwise a slow step after {@code direct:status-record} in a site's route would delay other replies.
     *
     * @param body a {@link Submission}, a {@link SiteSubmission}, or of EPM a {@link StatusUpdate} or a list of them
     *     (recorded all or none)
     * @return the entries in the order of the updates, with the warnings of a submission; fails with
     *     {@link StoreUnavailableException} if they cannot be written, or with {@link IdempotencyConflictException};
     *     nothing was recorded then
     * @throws InvalidUpdateException if an update is rejected; nothing was recorded
     */
    public CompletionStage<List<Entry>> record(@Nullable Object body) throws InterruptedException {
        if (body instanceof Submission submission) {
            List<ValidatedUpdate> validated = validate(submission.updates(), submission.batch());
            return withContext(
                    store.record(validated, submission.batch(), submission.idempotency()), submission.warnings());
        }
        if (body instanceof SiteSubmission submission) {
            List<ValidatedUpdate> validated = validate(submission.updates(), submission.batch());
            return await(store.record(validated, submission.batch(), submission.idempotency()));
        }
        if (body instanceof StatusUpdate update) {
            return await(store.record(validate(List.of(update), false), false, null));
        }
        if (body instanceof List<?> list && !list.isEmpty()) {
            List<StatusUpdate> updates = new ArrayList<>(list.size());
            for (Object item : list) {
                if (!(item instanceof StatusUpdate update)) {
                    throw unsupportedBody(item);
                }
                updates.add(update);
            }
            return await(store.record(validate(updates, true), true, null));
        }
        throw unsupportedBody(body);
    }

    /** Copies this thread's logging context (MDC), if it has one, to the thread that completes the entries. */
    private static CompletionStage<List<Entry>> withContext(CompletableFuture<List<Entry>> entries, Warnings warnings) {
        Map<String, String> context = MDC.getCopyOfContextMap();
        boolean hasContext = context != null && !context.isEmpty();
        if (!hasContext && warnings.isEmpty() && !LOG.isDebugEnabled()) {
            return entries;
        }
        CompletableFuture<List<Entry>> recorded = new CompletableFuture<>();
        entries.whenComplete((result, failure) -> {
            if (context != null) {
                MDC.setContextMap(context);
            }
            if (result != null) {
                log(result);
                recorded.complete(WarnedEntries.of(result, warnings));
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
            log(recorded);
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

    private static void log(List<Entry> entries) {
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

    private List<ValidatedUpdate> validate(List<StatusUpdate> sent, boolean batch) {
        List<StatusUpdate> updates = sent;
        try {
            updates = beforeRecord.apply(sent);
            return batch ? validator.validateAll(updates) : List.of(validator.validate(updates.get(0)));
        } catch (InvalidUpdateException e) {
            counters.countRejected(updates.get(0).source(), updates.size());
            throw e;
        }
    }

    /** Counts an API request that could not be parsed and thus was not validated. */
    public void countUnreadable() {
        countUnreadable(Source.API);
    }

    /** Counts a body that could not be parsed and thus was not validated. */
    public void countUnreadable(Source source) {
        counters.countRejected(source, 1);
    }

    private static IllegalArgumentException unsupportedBody(@Nullable Object body) {
        String type = body == null ? "nothing" : body.getClass().getName();
        return new IllegalArgumentException(
                "the body of direct:status-record must be a StatusUpdate or a non-empty list of them, is " + type);
    }
}
