package org.epmpulse.sandbox;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Selects the requests that a fault applies to. Immutable.
 *
 * @param operation as in {@link SandboxCall}; null for any
 * @param subject as in {@link SandboxCall}; null for any
 */
public record CallMatcher(
        @Nullable String operation, @Nullable String subject) {

    /** Matches every request. */
    public static CallMatcher any() {
        return new CallMatcher(null, null);
    }

    /** Matches one of Slack's methods, such as {@code canvases.edit}. */
    public static CallMatcher method(String name) {
        return new CallMatcher(name, null);
    }

    /** Matches the polls of one product's jobs. */
    public static CallMatcher product(SandboxProduct product) {
        return new CallMatcher(product.operation(), null);
    }

    /** Matches the requests for a job's details and for the time of the maintenance. */
    public static CallMatcher report() {
        return new CallMatcher(EpmSandbox.REPORT, null);
    }

    /** Matches the starts of an export of the job console. */
    public static CallMatcher export() {
        return new CallMatcher(SandboxConsole.EXPORT, null);
    }

    /** Matches the downloads of a file. */
    public static CallMatcher download() {
        return new CallMatcher(SandboxConsole.DOWNLOAD, null);
    }

    /** Matches the requests to delete a file. */
    public static CallMatcher delete() {
        return new CallMatcher(SandboxConsole.DELETE, null);
    }

    /** Matches token requests. */
    public static CallMatcher token() {
        return new CallMatcher(EpmSandbox.TOKEN, null);
    }

    /** Restricts the matcher to this canvas, channel or job. */
    public CallMatcher withSubject(String id) {
        return new CallMatcher(operation, id);
    }

    boolean matches(String callOperation, @Nullable String callSubject) {
        return (operation == null || operation.equals(callOperation))
                && (subject == null || Objects.equals(subject, callSubject));
    }
}
