package org.epmpulse.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.epmpulse.status.CheckedUpdate;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.Submission;
import org.epmpulse.status.UpdateChecks;
import org.jspecify.annotations.Nullable;

/** Checks updates and records them: the bean behind {@code direct:status-record}. Thread-safe. */
public final class StatusRecorder {

    private final UpdateChecks checks;
    private final StatusStore store;

    public StatusRecorder(UpdateChecks checks, StatusStore store) {
        this.checks = checks;
        this.store = store;
    }

    /**
     * Records what a route brought, and returns when it is on disk.
     *
     * <p>Waits on the caller's thread and goes on there: were the route continued on the store's thread, one slow step
     * behind {@code direct:status-record} in anybody's route would hold up every update.
     *
     * @param body a {@link StatusUpdate}, a list of them (recorded all or nothing), or a {@link Submission}
     * @return the entries in the order of the updates
     * @throws org.epmpulse.status.InvalidUpdateException if an update is refused; nothing was recorded
     * @throws StoreUnavailableException if it cannot be written; nothing was recorded
     */
    public List<Entry> record(@Nullable Object body) throws InterruptedException {
        if (body instanceof Submission submission) {
            List<CheckedUpdate> checked = submission.batch()
                    ? checks.checkAll(submission.updates())
                    : List.of(checks.check(submission.updates().get(0)));
            return record(checked, submission.batch(), submission.idempotency());
        }
        if (body instanceof StatusUpdate update) {
            return record(List.of(checks.check(update)), false, null);
        }
        if (body instanceof List<?> list && !list.isEmpty()) {
            List<StatusUpdate> updates = new ArrayList<>(list.size());
            for (Object item : list) {
                if (!(item instanceof StatusUpdate update)) {
                    throw wrongBody(item);
                }
                updates.add(update);
            }
            return record(checks.checkAll(updates), true, null);
        }
        throw wrongBody(body);
    }

    private List<Entry> record(List<CheckedUpdate> updates, boolean batch, @Nullable Idempotency idempotency)
            throws InterruptedException {
        try {
            return store.record(updates, batch, idempotency).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new StoreUnavailableException("the update could not be written", e.getCause());
        } catch (CancellationException e) {
            throw new StoreUnavailableException("the store was closed", e);
        }
    }

    private static IllegalArgumentException wrongBody(@Nullable Object body) {
        String type = body == null ? "nothing" : body.getClass().getName();
        return new IllegalArgumentException(
                "the body of direct:status-record must be a StatusUpdate or a non-empty list of them, is " + type);
    }
}
