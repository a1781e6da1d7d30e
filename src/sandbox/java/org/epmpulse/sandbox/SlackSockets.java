package org.epmpulse.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.ServerWebSocket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The sockets of Slack's Socket Mode (https://docs.slack.dev/apis/events-api/using-socket-mode): hello, envelopes with
 * commands and clicks, acknowledgements, disconnects. An address is valid once; an acknowledgement of an unknown envelope
 * is a violation. Thread-safe.
 */
final class SlackSockets {

    /** More connections of an app are refused. */
    static final int MAX_CONNECTIONS = 10;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LINK = "/link/";
    private static final String RESPONSE = "/commands/";

    /** https://docs.slack.dev/interactivity/handling-user-interaction: five times within 30 minutes. */
    private static final int MAX_RESPONSES = 5;

    private final Supplier<String> address;
    private final BiConsumer<String, String> violations;
    private final Set<String> tickets = new HashSet<>();
    private final List<ServerWebSocket> open = new ArrayList<>();
    private final Map<String, ObjectNode> envelopes = new LinkedHashMap<>();
    private final List<String> acknowledged = new ArrayList<>();
    private final Map<String, List<String>> responses = new LinkedHashMap<>();
    private int connections;

    /** @param violations gets the rule's subject and what was wrong */
    SlackSockets(Supplier<String> address, BiConsumer<String, String> violations) {
        this.address = address;
        this.violations = violations;
    }

    /** The method {@code apps.connections.open}. */
    synchronized ObjectNode openConnection(SlackArguments arguments) {
        String ticket = UUID.randomUUID().toString();
        tickets.add(ticket);
        return JsonNodeFactory.instance
                .objectNode()
                .put("url", address.get().replaceFirst("^http", "ws") + LINK + "?ticket=" + ticket);
    }

    synchronized void accept(ServerWebSocket socket) {
        String query = String.valueOf(socket.query());
        if (!LINK.equals(socket.path()) || !tickets.remove(query.replace("ticket=", ""))) {
            socket.reject(404);
            return;
        }
        connections++;
        socket.closeHandler(closed -> remove(socket));
        socket.textMessageHandler(this::acknowledge);
        if (open.size() >= MAX_CONNECTIONS) {
            send(socket, disconnect("too_many_websockets"));
            socket.close();
            return;
        }
        open.add(socket);
        ObjectNode hello = JSON.createObjectNode().put("type", "hello").put("num_connections", open.size());
        hello.putObject("connection_info").put("app_id", "A0SANDBOX");
        hello.putObject("debug_info").put("host", "sandbox").put("approximate_connection_time", 18_060);
        send(socket, hello.toString());
    }

    private synchronized void remove(ServerWebSocket socket) {
        open.remove(socket);
    }

    private synchronized void acknowledge(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            String id = json.path("envelope_id").asText();
            if (!envelopes.containsKey(id)) {
                violations.accept("envelope", "an unknown envelope was acknowledged");
            }
            acknowledged.add(id);
        } catch (JsonProcessingException e) {
            violations.accept("envelope", "a frame was no JSON");
        }
    }

    private static void send(ServerWebSocket socket, String text) {
        socket.writeTextMessage(text);
    }

    private static String disconnect(String reason) {
        ObjectNode frame = JSON.createObjectNode().put("type", "disconnect").put("reason", reason);
        frame.putObject("debug_info").put("host", "sandbox");
        return frame.toString();
    }

    /** Sends the envelope of a command to the latest connection; returns its id. */
    synchronized String command(String user, String name, String channel, String text) {
        ObjectNode payload = JSON.createObjectNode()
                .put("team_id", SlackWorkspace.TEAM)
                .put("channel_id", channel)
                .put("user_id", user)
                .put("user_name", name)
                .put("command", "/epm")
                .put("text", text);
        return envelope("slash_commands", payload);
    }

    /** Sends the envelope of a click to the latest connection; returns its id. */
    synchronized String click(String user, String name, String channel, String action, String value) {
        ObjectNode payload = JSON.createObjectNode().put("type", "block_actions");
        payload.putObject("user").put("id", user).put("username", name).put("name", name);
        payload.putObject("channel").put("id", channel);
        payload.putArray("actions")
                .addObject()
                .put("type", "button")
                .put("action_id", action)
                .put("block_id", "b1")
                .put("value", value);
        return envelope("interactive", payload);
    }

    private String envelope(String type, ObjectNode payload) {
        String id = UUID.randomUUID().toString();
        payload.put("response_url", address.get() + RESPONSE + id);
        ObjectNode envelope = JSON.createObjectNode()
                .put("envelope_id", id)
                .put("type", type)
                .put("accepts_response_payload", type.equals("slash_commands"));
        envelope.set("payload", payload);
        envelopes.put(id, envelope);
        sendRaw(envelope.toString());
        return id;
    }

    /** Sends an envelope again, as Slack does without an acknowledgement. */
    synchronized void repeat(String envelopeId) {
        sendRaw(Objects.requireNonNull(envelopes.get(envelopeId), "a known envelope")
                .toString());
    }

    /** Sends a text to the latest connection. */
    synchronized void sendRaw(String text) {
        if (open.isEmpty()) {
            throw new IllegalStateException("the app must have a connection");
        }
        send(open.get(open.size() - 1), text);
    }

    /** Announces the end of all connections. */
    synchronized void announceDisconnect(String reason) {
        open.forEach(socket -> send(socket, disconnect(reason)));
    }

    /** Ends all connections. */
    synchronized void closeAll() {
        List.copyOf(open).forEach(ServerWebSocket::close);
    }

    /** All connections read nothing any more, and thus answer no ping; they stay open. */
    synchronized void freeze() {
        open.forEach(ServerWebSocket::pause);
        open.clear();
    }

    synchronized int openConnections() {
        return open.size();
    }

    /** How many there have been. */
    synchronized int connections() {
        return connections;
    }

    /** Ids of the acknowledged envelopes, in their order. */
    synchronized List<String> acknowledged() {
        return List.copyOf(acknowledged);
    }

    /** The texts that the person of an envelope has seen as its replies. */
    synchronized List<String> responses(String envelopeId) {
        return List.copyOf(responses.getOrDefault(envelopeId, List.of()));
    }

    /** The latest replies to commands and clicks, the newest first; at most five. */
    synchronized List<String> latestResponses() {
        List<String> all = new ArrayList<>();
        responses.values().forEach(all::addAll);
        Collections.reverse(all);
        return List.copyOf(all.subList(0, Math.min(5, all.size())));
    }

    /** Handles a call of a {@code response_url}. */
    synchronized SimulatedResponse respond(Exchange exchange) {
        String id = exchange.path().substring(RESPONSE.length());
        List<String> texts = responses.computeIfAbsent(id, first -> new ArrayList<>());
        try {
            JsonNode json = JSON.readTree(exchange.body());
            boolean valid = exchange.method().equals("POST")
                    && envelopes.containsKey(id)
                    && texts.size() < MAX_RESPONSES
                    && json.path("text").isTextual();
            if (!valid) {
                return SimulatedResponse.json(404, JSON.createObjectNode().put("ok", false));
            }
            if (!json.path("response_type").asText().equals("ephemeral")) {
                violations.accept("response_url", "everybody in the channel sees the reply");
            }
            texts.add(json.path("text").asText());
            return SimulatedResponse.json(200, JSON.createObjectNode().put("ok", true));
        } catch (JsonProcessingException e) {
            violations.accept("response_url", "the body is no JSON");
            return SimulatedResponse.json(400, JSON.createObjectNode().put("ok", false));
        }
    }
}
