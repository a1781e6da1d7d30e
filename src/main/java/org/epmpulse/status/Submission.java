package org.epmpulse.status;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The updates of one request, recorded all or none.
 *
 * @param batch whether the sender sent a batch, also one with a single update
 * @param idempotency null if the request had no idempotency key
 * @param warnings for the reply
 */
public record Submission(
        List<StatusUpdate> updates, boolean batch, @Nullable Idempotency idempotency, Warnings warnings) {

    public Submission {
        updates = List.copyOf(updates);
    }

    /** Without warnings. */
    public Submission(List<StatusUpdate> updates, boolean batch, @Nullable Idempotency idempotency) {
        this(updates, batch, idempotency, Warnings.NONE);
    }
}
