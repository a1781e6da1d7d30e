package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.Variables;
import org.epmpulse.routes.RouteCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A site's route with {@code routePolicy: hmac:…}. */
class SignedRouteTest {

    private static final String SECRET = "a-secret-of-the-tests-0123456789-abcdefghijkl";
    private static final String APPS = """
            {"apps": {"Planning": {"domains": ["Actual", "Budget"]}}, "channels": {}}""";
    private static final String ROUTE = """
            - route:
                id: hook-receive
                routePolicy: hmac:HOOK_SECRET
                from:
                  uri: platform-http:/hooks/build
                  parameters:
                    httpMethodRestrict: POST,GET
                  steps:
                    - setProperty:
                        name: caller
                        expression:
                          simple:
                            expression: ${header.EpmPulse-Key} ${header.EpmPulse-Role}
                    - to:
                        uri: direct:status-record
                    - setBody:
                        expression:
                          simple:
                            expression: ${exchangeProperty.caller}
            """;
    private static final String UPDATE = """
            {"app":"Planning","domain":"Actual","status":"Warning","message":"signed"}""";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path folder;

    private TestingEpmPulse epmPulse;

    @BeforeEach
    void create() throws Exception {
        epmPulse = new TestingEpmPulse(folder, APPS);
        SiteRoutes routes = new SiteRoutes(folder).add("hook", ROUTE);
        epmPulse.settings.put("EPMPULSE_ROUTES_DIR", routes.folder().toString());
        epmPulse.settings.put("HOOK_SECRET", SECRET);
    }

    @AfterEach
    void close() {
        epmPulse.close();
    }

    private static String signature(String secret, String body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    }

    private HttpResponse<String> post(String body, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(epmPulse.uri("/hooks/build")).POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> postSigned(String body) throws Exception {
        return post(body, "X-Hub-Signature-256", signature(SECRET, body));
    }

    private JsonNode history() {
        return epmPulse.data("/api/v1/history").path("entries");
    }

    private static String code(HttpResponse<String> reply) {
        return TestingEpmPulse.json(reply).at("/error/code").asText();
    }

    @Test
    void aSignedBodyIsRecordedWithRouteAndSecret() throws Exception {
        epmPulse.start();

        HttpResponse<String> reply = postSigned(UPDATE);

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("hmac:HOOK_SECRET write");
        JsonNode entry = history().get(0);
        assertThat(entry.path("message").asText()).isEqualTo("signed");
        assertThat(entry.path("source").asText()).isEqualTo("site");
        assertThat(entry.path("route").asText()).isEqualTo("hook-receive");
        assertThat(entry.path("key").asText()).isEqualTo("hmac:HOOK_SECRET");
        assertThat(reply.headers().map()).doesNotContainKey("x-hub-signature-256");
    }

    @Test
    void aSignatureInUpperCaseOfABodyWithoutALengthIsValid() throws Exception {
        epmPulse.start();
        String hex = signature(SECRET, UPDATE).substring("sha256=".length());
        HttpRequest chunked = HttpRequest.newBuilder(epmPulse.uri("/hooks/build"))
                .header("X-Hub-Signature-256", "sha256=" + hex.toUpperCase(Locale.ROOT))
                .POST(HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString(UPDATE)))
                .build();

        assertThat(http.send(chunked, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void withoutASignatureNoKeyHelps() throws Exception {
        epmPulse.start();

        HttpResponse<String> none = post(UPDATE);
        HttpResponse<String> key = post(UPDATE, "X-API-Key", TestingEpmPulse.KEY);

        assertThat(none.statusCode()).isEqualTo(401);
        assertThat(code(none)).isEqualTo("MISSING_AUTH");
        assertThat(none.body()).contains("X-Hub-Signature-256");
        assertThat(key.statusCode()).isEqualTo(401);
        assertThat(history()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sha256=",
                "sha256=00",
                "sha1=0123456789012345678901234567890123456789012345678901234567890123",
                "0123456789012345678901234567890123456789012345678901234567890123",
                "sha256=g123456789012345678901234567890123456789012345678901234567890123",
                "sha256=01234567890123456789012345678901234567890123456789012345678901234"
            })
    void aMalformedSignatureIsRejectedBeforeTheBody(String value) throws Exception {
        epmPulse.start();

        // Too long to be read. Of a longer one the rest is not discarded, and the client may not see the reply.
        HttpResponse<String> reply = post("x".repeat(1024 * 1024 + 1), "X-Hub-Signature-256", value);

        assertThat(reply.statusCode()).isEqualTo(403);
        assertThat(code(reply)).isEqualTo("INVALID_KEY");
    }

    @Test
    void anotherSecretAnotherBodyOrTwoSignaturesAreInvalid() throws Exception {
        epmPulse.start();
        String valid = signature(SECRET, UPDATE);

        assertThat(post(UPDATE, "X-Hub-Signature-256", signature(SECRET + "x", UPDATE))
                        .statusCode())
                .isEqualTo(403);
        assertThat(post(UPDATE + " ", "X-Hub-Signature-256", valid).statusCode())
                .isEqualTo(403);
        assertThat(post("", "X-Hub-Signature-256", valid).statusCode()).isEqualTo(403);
        assertThat(post(UPDATE, "X-Hub-Signature-256", valid, "X-Hub-Signature-256", valid)
                        .statusCode())
                .isEqualTo(403);
        assertThat(history()).isEmpty();
    }

    @Test
    void wrongSignaturesCountAsInvalidKeysAndNeverKeepAValidOneOut() throws Exception {
        epmPulse.start();
        String wrong = signature("another", UPDATE);
        for (int i = 0; i < 20; i++) {
            assertThat(post(UPDATE, "X-Hub-Signature-256", wrong).statusCode()).isEqualTo(403);
        }

        HttpResponse<String> more = post(UPDATE, "X-Hub-Signature-256", wrong);
        HttpRequest wrongKey = HttpRequest.newBuilder(epmPulse.uri("/api/v1/status"))
                .header("X-API-Key", "wrong")
                .build();

        assertThat(more.statusCode()).isEqualTo(429);
        assertThat(code(more)).isEqualTo("RATE_LIMITED");
        assertThat(more.headers().firstValue("Retry-After")).isPresent();
        assertThat(http.send(wrongKey, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(429);
        assertThat(postSigned(UPDATE).statusCode()).isEqualTo(200);
    }

    @Test
    void aBodyAboveOneMebibyteAndAFormAreNotRead() throws Exception {
        epmPulse.start();
        String large = "x".repeat(1024 * 1024 + 1);

        assertThat(post(large, "X-Hub-Signature-256", signature(SECRET, large)).statusCode())
                .isEqualTo(413);
        assertThat(post(
                                "payload=x",
                                "X-Hub-Signature-256",
                                signature(SECRET, "payload=x"),
                                "Content-Type",
                                "application/x-www-form-urlencoded")
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void getNeedsAKey() throws Exception {
        epmPulse.start();
        HttpRequest signed = HttpRequest.newBuilder(epmPulse.uri("/hooks/build"))
                .header("X-Hub-Signature-256", signature(SECRET, ""))
                .build();

        assertThat(http.send(signed, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(401);
    }

    @Test
    void aRequestThatIsSentAgainChangesNothing() throws Exception {
        epmPulse.start();
        String first = """
                {"app":"Planning","domain":"Actual","status":"Loading","job_id":"7","timestamp":"2026-02-16T14:00:00Z"}""";
        assertThat(postSigned(first).statusCode()).isEqualTo(200);
        epmPulse.status("Planning", "Actual", "Warning", "posted later");

        HttpResponse<String> again = postSigned(first);

        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(epmPulse.data("/api/v1/status/Planning")
                        .at("/domains/Actual/status")
                        .asText())
                .isEqualTo("Warning");
        assertThat(history()).hasSize(2);
        epmPulse.restart();
        assertThat(postSigned(first).statusCode()).isEqualTo(200);
        assertThat(history()).hasSize(2);
    }

    @Test
    void anOlderRequestOfTheSameSenderDoesNotChangeTheBoard() throws Exception {
        epmPulse.start();
        String end = """
                {"app":"Planning","domain":"Actual","status":"OK","job_id":"7","timestamp":"2026-02-16T15:00:00Z"}""";
        String start = """
                {"app":"Planning","domain":"Actual","status":"Loading","job_id":"7","timestamp":"2026-02-16T14:00:00Z"}""";

        postSigned(end);
        assertThat(postSigned(start).statusCode()).isEqualTo(200);

        assertThat(epmPulse.data("/api/v1/status/Planning")
                        .at("/domains/Actual/status")
                        .asText())
                .isEqualTo("OK");
        assertThat(history().get(0).path("outcome").asText()).isEqualTo("superseded");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            not set            | platform-http:/hooks/other | NOT_THERE           | NOT_THERE is not set
            weak               | platform-http:/hooks/other | WEAK                | WEAK is a weak secret
            the secret itself  | platform-http:/hooks/other | a-b                 | must have the name of a variable
            two                | platform-http:/hooks/other | "STRONG,hmac:STRONG" | only one hmac: may be given
            a path of the API  | platform-http:/api/v1/hook | STRONG              | a path outside of /api/v1/
            no HTTP            | timer:x                    | STRONG              | begins with platform-http:""")
    void aRouteThatCannotBeSignedIsAnErrorOfItsFile(String name, String uri, String variable, String problem)
            throws Exception {
        SiteRoutes routes = new SiteRoutes(folder.resolve("other"))
                .add(
                        "other",
                        ROUTE.replace("HOOK_SECRET", variable)
                                .replace("platform-http:/hooks/build", uri)
                                .replace("      parameters:\n        httpMethodRestrict: POST,GET\n", ""));
        epmPulse.settings.put("EPMPULSE_ROUTES_DIR", routes.folder().toString());
        epmPulse.settings.put("WEAK", "short");
        epmPulse.settings.put("STRONG", SECRET);

        assertThatThrownBy(epmPulse::start)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("other.camel.yaml")
                .hasMessageContaining("route hook-receive: ")
                .hasMessageContaining(problem)
                .hasMessageNotContaining("short");

        Configuration configuration = Configuration.load(folder, Variables.of(epmPulse.settings, Map.of()));
        assertThat(new RouteCheck(Beans::bindUnstarted).run(configuration))
                .extracting(found -> found.message())
                .asString()
                .contains(problem);
    }

    @Test
    void theSecretIsNotInTheMetricsOrTheHistory() throws Exception {
        epmPulse.start();
        postSigned(UPDATE);
        post(UPDATE, "X-Hub-Signature-256", signature("another", UPDATE));

        for (String path : List.of("/api/v1/metrics", "/api/v1/history", "/api/v1/status", "/api/v1/health")) {
            assertThat(epmPulse.get(path).body()).doesNotContain(SECRET);
        }
    }
}
