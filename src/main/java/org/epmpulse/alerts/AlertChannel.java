package org.epmpulse.alerts;

import java.util.List;
import org.epmpulse.status.DomainId;

/**
 * A recipient of alerts in a sink, such as a channel of Slack. Immutable.
 *
 * @param id unique in the sink; also in the file of alerts and in metrics
 * @param name for people
 * @param domains whose alerts it gets
 */
public record AlertChannel(String id, String name, List<DomainId> domains) {

    public AlertChannel {
        domains = List.copyOf(domains);
    }
}
