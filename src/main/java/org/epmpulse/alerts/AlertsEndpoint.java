package org.epmpulse.alerts;

import org.apache.camel.Category;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;
import org.epmpulse.work.WorkEndpoint;

/**
 * Receive the alerts of one sink: a message when a domain turns Warning and another when it is OK again, in order.
 * A message is retried until the route has sent it, also after a restart. The body is an {@link
 * AlertMessage}, the variable {@code channel} the channel's id.
 */
@UriEndpoint(
        firstVersion = "2.0.0",
        scheme = "alerts",
        title = "Alerts",
        syntax = "alerts:sink",
        category = {Category.MONITORING},
        consumerOnly = true)
public final class AlertsEndpoint extends WorkEndpoint {

    @UriPath(description = "The sink whose alerts are sent: slack.")
    @Metadata(required = true)
    private final String sink;

    AlertsEndpoint(String uri, AlertsComponent component, String sink) {
        super(uri, component, "alerts:" + sink);
        this.sink = sink;
    }

    /** The sink whose alerts are sent. */
    public String getSink() {
        return sink;
    }
}
