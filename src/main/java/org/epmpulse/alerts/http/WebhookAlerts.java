package org.epmpulse.alerts.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.epmpulse.alerts.Alert;
import org.epmpulse.alerts.AlertCause;
import org.epmpulse.alerts.AlertKind;
import org.epmpulse.alerts.AlertMessage;
import org.epmpulse.status.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Renders alerts as CloudEvents 1.0 in JSON (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md),
 * signed for the receiver. Thread-safe.
 */
public final class WebhookAlerts {

    /** The header of the signature. */
    public static final String SIGNATURE = "EPMPulse-Signature";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int ID_LENGTH = 32;

    private final Function<String, String> urls;
    private final @Nullable String secret;
    private final String source;
    private final InstantSource clock;

    /**
     * @param urls by the channel's id
     * @param secret of the signature; null for none
     * @param board address of the board, which is the source of the events; null if not known
     */
    public WebhookAlerts(
            Function<String, String> urls, @Nullable String secret, @Nullable String board, InstantSource clock) {
        this.urls = urls;
        this.secret = secret;
        this.source = board == null ? "urn:epmpulse" : board;
        this.clock = clock;
    }

    /**
     * The request of an alert.
     *
     * @param channel id of the recipient
     * @param plain whether job and message are left out, because the receiver refused them
     */
    public AlertRequest request(Alert alert, String channel, boolean plain) {
        String body = event(alert, plain).toString();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/cloudevents+json; charset=UTF-8");
        if (secret != null) {
            headers.put(SIGNATURE, signature(secret, clock.instant(), body));
        }
        return new AlertRequest(urls.apply(channel), headers, body, AlertRequest.AnswerRule.OF_HTTP);
    }

    private ObjectNode event(Alert alert, boolean plain) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("specversion", "1.0")
                .put("id", eventId(alert))
                .put("source", source)
                .put("type", "org.epmpulse.alert." + alert.kind().label())
                .put("time", alert.time().toString())
                .put("datacontenttype", "application/json");
        if (alert.kind() != AlertKind.DIGEST) {
            event.put("subject", alert.app() + "/" + alert.domain());
        }
        event.set("data", data(alert, plain));
        return event;
    }

    /** The same at each attempt, so that a receiver recognizes an alert that comes twice. */
    private static String eventId(Alert alert) {
        String key = alert.id() + alert.kind() + alert.time();
        return HexFormat.of().formatHex(Sha256.of(key)).substring(0, ID_LENGTH);
    }

    /** The data of an event: what is known about an alert. */
    public static ObjectNode data(Alert alert) {
        return data(alert, false);
    }

    /** The same of a message with several alerts. */
    public static ObjectNode data(AlertMessage message) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("channel", message.channel())
                .put("digest", message.digest())
                .put("time", message.time().toString());
        ArrayNode alerts = data.putArray("alerts");
        message.alerts().forEach(alert -> alerts.add(data(alert)));
        return data;
    }

    private static ObjectNode data(Alert alert, boolean plain) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("id", alert.id()).put("kind", alert.kind().label());
        if (alert.kind() != AlertKind.DIGEST) {
            data.put("app", alert.app())
                    .put("app_name", alert.appName())
                    .put("domain", alert.domain())
                    .put("job_id", plain ? null : alert.job())
                    .put("message", plain ? null : alert.message())
                    .put("again", alert.again())
                    .put("runs", alert.runs());
            ArrayNode affected = data.putArray("affected");
            alert.affectedNames().forEach(affected::add);
            AlertCause cause = alert.cause();
            if (cause != null) {
                ObjectNode root = data.putObject("cause");
                root.put("app", cause.id().app()).put("domain", cause.id().domain());
                root.put("state", cause.label());
                root.put("since", cause.since() == null ? null : cause.since().toString());
            }
        }
        data.put("time", alert.time().toString())
                .put("since", alert.since().toString())
                .put("duration_sec", alert.duration().toSeconds());
        ObjectNode links = data.putObject("links");
        alert.links().forEach(links::put);
        if (alert.kind() == AlertKind.DIGEST) {
            ArrayNode alerts = data.putArray("alerts");
            alert.alerts().forEach(part -> alerts.add(data(part, plain)));
        }
        return data;
    }

    /** The value of the header {@value #SIGNATURE} for a body. */
    public static String signature(String secret, Instant time, String body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            String signed = time.getEpochSecond() + "." + body;
            byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
            return "t=" + time.getEpochSecond() + ",v1=" + HexFormat.of().formatHex(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
