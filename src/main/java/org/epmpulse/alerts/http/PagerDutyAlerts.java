package org.epmpulse.alerts.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.epmpulse.alerts.Alert;
import org.epmpulse.alerts.AlertCause;
import org.epmpulse.alerts.AlertFailure;
import org.epmpulse.alerts.AlertKind;
import org.epmpulse.alerts.AlertSummary;
import org.epmpulse.alerts.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * Renders alerts as events of PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/send-alert-event). All
 * events of a problem have its id as the key, so a recovery resolves the incident. Thread-safe.
 */
public final class PagerDutyAlerts {

    private static final int MAX_SUMMARY = 1_000;
    private static final JsonMapper JSON = new JsonMapper();

    private final Function<String, String> keys;
    private final URI url;
    private final @Nullable String board;

    /**
     * @param keys integration keys by the channel's id
     * @param board address of the board; null if not known
     */
    public PagerDutyAlerts(Function<String, String> keys, URI url, @Nullable String board) {
        this.keys = keys;
        this.url = url;
        this.board = board;
    }

    /**
     * The request of an alert.
     *
     * @param channel id of the recipient
     * @param plain whether job and message are left out, because the service refused them
     */
    public AlertRequest request(Alert alert, String channel, boolean plain) {
        boolean over = alert.kind() == AlertKind.RECOVERED;
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("routing_key", keys.apply(channel))
                .put("event_action", over ? "resolve" : "trigger")
                .put("dedup_key", "epmpulse-" + alert.id());
        if (!over) {
            event.set("payload", payload(alert, plain));
            event.put("client", "EPMPulse");
            if (board != null) {
                event.put("client_url", board);
            }
        }
        return new AlertRequest(
                url.toString(),
                Map.of("Content-Type", "application/json; charset=UTF-8"),
                event.toString(),
                PagerDutyAlerts::failure);
    }

    private static ObjectNode payload(Alert alert, boolean plain) {
        AlertSummary summary = AlertSummary.of(List.of(alert)).get(0);
        String message = summary.message() == null || plain ? "" : " · " + summary.message();
        ObjectNode payload = JsonNodeFactory.instance.objectNode();
        payload.put("summary", PlainText.of(summary.name() + ": " + summary.text() + message, MAX_SUMMARY))
                .put("source", alert.app() + "/" + alert.domain())
                .put(
                        "severity",
                        alert.kind() == AlertKind.PROBLEM || alert.kind() == AlertKind.LATE ? "error" : "warning")
                .put("timestamp", alert.time().toString())
                .put("component", alert.domain())
                .put("group", alert.app());
        if (!plain) {
            AlertCause cause = alert.cause();
            ObjectNode details = payload.putObject("custom_details");
            details.put("job_id", alert.job())
                    .put("message", alert.message())
                    .put("cause", cause == null ? null : cause.text())
                    .put("since", alert.since().toString())
                    .put("runs", alert.runs());
            ArrayNode affected = details.putArray("affected");
            alert.affectedNames().forEach(affected::add);
        }
        return payload;
    }

    /** A key that is refused gets the same status as an event that is refused; the errors in the body say which. */
    private static @Nullable AlertFailure failure(int status, String body) {
        if (status != 400) {
            return null;
        }
        try {
            JsonNode answer = JSON.readTree(body);
            String errors = answer.path("errors").toString().toLowerCase(Locale.ROOT);
            return errors.contains("routing key") || errors.contains("routing_key")
                    ? AlertFailure.of(AlertFailure.Kind.CHANNEL_REFUSED, "HTTP 400: the integration key is not valid")
                    : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
