package org.epmpulse.alerts;

import java.util.List;

/**
 * A message to be rendered and sent: the body of what an {@code alerts:} endpoint sends to its route. Immutable.
 *
 * @param channel the channel's id
 * @param alerts at least one, in the order in which they happened to each domain
 * @param plain whether to render it as plainly as possible: the sink refused how it was rendered before
 */
public record AlertMessage(String channel, List<Alert> alerts, boolean plain) {

    public AlertMessage {
        alerts = List.copyOf(alerts);
    }
}
