package org.epmpulse.alerts;

import java.util.List;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;

/** Alerts of events, as a route gets them. */
public final class TestingAlert {

    private TestingAlert() {}

    public static Alert of(Catalog catalog, DomainId id, DomainEvent event) {
        return message(catalog, "C1", false, id, event).alerts().get(0);
    }

    /** A message with one event. */
    public static AlertMessage message(Catalog catalog, String channel, boolean plain, DomainId id, DomainEvent event) {
        PendingAlerts.Content content = new PendingAlerts.Content(List.of(new DomainAlert(id, event)), false, null);
        return new AlertRenderer(catalog, AlertCauses.NONE, null).message(channel, content, plain);
    }
}
