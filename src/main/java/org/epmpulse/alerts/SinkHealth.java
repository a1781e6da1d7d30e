package org.epmpulse.alerts;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is wrong with a sink: logged when it begins and when it is over, not at every attempt. Not thread-safe. */
final class SinkHealth {

    private static final Logger LOG = LoggerFactory.getLogger(SinkHealth.class);

    private final String sink;
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, String> refusedChannels = new HashMap<>();
    private @Nullable String credentialProblem;
    private @Nullable String connectionProblem;

    /** @param sink its name in log lines */
    SinkHealth(String sink, Collection<AlertChannel> channels) {
        this.sink = sink;
        channels.forEach(channel -> names.put(channel.id(), channel.name()));
    }

    void sent(String channelId) {
        if (refusedChannels.remove(channelId) != null) {
            LOG.info("{} takes alerts in {} again", sink, name(channelId));
        }
        if (credentialProblem != null || connectionProblem != null) {
            LOG.info("{} takes alerts again", sink);
        }
        credentialProblem = null;
        connectionProblem = null;
    }

    void rateLimited(Duration retryAfter) {
        LOG.warn("{} asked to wait {} s before the next alert", sink, retryAfter.toSeconds());
    }

    void unavailable(String channelId, String problem) {
        if (connectionProblem == null) {
            LOG.warn("The alert for {} could not be sent, it is tried again: {}", name(channelId), problem);
        }
        connectionProblem = problem;
    }

    void failedUnexpectedly(String channelId, String problem, Throwable failure) {
        if (connectionProblem == null) {
            LOG.error("The alert for {} could not be sent, it is tried again", name(channelId), failure);
        }
        connectionProblem = problem;
    }

    void credentialRefused(String problem) {
        connectionProblem = null;
        if (!problem.equals(credentialProblem)) {
            LOG.error("{} refuses all alerts, one is tried a minute: {}", sink, problem);
        }
        credentialProblem = problem;
    }

    void channelRefused(String channelId, String problem) {
        connectionProblem = null;
        if (!problem.equals(refusedChannels.put(channelId, problem))) {
            LOG.error("{} refuses alerts in {} ({}), they are tried every 15 minutes", sink, name(channelId), problem);
        }
    }

    void contentRefused(String channelId, String problem, boolean plainFollows) {
        connectionProblem = null;
        if (plainFollows) {
            LOG.warn("{} refused the text of an alert for {}, a short one follows: {}", sink, name(channelId), problem);
        } else {
            LOG.error(
                    "{} refused the short text of an alert for {}, too; it is dropped: {}",
                    sink,
                    name(channelId),
                    problem);
        }
    }

    /** What is wrong with all channels; null if nothing is. */
    @Nullable
    String sinkProblem() {
        return credentialProblem != null ? credentialProblem : connectionProblem;
    }

    /** What is wrong with single channels; null if nothing is. */
    @Nullable
    String channelProblem() {
        return refusedChannels.entrySet().stream()
                .min(Map.Entry.comparingByKey())
                .map(refusal -> refusal.getValue() + " (" + refusal.getKey() + ")")
                .orElse(null);
    }

    private String name(String channelId) {
        return Objects.requireNonNullElse(names.get(channelId), channelId) + " (" + channelId + ")";
    }
}
