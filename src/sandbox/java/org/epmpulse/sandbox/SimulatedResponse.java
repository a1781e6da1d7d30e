package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An HTTP response of a simulated server. Immutable. */
record SimulatedResponse(int status, Map<String, String> headers, String body) {

    private static final String BINARY = "application/octet-stream";

    private static final String LOGIN_PAGE = """
            <!DOCTYPE html>
            <html><head><title>Sign In</title></head>
            <body><form method="post" action="/signin"><input name="username"><input name="password"></form></body></html>
            """;

    SimulatedResponse {
        headers = Map.copyOf(headers);
    }

    static SimulatedResponse of(int status, String contentType, String body) {
        return new SimulatedResponse(status, Map.of("Content-Type", contentType), body);
    }

    static SimulatedResponse json(int status, ObjectNode body) {
        return of(status, "application/json; charset=utf-8", body.toString());
    }

    /** A file. Its bytes are kept as the characters of the body. */
    static SimulatedResponse binary(byte[] content) {
        return of(200, BINARY, new String(content, StandardCharsets.ISO_8859_1));
    }

    /** The body as it is sent. */
    byte[] bytes() {
        boolean binary = BINARY.equals(headers.get("Content-Type"));
        return body.getBytes(binary ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    static SimulatedResponse html(int status, String body) {
        return of(status, "text/html; charset=utf-8", body);
    }

    /** An HTML error page, as a gateway returns it. */
    static SimulatedResponse errorPage(int status, String title) {
        return html(
                status,
                "<html><head><title>%d %s</title></head><body><h1>%2$s</h1></body></html>\n".formatted(status, title));
    }

    static SimulatedResponse loginPage() {
        return html(200, LOGIN_PAGE);
    }

    SimulatedResponse with(String header, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(header, value);
        return new SimulatedResponse(status, all, body);
    }

    SimulatedResponse withBody(String newBody) {
        return new SimulatedResponse(status, headers, newBody);
    }
}
