package org.epmpulse.alerts;

import java.time.Instant;
import org.epmpulse.alerts.AlertCounters.Result;

/** Applies the failure of a message to the policy and the health of the sink. Not thread-safe. */
final class AlertOutcomes {

    private final AlertSink sink;
    private final SinkHealth health;

    AlertOutcomes(AlertSink sink, SinkHealth health) {
        this.sink = sink;
        this.health = health;
    }

    /** Classifies a failure. A sink that fails to do so must not keep its channel in flight. */
    AlertFailure classify(Throwable failure) {
        if (failure instanceof AlertPersistence.NotSavedException) {
            return AlertFailure.of(AlertFailure.Kind.UNAVAILABLE, "the database does not answer");
        }
        try {
            return sink.classify(failure);
        } catch (RuntimeException e) {
            e.addSuppressed(failure);
            return AlertFailure.of(AlertFailure.Kind.UNEXPECTED, "unexpected error, see the log");
        }
    }

    /**
     * The message to a channel was not sent.
     *
     * @param now by the steady clock
     * @param wall by the wall clock
     */
    Result failed(
            AlertPolicy policy, String channelId, AlertFailure failure, Throwable cause, Instant now, Instant wall) {
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
                health.credentialRefused(failure.problem(), policy.limits().afterRefusal());
            }
            case CHANNEL_REFUSED -> {
                policy.channelRefused(channelId, now);
                health.channelRefused(channelId, failure.problem());
            }
            case CONTENT_REFUSED -> {
                boolean plainTextFollows = policy.contentRefused(channelId, now, wall);
                health.contentRefused(channelId, failure.problem(), plainTextFollows);
            }
        }
        return Result.REFUSED;
    }
}
