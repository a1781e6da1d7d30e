package org.epmpulse.sandbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A client's violation of a rule of Slack's API. Immutable.
 *
 * @param operation Slack's method
 * @param subject as in {@link SandboxCall}
 */
public record Violation(
        Instant time, Rule rule, String operation, @Nullable String subject, String details) {

    /** The rules that are checked. */
    public enum Rule {
        /** More calls than the method's tier allows. */
        OVER_BUDGET,
        /** A call of a method before {@code Retry-After} had elapsed. */
        IGNORED_RETRY_AFTER,
        /** An edit of a canvas while another edit of it was in flight. */
        OVERLAPPING_EDIT,
        /** Markdown that Slack refuses. */
        BAD_MARKDOWN,
        /** Arguments, methods or bodies that Slack always refuses. */
        BAD_ARGUMENTS
    }
}
