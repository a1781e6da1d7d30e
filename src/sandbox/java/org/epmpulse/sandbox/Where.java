package org.epmpulse.sandbox;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a fault is meant for. Immutable.
 *
 * @param operation as in {@link SandboxCall}; null for any
 * @param subject as in {@link SandboxCall}; null for any
 */
public record Where(@Nullable String operation, @Nullable String subject) {

    /** Every request. */
    public static Where anywhere() {
        return new Where(null, null);
    }

    /** One of Slack's methods, such as {@code canvases.edit}. */
    public static Where method(String name) {
        return new Where(name, null);
    }

    /** The job requests of one product. */
    public static Where product(PodProduct product) {
        return new Where(product.operation(), null);
    }

    /** Requests for a token. */
    public static Where token() {
        return new Where(EpmSandbox.TOKEN, null);
    }

    /** Only those about this canvas, channel or job. */
    public Where about(String id) {
        return new Where(operation, id);
    }

    boolean covers(String call, @Nullable String callSubject) {
        return (operation == null || operation.equals(call))
                && (subject == null || Objects.equals(subject, callSubject));
    }
}
