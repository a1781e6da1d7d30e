package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Calls the simulated workspace over HTTP. */
final class SlackClient {

    static final ObjectMapper JSON = new ObjectMapper();

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final SlackSandbox slack;
    private final String token;

    SlackClient(SlackSandbox slack, String token) {
        this.slack = slack;
        this.token = token;
    }

    /** Sends JSON and returns the response. */
    JsonNode call(String method, String json) {
        return body(send(request(method, json)));
    }

    CompletableFuture<HttpResponse<String>> callLater(String method, String json) {
        return HTTP.sendAsync(request(method, json), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> response(String method, String json) {
        return send(request(method, json));
    }

    /** Sends a form and returns the response; a token must be one of the fields. */
    JsonNode form(String method, Map<String, String> fields) {
        String body = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return body(send(to(method)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build()));
    }

    /** Edits a canvas with one change. */
    JsonNode edit(String canvas, String change) {
        return call("canvases.edit", "{\"canvas_id\":\"%s\",\"changes\":[%s]}".formatted(canvas, change));
    }

    JsonNode replace(String canvas, String markdown) {
        return call("canvases.edit", replacing(canvas, markdown));
    }

    static String replacing(String canvas, String markdown) {
        ObjectNode edit = JSON.createObjectNode().put("canvas_id", canvas);
        edit.putArray("changes")
                .addObject()
                .put("operation", "replace")
                .putObject("document_content")
                .put("type", "markdown")
                .put("markdown", markdown);
        return edit.toString();
    }

    static String content(String markdown) {
        return JSON.createObjectNode()
                .put("type", "markdown")
                .put("markdown", markdown)
                .toString();
    }

    HttpRequest.Builder to(String method) {
        return HttpRequest.newBuilder(slack.apiUrl().resolve(method));
    }

    static HttpResponse<String> get(URI address) {
        return send(HttpRequest.newBuilder(address).build());
    }

    static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode body(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpRequest request(String method, String json) {
        return to(method)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
    }
}
