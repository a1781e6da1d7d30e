package org.epmpulse.alerts.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.epmpulse.alerts.AlertMessage;
import org.epmpulse.alerts.AlertSummary;
import org.epmpulse.alerts.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * Renders alerts as messages with an Adaptive Card for a Workflows webhook of Microsoft Teams
 * (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using). Text from
 * outside is only in text runs, in which nothing is markup. Thread-safe.
 */
public final class TeamsAlerts {

    /** In bytes; Teams accepts about 28 KB. */
    static final int MAX_LENGTH = 26_000;

    private static final int MAX_NAME = 60;
    private static final int MAX_JOB = 100;
    private static final int MAX_MESSAGE = 200;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Function<String, String> urls;
    private final @Nullable String board;

    /**
     * @param urls by the channel's id
     * @param board address of the board; null if not known
     */
    public TeamsAlerts(Function<String, String> urls, @Nullable String board) {
        this.urls = urls;
        this.board = board;
    }

    /** The request of a message. */
    public AlertRequest request(AlertMessage message) {
        return new AlertRequest(
                urls.apply(message.channel()),
                Map.of("Content-Type", "application/json; charset=UTF-8"),
                envelope(card(message)).toString(),
                AlertRequest.AnswerRule.OF_HTTP);
    }

    private static ObjectNode envelope(ObjectNode card) {
        ObjectNode envelope = JSON.objectNode().put("type", "message");
        ObjectNode attachment = envelope.putArray("attachments").addObject();
        attachment.put("contentType", "application/vnd.microsoft.card.adaptive").putNull("contentUrl");
        attachment.set("content", card);
        return envelope;
    }

    private ObjectNode card(AlertMessage message) {
        List<AlertSummary> summaries = AlertSummary.of(message.alerts());
        ObjectNode card = JSON.objectNode();
        card.put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
                .put("type", "AdaptiveCard")
                .put("version", "1.4");
        ArrayNode body = card.putArray("body");
        if (message.digest() || summaries.size() > 1) {
            String title = message.digest() ? "Digest: " : "";
            body.add(line(run(title + AlertSummary.counts(summaries), "default", true)));
        }
        if (board != null) {
            card.putArray("actions")
                    .addObject()
                    .put("type", "Action.OpenUrl")
                    .put("title", "Board")
                    .put("url", board);
        }
        int length = length(envelope(card));
        int left = summaries.size();
        for (AlertSummary summary : summaries) {
            ObjectNode line = line(summary, message.plain());
            length += length(line) + 1;
            if (length > MAX_LENGTH) {
                body.add(line(run("… and " + left + " more", "default", false)));
                break;
            }
            body.add(line);
            left--;
        }
        return card;
    }

    private static int length(ObjectNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    private static ObjectNode line(AlertSummary summary, boolean plain) {
        ObjectNode line = JSON.objectNode().put("type", "RichTextBlock");
        ArrayNode runs = line.putArray("inlines");
        String color = summary.problem() ? "attention" : "good";
        String name = PlainText.of(summary.appName(), MAX_NAME) + " / " + PlainText.of(summary.domain(), MAX_NAME);
        runs.add(run(summary.state().symbol() + " " + name, color, true));
        runs.add(run(": " + summary.text(), "default", false));
        if (summary.job() != null && !plain) {
            runs.add(run(" · job " + PlainText.of(summary.job(), MAX_JOB), "default", false));
        }
        if (summary.message() != null && !plain) {
            runs.add(run(" · " + PlainText.of(summary.message(), MAX_MESSAGE), "default", false));
        }
        return line;
    }

    private static ObjectNode line(ObjectNode run) {
        ObjectNode line = JSON.objectNode().put("type", "RichTextBlock");
        line.putArray("inlines").add(run);
        return line;
    }

    private static ObjectNode run(String text, String color, boolean bold) {
        return JSON.objectNode()
                .put("type", "TextRun")
                .put("text", text)
                .put("color", color)
                .put("weight", bold ? "bolder" : "default");
    }
}
