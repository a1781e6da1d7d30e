package org.epmpulse.changes;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** {@code status-changes:<name>}: every change of the board as a message, for consumers only. */
@Component("status-changes")
public final class StatusChangesComponent extends DefaultComponent {

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (remaining.isBlank()) {
            throw new IllegalArgumentException("status-changes: must be followed by a name that you choose");
        }
        StatusChangesEndpoint endpoint = new StatusChangesEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
