package org.epmpulse.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Simulated receivers of alerts on a loopback port: a webhook that takes CloudEvents, a Workflows webhook of Microsoft
 * Teams, and PagerDuty's Events API v2. They refuse what the vendors refuse. Thread-safe; holds the latest 10,000
 * requests.
 */
public final class AlertReceiver implements AutoCloseable {

    /** The integration key that the simulated PagerDuty accepts. */
    public static final String PAGERDUTY_KEY = "0123456789abcdef0123456789abcdef";

    static final String WEBHOOK = "webhook";
    static final String TEAMS = "teams";
    static final String PAGERDUTY = "pagerduty";

    /** What a Workflows webhook accepts at most, in bytes. */
    private static final int MAX_CARD = 28 * 1024;

    private static final JsonMapper JSON = new JsonMapper();

    private final InstantSource clock;
    private final LoopbackServer server;
    private final FaultScript faults = new FaultScript();
    private final CallLog calls;
    private final AlertPage page = new AlertPage();
    private final RecentEntries<Received> received = new RecentEntries<>(CallLog.LIMIT);
    private volatile @Nullable MailReceiver mailServer;

    /**
     * An accepted request.
     *
     * @param service {@code webhook}, {@code teams} or {@code pagerduty}
     * @param path with the query
     * @param signature the header {@code EPMPulse-Signature}; null if there was none
     */
    public record Received(
            String service, String path, @Nullable String signature, String body, JsonNode json, Instant at) {}

    private AlertReceiver(InstantSource clock) {
        this.clock = clock;
        this.calls = new CallLog(clock);
        this.server = new LoopbackServer(0, this::handle);
    }

    /** Listens on a free port. */
    public static AlertReceiver start(InstantSource clock) {
        return new AlertReceiver(clock);
    }

    /** Shows the mails of this server on the page, too. */
    public void show(MailReceiver mails) {
        mailServer = mails;
    }

    /** A page with what was received. */
    public URI pageUrl() {
        return URI.create(server.address() + "/");
    }

    /** The address of a webhook. Any path below it is another webhook of the same receiver. */
    public URI webhookUrl() {
        return URI.create(server.address() + "/webhook/T0/S3CRET");
    }

    /** The address of a Workflows webhook, with a signature in its query as the real ones have. */
    public URI teamsUrl() {
        return URI.create(
                server.address() + "/teams/workflows/1/triggers/manual/paths/invoke?api-version=1&sig=S3CRETsig");
    }

    /** Replaces {@code https://events.pagerduty.com/v2/enqueue}. */
    public URI pagerDutyUrl() {
        return URI.create(server.address() + "/pagerduty/v2/enqueue");
    }

    /** Matches the requests to the webhook. */
    public static CallMatcher webhook() {
        return new CallMatcher(WEBHOOK, null);
    }

    /** Matches the requests to Teams. */
    public static CallMatcher teams() {
        return new CallMatcher(TEAMS, null);
    }

    /** Matches the requests to PagerDuty. */
    public static CallMatcher pagerDuty() {
        return new CallMatcher(PAGERDUTY, null);
    }

    /** The accepted requests of a service, the oldest first. */
    public List<Received> received(CallMatcher service) {
        return received.all().stream()
                .filter(request -> service.matches(request.service(), request.path()))
                .toList();
    }

    /** All requests, also those that were refused. */
    public List<SandboxCall> calls() {
        return calls.all();
    }

    /** Makes matching requests fail until the fault is cleared. */
    public ScriptedFault fail(CallMatcher matcher, Fault fault) {
        return fail(matcher, fault, ScriptedFault.ALWAYS);
    }

    /** Makes the next {@code times} matching requests fail. */
    public ScriptedFault fail(CallMatcher matcher, Fault fault, int times) {
        return faults.add(matcher, fault, times);
    }

    /** Removes all faults; hanging requests continue to hang. */
    public void clearFaults() {
        faults.clear();
    }

    /** Closes the port until {@link #acceptConnections}. */
    public void refuseConnections() {
        server.refuseConnections();
    }

    /** Listens again, on the same port. */
    public void acceptConnections() {
        server.acceptConnections();
    }

    @Override
    public void close() {
        server.close();
    }

    private void handle(Exchange exchange) {
        MailReceiver mails = mailServer;
        SimulatedResponse shown = exchange.method().equals("GET")
                ? page.response(exchange.path(), received.all(), mails == null ? List.of() : mails.mails())
                : null;
        if (shown != null) {
            exchange.respond(shown, "ok");
            return;
        }
        String service = exchange.path().split("/", 3)[1];
        if (!exchange.method().equals("POST")
                || !Set.of(WEBHOOK, TEAMS, PAGERDUTY).contains(service)) {
            exchange.respond(SimulatedResponse.errorPage(404, "Not Found"), "http 404");
            return;
        }
        String query = exchange.query();
        String path = query.isEmpty() ? exchange.path() : exchange.path() + "?" + query;
        calls.begin(exchange, service, path);
        FaultScript.Match fault = faults.match(service, path);
        if (fault != null) {
            FaultScript.apply(fault, server, exchange, () -> accept(exchange, service, path), new Errors());
            return;
        }
        FaultScript.Outcome outcome = accept(exchange, service, path);
        exchange.respond(outcome.response(), outcome.name());
    }

    private FaultScript.Outcome accept(Exchange exchange, String service, String path) {
        JsonNode json;
        try {
            json = JSON.readTree(exchange.body());
        } catch (JsonProcessingException e) {
            return FaultScript.Outcome.http(SimulatedResponse.of(400, "text/plain", "not JSON"));
        }
        SimulatedResponse refusal =
                switch (service) {
                    case TEAMS -> refusalOfTeams(json, exchange.body());
                    case PAGERDUTY -> refusalOfPagerDuty(json);
                    default -> refusalOfWebhook(json, exchange.header("Content-Type"));
                };
        if (refusal != null) {
            return FaultScript.Outcome.http(refusal);
        }
        received.add(new Received(
                service, path, exchange.header("EPMPulse-Signature"), exchange.body(), json, clock.instant()));
        return FaultScript.Outcome.http(
                service.equals(PAGERDUTY)
                        ? SimulatedResponse.json(
                                202,
                                answer("success")
                                        .put("dedup_key", json.path("dedup_key").asText()))
                        : SimulatedResponse.of(service.equals(TEAMS) ? 202 : 200, "text/plain", ""));
    }

    private static @Nullable SimulatedResponse refusalOfWebhook(JsonNode event, @Nullable String type) {
        boolean valid = "1.0".equals(event.path("specversion").asText())
                && event.path("id").isTextual()
                && event.path("source").isTextual()
                && event.path("type").asText().startsWith("org.epmpulse.alert.")
                && type != null
                && type.startsWith("application/cloudevents+json");
        return valid ? null : SimulatedResponse.of(400, "text/plain", "not a CloudEvent");
    }

    /** A message of the retired connectors would be accepted, and the flow would fail; it is refused here. */
    private static @Nullable SimulatedResponse refusalOfTeams(JsonNode message, String body) {
        if (body.getBytes(StandardCharsets.UTF_8).length > MAX_CARD) {
            return SimulatedResponse.of(413, "text/plain", "Request Entity too large");
        }
        JsonNode attachment = message.path("attachments").path(0);
        boolean valid = "message".equals(message.path("type").asText())
                && "application/vnd.microsoft.card.adaptive"
                        .equals(attachment.path("contentType").asText())
                && "AdaptiveCard".equals(attachment.at("/content/type").asText())
                && !attachment.at("/content/body").isEmpty();
        return valid ? null : SimulatedResponse.of(400, "text/plain", "not a message with an Adaptive Card");
    }

    private static @Nullable SimulatedResponse refusalOfPagerDuty(JsonNode event) {
        if (!PAGERDUTY_KEY.equals(event.path("routing_key").asText())) {
            return invalid("Invalid routing key");
        }
        String action = event.path("event_action").asText();
        String key = event.path("dedup_key").asText();
        if (!Set.of("trigger", "resolve", "acknowledge").contains(action) || key.isEmpty() || key.length() > 255) {
            return invalid("'event_action' or 'dedup_key' is invalid");
        }
        JsonNode payload = event.path("payload");
        boolean complete = payload.path("summary").asText().length() <= 1024
                && !payload.path("summary").asText().isEmpty()
                && !payload.path("source").asText().isEmpty()
                && Set.of("critical", "error", "warning", "info")
                        .contains(payload.path("severity").asText());
        return action.equals("trigger") && !complete ? invalid("'payload' is invalid") : null;
    }

    private static SimulatedResponse invalid(String error) {
        ObjectNode answer = answer("invalid event").put("message", "Event object is invalid");
        answer.putArray("errors").add(error);
        return SimulatedResponse.json(400, answer);
    }

    private static ObjectNode answer(String status) {
        return JsonNodeFactory.instance.objectNode().put("status", status);
    }

    private static final class Errors implements FaultScript.VendorErrors {

        @Override
        public SimulatedResponse refusal(Fault.Refusal refusal) {
            return SimulatedResponse.of(400, "text/plain", refusal.code());
        }

        @Override
        public SimulatedResponse rateLimited(Fault.RateLimited limit) {
            return SimulatedResponse.of(429, "text/plain", "").with("Retry-After", Long.toString(limit.seconds()));
        }
    }
}
