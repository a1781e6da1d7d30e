package org.epmpulse.routes;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.epmpulse.http.HttpCaller;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.Sha256;
import org.epmpulse.status.SiteSubmission;
import org.epmpulse.status.Source;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.Submission;
import org.jspecify.annotations.Nullable;

/**
 * The first step of {@code direct:status-record}: makes a {@link SiteSubmission} of what a route of the site sends, with
 * the route and the key of its HTTP request. Bodies of the shipped routes pass unchanged. Thread-safe.
 */
public final class SiteUpdates implements Processor {

    private final Runnable onInvalidBody;

    /** @param onInvalidBody called for each body that has no updates */
    public SiteUpdates(Runnable onInvalidBody) {
        this.onInvalidBody = onInvalidBody;
    }

    /** @throws InvalidUpdateException if the body has no updates; nothing is recorded then */
    @Override
    public void process(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof Submission || isOfEpm(body)) {
            return;
        }
        UpdateBodies.Updates read = read(body, exchange);
        HttpCaller caller = HttpCaller.of(exchange);
        List<StatusUpdate> updates = read.all().stream()
                .map(update -> update.fromSite(exchange.getFromRouteId(), caller.key()))
                .toList();
        exchange.getMessage()
                .setBody(new SiteSubmission(updates, !read.single(), caller.signed() ? idempotency(updates) : null));
    }

    private static boolean isOfEpm(@Nullable Object body) {
        return body instanceof StatusUpdate update
                ? update.source() == Source.EPM
                : body instanceof List<?> list
                        && !list.isEmpty()
                        && list.get(0) instanceof StatusUpdate first
                        && first.source() == Source.EPM;
    }

    private UpdateBodies.Updates read(@Nullable Object body, Exchange exchange) {
        try {
            return UpdateBodies.read(
                    body,
                    other -> exchange.getContext().getTypeConverter().tryConvertTo(byte[].class, exchange, other));
        } catch (InvalidUpdateException e) {
            onInvalidBody.run();
            throw e;
        }
    }

    /**
     * Lets a signed request that somebody sends again record nothing: the same updates, with their times, are the same
     * request. Without times they may be another one, as of a job that fails twice.
     */
    private static @Nullable Idempotency idempotency(List<StatusUpdate> updates) {
        if (updates.stream().anyMatch(update -> update.timestamp() == null)) {
            return null;
        }
        byte[] content = updates.toString().getBytes(StandardCharsets.UTF_8);
        String sha256 = HexFormat.of().formatHex(Sha256.of(content));
        return new Idempotency("signed-" + sha256, sha256);
    }
}
