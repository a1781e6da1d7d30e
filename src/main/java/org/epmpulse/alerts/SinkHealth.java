package org.epmpulse.alerts;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The current problems of a sink. Each is logged when it starts and when it is resolved, not at every attempt. Not
 * thread-safe.
 */
final class SinkHealth {

    private static final Logger LOG = LoggerFactory.getLogger(SinkHealth.class);

    private final String sink;
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, String> refusedChannels = new HashMap<>();
    private @Nullable String credentialProblem;
    private @Nullable String connectionProblem;
    private boolean stopped;

    /** @param sink name of the sink in log lines */
    SinkHealth(String sink, Collection<AlertChannel> channels) {
        this.sink = sink;
        channels.forEach(channel -> names.put(channel.id(), channel.name()));
    }

    /** Missing responses from now on are not logged: calls are aborted, and the messages are sent after a restart. */
    void stop() {
        stopped = true;
    }

    void sent(String channelId) {
        if (refusedChannels.remove(channelId) != null) {
            LOG.info("{} alerts to {}: accepted again", sink, name(channelId));
        }
        if (credentialProblem != null || connectionProblem != null) {
            LOG.info("{} alerts: accepted again", sink);
        }
        credentialProblem = null;
        connectionProblem = null;
    }

    /** The service of the sink has accepted a call of any kind, and with it the credential. */
    void available(boolean credentialWasRefused) {
        if (credentialWasRefused && credentialProblem != null) {
            LOG.info("{} alerts: credential accepted again", sink);
            credentialProblem = null;
        }
        connectionProblem = null;
    }

    /** A message that another node was sending has no receipt. */
    void repeated(String channelId) {
        LOG.warn(
                "{} alert to {}: sending it again: the node that was active before may or may not have sent it",
                sink,
                name(channelId));
    }

    void rateLimited(Duration retryAfter) {
        LOG.warn("{} alerts: rate limited; next attempt in {} s", sink, retryAfter.toSeconds());
    }

    void unavailable(String channelId, String problem) {
        if (connectionProblem == null && !stopped) {
            LOG.warn("{} alert to {}: not sent: {}; retrying", sink, name(channelId), problem);
        }
        connectionProblem = problem;
    }

    void failedUnexpectedly(String channelId, String problem, Throwable failure) {
        if (connectionProblem == null && !stopped) {
            String cause = failure.toString().lines().findFirst().orElse("");
            LOG.error("{} alert to {}: not sent: {}; retrying", sink, name(channelId), cause);
            LOG.debug("{} alert to {}: not sent", sink, name(channelId), failure);
        }
        connectionProblem = problem;
    }

    void credentialRefused(String problem, Duration retry) {
        connectionProblem = null;
        if (!problem.equals(credentialProblem)) {
            LOG.error("{} alerts: credential refused: {}; retrying every {} min", sink, problem, retry.toMinutes());
        }
        credentialProblem = problem;
    }

    void channelRefused(String channelId, String problem) {
        connectionProblem = null;
        if (!problem.equals(refusedChannels.put(channelId, problem))) {
            LOG.error("{} alerts to {}: refused: {}; retrying every 15 min", sink, name(channelId), problem);
        }
    }

    void contentRefused(String channelId, String problem, boolean plainTextFollows) {
        connectionProblem = null;
        if (plainTextFollows) {
            LOG.warn("{} alert to {}: text refused: {}; sending a plain text", sink, name(channelId), problem);
        } else {
            LOG.error("{} alert to {}: plain text refused: {}; alert dropped", sink, name(channelId), problem);
        }
    }

    /** The problem of all channels; null if there is none. */
    @Nullable
    String sinkProblem() {
        return credentialProblem != null ? credentialProblem : connectionProblem;
    }

    /** The problem of a single channel; null if there is none. */
    @Nullable
    String channelProblem() {
        if (refusedChannels.isEmpty()) {
            return null;
        }
        return refusedChannels.entrySet().stream()
                .min(Map.Entry.comparingByKey())
                .map(refusal -> refusal.getValue() + " (" + refusal.getKey() + ")")
                .orElse(null);
    }

    private String name(String channelId) {
        String name = Objects.requireNonNullElse(names.get(channelId), channelId);
        return name.equals(channelId) ? name : name + " (" + channelId + ")";
    }
}
