package org.epmpulse.status;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The updates of one message of a site's route, recorded all or none.
 *
 * @param updates at least one
 * @param batch whether the message had a list, also one with a single update
 * @param idempotency null unless a repeated message must not be recorded again
 */
public record SiteSubmission(
        List<StatusUpdate> updates, boolean batch, @Nullable Idempotency idempotency) {

    public SiteSubmission {
        updates = List.copyOf(updates);
    }
}
