package org.epmpulse.sandbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a well-behaved client would not have done. Immutable.
 *
 * @param operation Slack's method
 * @param subject as in {@link SandboxCall}
 */
public record Violation(
        Instant time, Rule rule, String operation, @Nullable String subject, String what) {

    /** The rules that are watched. */
    public enum Rule {
        /** More calls than the method's tier allows. */
        OVER_BUDGET,
        /** A call of a method before {@code Retry-After} had passed. */
        IGNORED_RETRY_AFTER,
        /** An edit of a canvas while another one of it was under way. */
        OVERLAPPING_EDIT,
        /** Markdown that Slack refuses. */
        BAD_MARKDOWN,
        /** Arguments, methods or bodies that Slack refuses whatever its state. */
        BAD_ARGUMENTS
    }
}
