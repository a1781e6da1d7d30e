package org.epmpulse.status;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one request asks to record: all of it or nothing.
 *
 * @param batch whether the sender sent a batch, be it of one update
 * @param idempotency null if the request had no idempotency key
 */
public record Submission(
        List<StatusUpdate> updates, boolean batch, @Nullable Idempotency idempotency) {

    public Submission {
        updates = List.copyOf(updates);
    }
}
