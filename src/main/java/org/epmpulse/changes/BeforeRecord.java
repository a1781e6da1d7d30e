package org.epmpulse.changes;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.StatusUpdate;
import org.jspecify.annotations.Nullable;

/**
 * Calls the site's route {@link #URI}, if there is one, with the updates of each request before they are validated: it may
 * change them, or reject them by an {@link InvalidUpdateException}. Source, key and route of an update cannot be changed.
 * Thread-safe.
 */
public final class BeforeRecord implements UnaryOperator<List<StatusUpdate>> {

    /** What the route begins with. */
    public static final String URI = "direct:site-before-record";

    private final Supplier<CamelContext> context;
    private volatile @Nullable Boolean present;
    private volatile @Nullable ProducerTemplate template;

    /** @param context has all routes when the first update comes */
    public BeforeRecord(Supplier<CamelContext> context) {
        this.context = context;
    }

    /** Whether there is such a route. It is the same until a restart. */
    public static boolean isIn(CamelContext context) {
        return context.getRoutes().stream().anyMatch(route -> route.getEndpoint()
                .getEndpointBaseUri()
                .replace("://", ":")
                .equals(URI));
    }

    /**
     * The updates as the route returns them; the same if there is no route.
     *
     * @throws InvalidUpdateException if the route rejects them
     * @throws IllegalStateException if the route fails, or returns anything but as many updates
     */
    @Override
    public List<StatusUpdate> apply(List<StatusUpdate> updates) {
        Boolean known = present;
        if (known == null) {
            known = isIn(context.get());
            present = known;
        }
        if (!known) {
            return updates;
        }
        Exchange exchange = template()
                .send(URI, ExchangePattern.InOut, call -> call.getMessage().setBody(updates));
        for (Throwable cause = exchange.getException(); cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidUpdateException invalid) {
                throw invalid;
            }
        }
        if (exchange.getException() != null) {
            throw new IllegalStateException(URI + " failed", exchange.getException());
        }
        return withOrigin(updates, exchange.getMessage().getBody());
    }

    private ProducerTemplate template() {
        ProducerTemplate created = template;
        if (created == null) {
            created = context.get().createProducerTemplate();
            template = created;
        }
        return created;
    }

    private static List<StatusUpdate> withOrigin(List<StatusUpdate> updates, @Nullable Object body) {
        List<?> returned = body instanceof List<?> list ? list : body == null ? List.of() : List.of(body);
        List<StatusUpdate> all = new ArrayList<>(updates.size());
        for (Object item : returned) {
            if (item instanceof StatusUpdate update && all.size() < updates.size()) {
                all.add(update.withOrigin(updates.get(all.size())));
            }
        }
        if (returned.size() != updates.size() || all.size() != updates.size()) {
            throw new IllegalStateException(
                    "the body at the end of " + URI + " must be the list of " + updates.size() + " StatusUpdate");
        }
        return all;
    }
}
