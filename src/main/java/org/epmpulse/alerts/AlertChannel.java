package org.epmpulse.alerts;

import java.util.List;
import org.epmpulse.status.DomainId;

/**
 * A recipient of alerts in a sink, such as a channel of Slack. Immutable.
 *
 * @param id unique in the sink; also used in the alert file and in metrics
 * @param name for people
 * @param domains the domains whose alerts are sent to it
 */
public record AlertChannel(String id, String name, List<DomainId> domains) {

    public AlertChannel {
        domains = List.copyOf(domains);
    }
}
