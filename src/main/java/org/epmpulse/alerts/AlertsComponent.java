package org.epmpulse.alerts;

import org.apache.camel.spi.annotations.Component;
import org.epmpulse.work.WorkComponent;
import org.epmpulse.work.WorkEndpoint;

/** {@code alerts:<sink>}: receives the messages of an {@link AlertSender} when they are due. For consumers only. */
@Component("alerts")
public final class AlertsComponent extends WorkComponent {

    @Override
    protected WorkEndpoint createEndpoint(String uri, String name) {
        return new AlertsEndpoint(uri, this, name);
    }
}
