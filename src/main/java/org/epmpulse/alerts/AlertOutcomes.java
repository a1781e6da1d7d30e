package org.epmpulse.alerts;

import java.time.Instant;
import org.epmpulse.alerts.AlertCounters.Result;

/** Applies the failure of a message to the policy and the health of the sink. Not thread-safe. */
final class AlertOutcomes {

    private final SinkHealth health;

    AlertOutcomes(SinkHealth health) {
        this.health = health;
    }

    /**
     * The message to a channel was not sent.
     *
     * @param now by the steady clock
     */
    Result failed(AlertPolicy policy, String channelId, AlertFailure failure, Throwable cause, Instant now) {
        switch (failure.kind()) {
            case RATE_LIMITED -> {
                policy.rateLimited(channelId, failure.retryAfter(), now);
                health.rateLimited(failure.retryAfter());
                return Result.RATE_LIMITED;
            }
            case UNAVAILABLE -> {
                policy.unavailable(channelId, now);
                health.unavailable(channelId, failure.problem());
                return Result.UNAVAILABLE;
            }
            case UNEXPECTED -> {
                policy.unavailable(channelId, now);
                health.failedUnexpectedly(channelId, failure.problem(), cause);
                return Result.UNAVAILABLE;
            }
            case CREDENTIAL_REFUSED -> {
                policy.credentialRefused(channelId, now);
                health.credentialRefused(failure.problem());
            }
            case CHANNEL_REFUSED -> {
                policy.channelRefused(channelId, now);
                health.channelRefused(channelId, failure.problem());
            }
            case CONTENT_REFUSED -> {
                boolean plainTextFollows = policy.contentRefused(channelId, now);
                health.contentRefused(channelId, failure.problem(), plainTextFollows);
            }
        }
        return Result.REFUSED;
    }
}
