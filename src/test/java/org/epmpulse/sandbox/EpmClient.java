package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;

/** Calls the simulated EPM environment and its identity domain over HTTP. */
final class EpmClient {

    static final String ID = "client";
    static final String SECRET = "secret";

    private final EpmSandbox epm;

    EpmClient(EpmSandbox epm) {
        this.epm = epm;
    }

    /** Sends a GET with a new token. */
    HttpResponse<String> get(String path) {
        return get(path, "Bearer " + freshToken());
    }

    HttpResponse<String> get(String path, String authorization) {
        return SlackClient.send(request(path, authorization));
    }

    HttpRequest request(String path, String authorization) {
        return HttpRequest.newBuilder(URI.create(epm.environmentUrl() + path))
                .header("Authorization", authorization)
                .build();
    }

    JsonNode json(String path) {
        return SlackClient.body(get(path));
    }

    String freshToken() {
        return SlackClient.body(token(clientCredentials())).path("access_token").asText();
    }

    static Map<String, String> clientCredentials() {
        return Map.of("grant_type", "client_credentials", "scope", OAuthClient.DEFAULT_SCOPE);
    }

    HttpResponse<String> token(Map<String, String> form) {
        return token(form, basic(ID, SECRET));
    }

    HttpResponse<String> token(Map<String, String> form, String authorization) {
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return SlackClient.send(HttpRequest.newBuilder(epm.tokenUrl())
                .header("Authorization", authorization)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
