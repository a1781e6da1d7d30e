package org.epmpulse.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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

    /** Slack's answers for a message that was deleted, or cannot be changed any more. */
    private static final Set<String> GONE =
            Set.of("message_not_found", "edit_window_closed", "cant_update_message", "thread_not_found");

    /** Changes of earlier messages for one message, so that a large burst does not use up the rate limit. */
    private static final int MAX_UPDATES = 10;

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
        int updates = 0;
        for (Alert alert : latest.values()) {
            SlackThreads.Message earlier = known.get(alert.id());
            if (earlier != null && !earlier.shared() && updates < MAX_UPDATES) {
                updates++;
                String current = single ? text : sink.text(only(message, alert));
                if (!update(slack, message, earlier.ts(), current, alert)) {
                    after.remove(alert.id());
                }
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

    /** Returns whether the message still exists. */
    private boolean update(SlackMessages slack, AlertMessage message, String ts, String text, Alert alert) {
        try {
            slack.update(message.channel(), ts, text, !message.plain(), buttons(alert));
            return true;
        } catch (SlackRefusedException e) {
            if (GONE.contains(e.code())) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Answers a message; a reminder is shown in the channel, too, because nobody may have seen the problem. Returns whether
     * the message still exists.
     */
    private static boolean answer(SlackMessages slack, AlertMessage message, String parent, String text) {
        boolean broadcast = message.alerts().stream().anyMatch(alert -> alert.kind() == AlertKind.REMINDER);
        try {
            slack.post(message.channel(), text, !message.plain(), null, parent, broadcast);
            return true;
        } catch (SlackRefusedException e) {
            if (GONE.contains(e.code())) {
                return false;
            }
            throw e;
        }
    }
}
