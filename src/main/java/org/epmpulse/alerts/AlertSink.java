package org.epmpulse.alerts;

import java.util.List;

/**
 * A service that alerts are sent to, such as Slack: what differs from one service to another. How a message is rendered
 * is up to the route that begins with {@code alerts:<sink>}. Implementations are thread-safe.
 */
public interface AlertSink {

    /** The service's name in log lines, such as {@code Slack}. */
    String name();

    /** Who gets alerts there, each with a queue of its own; empty if nobody does. Always the same. */
    List<AlertChannel> channels();

    /** How fast it takes messages. Always the same. */
    AlertLimits limits();

    /** An alert is pending: what its message needs may be looked up now. Returns at once; may be called often. */
    void prepare();

    /** What a failure to send a message means. */
    AlertFailure classify(Throwable failure);
}
