package org.epmpulse.alerts;

import java.util.List;

/**
 * A service that receives alerts, such as Slack. An implementation holds what is specific to the service. The route
 * that starts with {@code alerts:<sink>} renders and sends the messages. Implementations are thread-safe.
 */
public interface AlertSink {

    /** The service's name in log lines, such as {@code Slack}. */
    String name();

    /** The channels that receive alerts, each with its own queue; may be empty. Always the same. */
    List<AlertChannel> channels();

    /** How fast it accepts messages. Always the same. */
    AlertLimits limits();

    /** Called while alerts are pending, to fetch what their messages need. Returns at once; may be called often. */
    void prepare();

    /** Classifies a failure to send a message. */
    AlertFailure classify(Throwable failure);
}
