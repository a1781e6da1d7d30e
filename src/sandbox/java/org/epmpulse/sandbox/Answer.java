package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** An HTTP reply of a simulated server. */
record Answer(int status, Map<String, String> headers, String body) {

    private static final String LOGIN_PAGE = """
            <!DOCTYPE html>
            <html><head><title>Sign In</title></head>
            <body><form method="post" action="/signin"><input name="username"><input name="password"></form></body></html>
            """;

    Answer {
        headers = Map.copyOf(headers);
    }

    static Answer of(int status, String contentType, String body) {
        return new Answer(status, Map.of("Content-Type", contentType), body);
    }

    static Answer json(int status, ObjectNode body) {
        return of(status, "application/json; charset=utf-8", body.toString());
    }

    static Answer html(int status, String body) {
        return of(status, "text/html; charset=utf-8", body);
    }

    /** The page that a gateway shows in place of what was asked for. */
    static Answer errorPage(int status, String title) {
        return html(
                status,
                "<html><head><title>%d %s</title></head><body><h1>%2$s</h1></body></html>\n".formatted(status, title));
    }

    static Answer loginPage() {
        return html(200, LOGIN_PAGE);
    }

    Answer with(String header, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(header, value);
        return new Answer(status, all, body);
    }

    Answer withBody(String newBody) {
        return new Answer(status, headers, newBody);
    }
}
