package org.epmpulse.alerts.http;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.epmpulse.alerts.AlertChannel;
import org.epmpulse.alerts.AlertFailure;
import org.epmpulse.alerts.AlertLimits;
import org.epmpulse.alerts.AlertSink;
import org.epmpulse.alerts.AlertTarget;
import org.epmpulse.work.Backoff;

/** A sink whose messages {@link AlertCalls} sends. Thread-safe. */
public final class HttpAlertSink implements AlertSink {

    private final String name;
    private final AlertLimits limits;
    private final List<AlertChannel> channels;
    private final Map<String, String> addresses;

    /**
     * @param name in log lines
     * @param interval time between two messages to any channels, 0 or more
     */
    public HttpAlertSink(String name, Duration interval, List<AlertTarget> targets) {
        this.name = name;
        this.limits = new AlertLimits(interval, interval, false, Backoff.SUSPENDED);
        this.channels = targets.stream().map(AlertTarget::channel).toList();
        this.addresses = targets.stream()
                .collect(Collectors.toUnmodifiableMap(target -> target.channel().id(), target -> target.addresses()
                        .get(0)));
    }

    /** The address or key of a channel, by its id; a secret. */
    public Function<String, String> addresses() {
        return id -> Objects.requireNonNull(addresses.get(id), "a channel of this sink");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<AlertChannel> channels() {
        return channels;
    }

    @Override
    public AlertLimits limits() {
        return limits;
    }

    @Override
    public void prepare() {
        // A message needs nothing else.
    }

    /** Finds the failure also if a route wrapped it. */
    @Override
    public AlertFailure classify(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AlertCallException call) {
                return call.failure();
            }
        }
        // Health is public, so the text of the exception is for the log only.
        return AlertFailure.of(AlertFailure.Kind.UNEXPECTED, "unexpected error, see the log");
    }
}
