package org.epmpulse.alerts;

import java.time.Instant;
import java.util.List;

/**
 * A message to be rendered and sent; an {@code alerts:} endpoint with {@code group=true} passes it to its route as the
 * body. Immutable.
 *
 * @param channel the channel's id
 * @param alerts those of a domain in the order in which they happened; empty only in a digest
 * @param plain whether to render it as plain text, because the sink refused the normal text
 * @param digest whether it is the digest of a day or of quiet hours
 * @param time of the daily digest, or else of the latest alert; the same at each attempt
 */
public record AlertMessage(String channel, List<Alert> alerts, boolean plain, boolean digest, Instant time) {

    public AlertMessage {
        alerts = List.copyOf(alerts);
    }
}
