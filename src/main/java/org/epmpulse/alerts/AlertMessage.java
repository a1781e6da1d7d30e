package org.epmpulse.alerts;

import java.util.List;

/**
 * A message to be rendered and sent; an {@code alerts:} endpoint passes it to its route as the body. Immutable.
 *
 * @param channel the channel's id
 * @param alerts at least one; those of a domain in the order in which they happened
 * @param plain whether to render it as plain text, because the sink refused the normal text
 */
public record AlertMessage(String channel, List<Alert> alerts, boolean plain) {

    public AlertMessage {
        alerts = List.copyOf(alerts);
    }
}
