package org.epmpulse.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.util.function.ToDoubleFunction;

/**
 * Starts the requests that the gate has accepted as long as memory and concurrent scans allow it; rejects others with 503.
 * Has the budgets of the server. Thread-safe.
 */
final class Admission {

    private final ByteBudget replies;
    private final ByteBudget bodies;
    private final ByteBudget smallBodies;
    private final SharedBodies sharedReplies;
    private final BodyLimits bodyLimits;
    private final ScanLimits scans;
    private final ErrorWriter errors;
    private final Overload overload;
    private final ReplySender sender;

    Admission(MemoryLimits limits, ErrorWriter errors, MeterRegistry meters) {
        this.errors = errors;
        this.replies = new ByteBudget(limits.replies());
        this.bodies = new ByteBudget(limits.bodies());
        this.smallBodies = new ByteBudget(limits.smallBodies());
        this.sharedReplies =
                new SharedBodies(limits.replies().total(), limits.replies().perKey());
        this.bodyLimits = new BodyLimits(limits.bodyTimeout(), smallBodies, bodies);
        this.scans = new ScanLimits(limits.scanWait());
        this.overload = new Overload(meters);
        this.sender = new ReplySender(replies, sharedReplies, overload, errors, limits.bodyTimeout());
        gauge(meters, "replies", it -> it.replies.total() + it.sharedReplies.total());
        gauge(meters, "bodies", it -> it.bodies.total() + it.smallBodies.total());
    }

    private void gauge(MeterRegistry meters, String kind, ToDoubleFunction<Admission> bytes) {
        Gauge.builder("epmpulse.http.held", this, bytes)
                .description("Bytes of unsent replies, and of bodies until their replies")
                .baseUnit("bytes")
                .tag("kind", kind)
                .register(meters);
    }

    /** Sends replies within the budget. */
    ReplySender sender() {
        return sender;
    }

    /** The budget of unsent bytes. */
    ByteBudget replies() {
        return replies;
    }

    /** Passes a request on when it may run and its body was read, or rejects it. */
    void admit(HttpCall call) {
        if (!isScan(call)) {
            read(call);
            return;
        }
        Vertx vertx = call.ctx.vertx();
        ScanLimits.Task task = new ScanLimits.Task() {
            @Override
            public void start() {
                read(call);
            }

            @Override
            public void reject() {
                refuse(call, Overload.Reason.SCANS);
            }
        };
        scans.enter(Holder.of(call), vertx.getOrCreateContext(), task, slot -> call.scan = slot);
    }

    private static boolean isScan(HttpCall call) {
        Endpoint endpoint = call.endpoint;
        if (endpoint == null || !call.method().equals("GET")) {
            return false;
        }
        return switch (endpoint.policy().scans()) {
            case NONE -> false;
            case ALL -> true;
            case PAST ->
                call.request().query() != null && call.ctx.queryParams().contains("at");
        };
    }

    private void read(HttpCall call) {
        if (mayGetLargeReply(call) && !replies.fits(Holder.of(call), 1)) {
            refuse(call, Overload.Reason.REPLIES);
            return;
        }
        bodyLimits.read(call, () -> refuse(call, Overload.Reason.BODIES));
    }

    /** Whether the reply cannot be refused any more when the request was processed, and may be large. */
    private static boolean mayGetLargeReply(HttpCall call) {
        Endpoint endpoint = call.endpoint;
        return endpoint != null
                && !call.method().equals("GET")
                && endpoint.policy().maxBodyBytes() > BodyLimits.SMALL_BYTES;
    }

    /** What reads the bodies of requests. */
    BodyLimits bodies() {
        return bodyLimits;
    }

    private void refuse(HttpCall call, Overload.Reason reason) {
        errors.send(call.request(), overload.error(reason, Holder.of(call)), false);
    }
}
