package org.epmpulse.slack;

import java.time.Duration;

/**
 * Slack responded with 429: the app must not call the method for a while
 * (https://docs.slack.dev/apis/web-api/rate-limits).
 */
public final class SlackRateLimitedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    /** @param retryAfter how long to wait, more than 0 */
    public SlackRateLimitedException(Duration retryAfter) {
        super("ratelimited, retry after " + retryAfter.toSeconds() + " s", null, false, false);
        this.retryAfter = retryAfter;
    }

    /** How long to wait, from the response on. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
