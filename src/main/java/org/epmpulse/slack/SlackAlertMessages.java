package org.epmpulse.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.epmpulse.alerts.Alert;
import org.epmpulse.alerts.AlertKind;
import org.epmpulse.alerts.AlertMessage;
import org.epmpulse.store.Documents;
import org.jspecify.annotations.Nullable;

/**
 * The bean of the route {@code alert-slack}. A problem is one message in its channel, which shows its current state;
 * what follows is an answer to it. A message about several problems is not changed, but gets answers. Thread-safe.
 *
 * <p>Of the calls for an alert, only the last one posts something; the others may be repeated.
 */
public final class SlackAlertMessages {

    /**
     * Changes of earlier messages for one message: less than Slack allows in a minute
     * (https://docs.slack.dev/apis/web-api/rate-limits, tier 3). Other recoveries are shown with the next message.
     */
    private static final int MAX_UPDATES = 30;

    private final SlackAlertSink sink;
    private final SlackThreads threads;
    private final @Nullable SlackMessages messages;
    private final boolean withButtons;

    /**
     * @param client null without a token; then there are no alerts
     * @param withButtons whether the message of a problem has the buttons to answer; clicks arrive by the socket
     */
    public SlackAlertMessages(
            SlackAlertSink sink, Documents documents, @Nullable SlackClient client, boolean withButtons) {
        this.sink = sink;
        this.threads = new SlackThreads(documents);
        this.messages = client == null ? null : new SlackMessages(client);
        this.withButtons = withButtons;
    }

    /** Sends a message. Throws as {@link SlackClient}. */
    public void send(AlertMessage message) {
        Map<String, SlackThreads.Message> known = threads.of(message.channel());
        Map<String, SlackThreads.Message> after = new LinkedHashMap<>(known);
        Map<String, Alert> latest = new LinkedHashMap<>();
        message.alerts().forEach(alert -> latest.put(alert.id(), alert));
        boolean single = latest.size() == 1 && !message.digest();
        SlackMessages slack = Objects.requireNonNull(messages, "no alert without a token");
        String text = sink.text(message);
        Map<String, SlackThreads.Message> late = new LinkedHashMap<>();
        int updates = 0;
        for (Alert alert : latest.values()) {
            SlackThreads.Message earlier = known.get(alert.id());
            if (earlier == null || earlier.shared()) {
                continue;
            }
            String current = single ? text : sink.text(only(message, alert));
            if (updates == MAX_UPDATES) {
                if (!alert.isProblem()) {
                    late.put(alert.id(), earlier.withRecovery(current));
                }
            } else {
                updates++;
                if (!update(slack, message, earlier.ts(), current, buttons(alert))) {
                    after.remove(alert.id());
                }
            }
        }
        for (Map.Entry<String, SlackThreads.Message> earlier : known.entrySet()) {
            String recovery = earlier.getValue().recovery();
            if (recovery != null && updates < MAX_UPDATES) {
                updates++;
                update(slack, message, earlier.getValue().ts(), recovery, null);
                after.remove(earlier.getKey());
            }
        }
        String id = single ? latest.keySet().iterator().next() : "";
        SlackThreads.Message parent = after.get(id);
        String ts = null;
        if (parent == null || !answer(slack, message, parent.ts(), text)) {
            after.remove(id);
            ObjectNode buttons = single ? buttons(Objects.requireNonNull(latest.get(id), "the only alert")) : null;
            ts = slack.post(message.channel(), text, !message.plain(), buttons, null, false);
        }
        for (Alert alert : latest.values()) {
            if (!alert.isProblem()) {
                after.remove(alert.id());
            } else if (ts != null && !after.containsKey(alert.id())) {
                after.put(alert.id(), new SlackThreads.Message(ts, !single));
            }
        }
        after.putAll(late);
        if (!after.equals(known)) {
            threads.save(message.channel(), after);
        }
    }

    private static AlertMessage only(AlertMessage message, Alert alert) {
        return new AlertMessage(message.channel(), List.of(alert), message.plain(), false, message.time());
    }

    /** The buttons for a problem that is open; null for none. */
    private @Nullable ObjectNode buttons(Alert alert) {
        boolean canBeAcknowledged = alert.kind() == AlertKind.PROBLEM || alert.kind() == AlertKind.REMINDER;
        return withButtons && canBeAcknowledged ? AnswerButtons.of(alert.domainId()) : null;
    }

    /** Returns whether the message can be changed. */
    private static boolean update(
            SlackMessages slack, AlertMessage message, String ts, String text, @Nullable ObjectNode buttons) {
        return isPossible(() -> slack.update(message.channel(), ts, text, !message.plain(), buttons));
    }

    /**
     * Answers a message; a reminder is shown in the channel, too, because nobody may have seen the problem. Returns whether
     * the message can be answered.
     */
    private static boolean answer(SlackMessages slack, AlertMessage message, String parent, String text) {
        boolean broadcast = message.alerts().stream().anyMatch(alert -> alert.kind() == AlertKind.REMINDER);
        return isPossible(() -> slack.post(message.channel(), text, !message.plain(), null, parent, broadcast));
    }

    /**
     * Whether Slack accepts a call about an earlier message, which may be deleted, too old or locked. If it is the
     * channel that is refused, so is the new message that follows.
     */
    private static boolean isPossible(Runnable call) {
        try {
            call.run();
            return true;
        } catch (SlackRefusedException e) {
            if (e.blame() == SlackRefusedException.Blame.TARGET) {
                return false;
            }
            throw e;
        }
    }
}
