package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.http.TestingApi.WRITE_KEY;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.epmpulse.http.RawConnection;
import org.epmpulse.http.RawConnection.RawReply;
import org.epmpulse.http.TestingApi;

/** Every generated request gets a reply of the API, and never a server error. */
class ApiFuzzTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static TestingApi api;

    @BeforeContainer
    static void start() {
        api = new TestingApi();
    }

    @AfterContainer
    static void stop() {
        api.close();
    }

    private static RawReply send(String request) throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            return connection.send(request).readReply();
        }
    }

    private static void assertIsReplyOfTheApi(RawReply reply) throws IOException {
        assertThat(reply.status()).isBetween(200, 499);
        if (reply.status() == 304) {
            assertThat(reply.body()).isEmpty();
            return;
        }
        JsonNode json = JSON.readTree(reply.body());
        assertThat(json.has("success") || json.has("checks")).isTrue();
        if (reply.status() >= 400) {
            assertThat(json.at("/error/code").asText()).isNotEmpty();
            assertThat(json.at("/error/details").isObject()).isTrue();
            assertThat(reply.body()).doesNotContain("Exception", "\tat ", "org.apache", WRITE_KEY);
        }
    }

    private static String post(String path, String body, String... headers) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nX-API-Key: " + WRITE_KEY
                + "\r\nContent-Type: application/json\r\nContent-Length: " + bytes.length + "\r\n"
                + String.join("", headers) + "\r\n" + body;
    }

    @Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
    void anyBody(@ForAll("bodies") String body, @ForAll boolean batch) throws IOException {
        assertIsReplyOfTheApi(send(post(batch ? "/api/v1/status/batch" : "/api/v1/status", body)));
    }

    @Property(tries = 200, shrinking = ShrinkingMode.BOUNDED)
    void anyTarget(@ForAll("targets") String target) throws IOException {
        assertIsReplyOfTheApi(send("GET " + target + " HTTP/1.1\r\nHost: x\r\nX-API-Key: " + WRITE_KEY + "\r\n\r\n"));
        api.clock.advance(java.time.Duration.ofSeconds(1));
    }

    @Property(tries = 200, shrinking = ShrinkingMode.BOUNDED)
    void anyHeader(@ForAll("headerNames") String name, @ForAll("headerValues") String value) throws IOException {
        String body = "{\"app\":\"FCCS\",\"status\":\"OK\"}";

        assertIsReplyOfTheApi(send(post("/api/v1/status", body, name + ": " + value + "\r\n")));
        assertIsReplyOfTheApi(send("GET /api/v1/status HTTP/1.1\r\nHost: x\r\nX-API-Key: " + WRITE_KEY + "\r\n" + name
                + ": " + value + "\r\n\r\n"));
        api.clock.advance(java.time.Duration.ofSeconds(1));
    }

    /** JSON that is almost an update, as Latin-1 bytes. */
    @Provide
    Arbitrary<String> bodies() {
        Arbitrary<String> text =
                Arbitraries.strings().withCharRange((char) 0, (char) 255).ofMaxLength(30);
        Arbitrary<String> value = Arbitraries.oneOf(
                text.map(it -> "\"" + it + "\""),
                Arbitraries.of(
                        "null",
                        "true",
                        "1",
                        "-1.5e9",
                        "{}",
                        "[]",
                        "{\"a\":[{}]}",
                        "\"FCCS\"",
                        "\"OK\"",
                        "\"Loading\"",
                        "\"\\ud800\"",
                        "\"\\u0000\"",
                        "\"{{x}}\"",
                        "\"${body}\"",
                        "1e999999",
                        "NaN",
                        "\"2026-02-16\""));
        Arbitrary<String> field = Arbitraries.of(
                "app", "domain", "status", "job_id", "message", "timestamp", "epm_job_id", "updates", "x", "");
        Arbitrary<String> member = Combinators.combine(field, value).as((name, it) -> "\"" + name + "\":" + it);
        Arbitrary<String> object = member.list().ofMaxSize(6).map(members -> "{" + String.join(",", members) + "}");
        Arbitrary<String> batch =
                object.list().ofMaxSize(3).map(items -> "{\"updates\":[" + String.join(",", items) + "]}");
        return Arbitraries.oneOf(text, object, batch, object.map(it -> it.substring(0, it.length() / 2)));
    }

    @Provide
    Arbitrary<String> targets() {
        Arbitrary<String> piece = Arbitraries.oneOf(
                Arbitraries.of(
                        "/api/v1/status",
                        "/api/v1/jobs",
                        "/api/v1/history",
                        "/health",
                        "/",
                        "%",
                        "%zz",
                        "%00",
                        "%2F",
                        "%2e%2e",
                        "..",
                        "?",
                        "&",
                        "=",
                        "app=",
                        "limit=",
                        "cursor=",
                        "since=",
                        "at=",
                        "days=",
                        "2026-02-16",
                        "T14:30:00Z",
                        "+01:00",
                        "99999999999999999999",
                        "null",
                        "{x}",
                        "${body}",
                        "#",
                        ";",
                        ":",
                        "*",
                        "\"",
                        "+",
                        "@"),
                Arbitraries.strings().withCharRange('!', '~').ofMaxLength(5),
                Arbitraries.strings().withCharRange((char) 161, (char) 255).ofMaxLength(3));
        Arbitrary<String> rest = piece.list().ofMaxSize(6).map(pieces -> String.join("", pieces));
        return Combinators.combine(
                        Arbitraries.of(
                                "/",
                                "/api/v1/",
                                "/api/v1/status/",
                                "/api/v1/status?at=",
                                "/api/v1/status/FCCS?at=",
                                "/api/v1/history/days?",
                                "/api/v1/history?"),
                        rest)
                .as((start, end) -> start + end);
    }

    @Provide
    Arbitrary<String> headerNames() {
        return Arbitraries.of(
                "Accept",
                "Accept-Language",
                "Idempotency-Key",
                "If-None-Match",
                "Cookie",
                "Range",
                "X-Forwarded-For",
                "Forwarded",
                "Content-Encoding",
                "CamelHttpResponseCode",
                "CamelHttpUri",
                "EpmPulse-Key",
                "app",
                "Authorization",
                "Content-Language",
                "Origin",
                "Upgrade",
                "Connection",
                "TE",
                "X");
    }

    @Provide
    Arbitrary<String> headerValues() {
        return Arbitraries.oneOf(
                Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(40),
                Arbitraries.strings().withCharRange((char) 128, (char) 255).ofMaxLength(10),
                Arbitraries.of(
                        "", "*", "\"", ",", ";;;", "null", "{{x}}", "${body}", "websocket", "h2c", "gzip", "close"));
    }
}
