package org.epmpulse.sandbox;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a fault is meant for. Immutable.
 *
 * @param operation as in {@link SandboxCall}; null for any
 * @param subject as in {@link SandboxCall}; null for any
 */
public record CallMatcher(
        @Nullable String operation, @Nullable String subject) {

    /** Every request. */
    public static CallMatcher anywhere() {
        return new CallMatcher(null, null);
    }

    /** One of Slack's methods, such as {@code canvases.edit}. */
    public static CallMatcher method(String name) {
        return new CallMatcher(name, null);
    }

    /** The job requests of one product. */
    public static CallMatcher product(SandboxProduct product) {
        return new CallMatcher(product.operation(), null);
    }

    /** Requests for a token. */
    public static CallMatcher token() {
        return new CallMatcher(EpmSandbox.TOKEN, null);
    }

    /** Only those about this canvas, channel or job. */
    public CallMatcher about(String id) {
        return new CallMatcher(operation, id);
    }

    boolean covers(String call, @Nullable String callSubject) {
        return (operation == null || operation.equals(call))
                && (subject == null || Objects.equals(subject, callSubject));
    }
}
