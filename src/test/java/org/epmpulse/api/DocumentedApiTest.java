package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.http.TestingApi.READ_KEY;
import static org.epmpulse.http.TestingApi.WRITE_KEY;

import com.fasterxml.jackson.databind.JsonNode;
import io.prometheus.metrics.model.registry.Collector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.epmpulse.api.ApiDocument.Operation;
import org.epmpulse.api.ApiDocument.Received;
import org.epmpulse.cluster.Nodes;
import org.epmpulse.http.PathTemplate;
import org.epmpulse.http.RawConnection;
import org.epmpulse.http.TestingApi;
import org.epmpulse.security.InvalidKeyCounts;
import org.epmpulse.store.StateUnknownException;
import org.epmpulse.store.StoreUnavailableException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the replies of the running program with the OpenAPI document: every operation with every documented status
 * and error code, its headers and its body. {@link OpenApiDocumentTest} checks the document itself.
 */
class DocumentedApiTest {

    private static final int TOO_LARGE = 1024 * 1024 + 1;
    private static final int TOO_LONG = 9 * 1024;

    private static TestingApi api;
    private static TestingApi starting;
    private static TestingApi shortTimeout;
    private static ApiDocument document;

    /** A request to an operation and the expected reply. */
    private record Exchange(Operation operation, int status, String code, String what, Callable<Received> request) {

        /** The response of the document that it covers. */
        String covers() {
            return operation.name() + " " + status + " " + code;
        }

        @Override
        public String toString() {
            return covers() + ": " + what;
        }
    }

    @BeforeAll
    static void start() {
        api = new TestingApi();
        starting = new TestingApi(0, false);
        shortTimeout = new TestingApi(0, true, Duration.ofMillis(50));
        document = new ApiDocument(api.get("/api/v1/openapi.json").body());
        api.post("{\"app\":\"Planning\",\"domain\":\"Forecast\",\"status\":\"Loading\",\"job_id\":\"long\"}");
        api.clock.advance(Duration.ofHours(3));
        api.post("{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"Loading\",\"job_id\":\"LOAD_001\"}");
        api.clock.advance(Duration.ofMinutes(12));
        api.postTo(
                "/api/v1/status/batch",
                "{\"job_id\":\"LOAD_001\",\"timestamp\":\"2026-02-16T17:42:00.5Z\",\"updates\":["
                        + "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\",\"epm_job_id\":224},"
                        + "{\"app\":\"FCCS\",\"status\":\"Warning\",\"message\":\"m\"}]}");
        api.post("{\"app\":\"FCCS\",\"status\":\"Loading\",\"timestamp\":\"2026-02-16T10:00:00Z\"}");
    }

    @AfterAll
    static void stop() {
        Stream.of(api, starting, shortTimeout).forEach(TestingApi::close);
    }

    @BeforeEach
    void resetRateLimits() {
        api.clock.advance(Duration.ofMinutes(1));
    }

    static List<Exchange> exchanges() {
        List<Exchange> exchanges = new ArrayList<>();
        for (Operation operation : document.operations()) {
            document.responses(operation).forEach((status, response) -> document.codes(response)
                    .forEach(code -> addCommon(operation, status, code, exchanges)));
            if (operation.hasBody()) {
                addBodies(operation, exchanges);
            }
        }
        addReads(exchanges);
        addUpdates(exchanges);
        addAnswers(exchanges);
        addCanvases(exchanges);
        return exchanges;
    }

    /** Adds requests for responses that many operations have in common. */
    private static void addCommon(Operation operation, String status, String code, List<Exchange> exchanges) {
        switch (status + " " + code) {
            case "304 -" -> add(exchanges, operation, 304, code, "*", () -> send(operation, "", "If-None-Match", "*"));
            case "400 INVALID_REQUEST" ->
                add(exchanges, operation, 400, code, "a parameter twice", () -> send(operation, "?x=1&x=2"));
            case "401 MISSING_AUTH" ->
                add(exchanges, operation, 401, code, "no key", () -> sendAs("", operation, viaProxy()));
            case "403 INVALID_KEY" -> {
                add(exchanges, operation, 403, code, "an invalid key", () -> sendAs("wrong", operation, viaProxy()));
                if (role(operation).equals("write")) {
                    add(exchanges, operation, 403, code, "a low role", () -> sendAs(READ_KEY, operation));
                }
            }
            case "408 INVALID_REQUEST" ->
                add(exchanges, operation, 408, code, "a slow body", () -> raw(shortTimeout, operation, 9, "{"));
            case "409 IDEMPOTENCY_CONFLICT" ->
                add(exchanges, operation, 409, code, "another body", () -> sendTwice(operation));
            case "413 PAYLOAD_TOO_LARGE" ->
                add(exchanges, operation, 413, code, "a large body", () -> raw(api, operation, TOO_LARGE, ""));
            case "415 UNSUPPORTED_MEDIA_TYPE" ->
                add(exchanges, operation, 415, code, "text", () -> sendTyped(operation, "text/plain"));
            case "429 RATE_LIMITED" ->
                add(exchanges, operation, 429, code, "many invalid keys", () -> sendManyInvalidKeys(operation));
            case "500 INTERNAL_ERROR" -> add(exchanges, operation, 500, code, "a bug", () -> sendWithBug(operation));
            case "503 STATE_ERROR" ->
                add(exchanges, operation, 503, code, "no store", () -> sendWithoutStore(operation));
            case "504 STATE_UNKNOWN" ->
                add(exchanges, operation, 504, code, "an unknown end", () -> sendWithUnknownEnd(operation));
            case "503 UNAVAILABLE" ->
                add(
                        exchanges,
                        operation,
                        503,
                        code,
                        "while starting",
                        () -> send(starting, operation, "", key(operation)));
            case "default METHOD_NOT_ALLOWED" ->
                add(
                        exchanges,
                        operation,
                        405,
                        code,
                        "a method that is not allowed",
                        () -> sendMethod("PATCH", operation));
            case "default INVALID_REQUEST" -> {
                String parameter = "?x=" + "x".repeat(TOO_LONG);
                add(exchanges, operation, 414, code, "a long line", () -> send(operation, parameter));
                add(exchanges, operation, 431, code, "a long header", () -> sendLongHeader(operation));
            }
            case "default PAYLOAD_TOO_LARGE" -> {
                if (!operation.hasBody()) {
                    add(exchanges, operation, 413, code, "a body", () -> raw(api, operation, TOO_LARGE, ""));
                }
            }
            case "default UNSUPPORTED_MEDIA_TYPE" -> {
                if (!operation.hasBody() && !operation.isGet()) {
                    String form = "application/x-www-form-urlencoded";
                    add(exchanges, operation, 415, code, "a form", () -> sendTyped(operation, form));
                }
            }
            default -> {
                // Must be in one of the lists below.
            }
        }
    }

    /** Adds the examples of request bodies. */
    private static void addBodies(Operation operation, List<Exchange> exchanges) {
        requestMedia(operation).path("examples").fields().forEachRemaining(example -> {
            String body = example.getValue().path("value").toString();
            add(exchanges, operation, 200, "-", "example " + example.getKey(), () -> sendBody(operation, body));
        });
    }

    private static void addReads(List<Exchange> exchanges) {
        for (String path : List.of(
                "/api/v1/status",
                "/api/v1/status/{app}",
                "/api/v1/window",
                "/api/v1/runs",
                "/api/v1/domains/{app}/{domain}",
                "/api/v1/events",
                "/api/v1/jobs",
                "/api/v1/jobs/{job_id}",
                "/api/v1/history",
                "/api/v1/history/days",
                "/api/v1/health",
                "/health",
                "/health/live",
                "/health/ready",
                "/health/write",
                "/api/v1/metrics",
                "/api/v1/openapi.json")) {
            Operation read = operation("GET " + path);
            add(exchanges, read, 200, "-", "with a key", () -> send(read, ""));
            if (isOpen(read)) {
                add(exchanges, read, 200, "-", "without a key", () -> sendAs("", read));
            }
        }
        Operation board = operation("GET /api/v1/status");
        add(exchanges, board, 200, "-", "in the past", () -> get("/api/v1/status?at=2026-02-16T14:30:00Z"));
        add(exchanges, board, 404, "NOT_FOUND", "a time before the history", () -> {
            api.store.startHistoryAt(Instant.parse("2026-02-16T14:00:00Z"));
            try {
                return get("/api/v1/status?at=2026-02-16");
            } finally {
                api.store.startHistoryAt(Instant.MIN);
            }
        });
        Operation app = operation("GET /api/v1/status/{app}");
        add(exchanges, app, 200, "-", "an app with one domain", () -> get("/api/v1/status/FCCS"));
        add(exchanges, app, 404, "NOT_FOUND", "an unknown app", () -> get("/api/v1/status/Plannnig"));
        for (String path : List.of("/api/v1/window", "/api/v1/runs")) {
            add(exchanges, operation("GET " + path), 404, "NOT_FOUND", "a time before the history", () -> {
                api.store.startHistoryAt(Instant.parse("2026-02-16T14:40:00Z"));
                try {
                    return get(path + "?at=2026-02-16T14:35:00Z");
                } finally {
                    api.store.startHistoryAt(Instant.MIN);
                }
            });
        }
        Operation window = operation("GET /api/v1/window");
        add(exchanges, window, 200, "-", "in the past", () -> get("/api/v1/window?at=2026-02-16T17:40:00Z"));
        Operation domain = operation("GET /api/v1/domains/{app}/{domain}");
        add(exchanges, domain, 200, "-", "upstream", () -> get("/api/v1/domains/Planning/Actual"));
        add(exchanges, domain, 404, "NOT_FOUND", "an unknown domain", () -> get("/api/v1/domains/Planning/Actuals"));
        Operation runs = operation("GET /api/v1/runs");
        add(exchanges, runs, 200, "-", "a page of several", () -> get("/api/v1/runs?limit=1"));
        add(exchanges, runs, 200, "-", "CSV", () -> send(runs, "?limit=1", "Accept", "text/csv"));
        Operation job = operation("GET /api/v1/jobs/{job_id}");
        add(exchanges, job, 200, "-", "a job that runs", () -> get("/api/v1/jobs/long"));
        add(exchanges, job, 404, "NOT_FOUND", "an unknown job", () -> get("/api/v1/jobs/none"));
        add(exchanges, job, 404, "NOT_FOUND", "an unknown job while the database does not answer", () -> {
            api.store.setAsOf(Instant.parse("2026-02-16T14:00:00Z"));
            try {
                return get("/api/v1/jobs/none");
            } finally {
                api.store.setAsOf(null);
            }
        });
        Operation jobs = operation("GET /api/v1/jobs");
        add(exchanges, jobs, 200, "-", "a page of several", () -> get("/api/v1/jobs?limit=1"));
        Operation history = operation("GET /api/v1/history");
        add(exchanges, history, 200, "-", "a page of several", () -> get("/api/v1/history?limit=1"));
        add(exchanges, history, 200, "-", "CSV", () -> send(history, "?limit=1", "Accept", "text/csv"));
        for (String probe : List.of("/health/ready", "/health/write")) {
            Operation read = operation("GET " + probe);
            add(exchanges, read, 503, "-", "while starting", () -> send(starting, read, "", ""));
        }
        for (String path : List.of("/api/v1/status", "/api/v1/jobs", "/api/v1/events")) {
            Operation read = operation("GET " + path);
            add(exchanges, read, 200, "-", "while the database does not answer", () -> {
                api.store.setAsOf(Instant.parse("2026-02-16T14:00:00Z"));
                try {
                    return send(read, "");
                } finally {
                    api.store.setAsOf(null);
                }
            });
        }
        add(exchanges, operation("GET /health"), 200, "-", "of several nodes", () -> {
            api.nodes.add(new Nodes.Node("a", Nodes.State.ACTIVE, "2.1.0", "1"));
            api.nodes.add(new Nodes.Node("b", Nodes.State.STARTING, "2.1.0", "2"));
            try {
                return send(operation("GET /health"), "");
            } finally {
                api.nodes.clear();
            }
        });
        for (Operation health : List.of(operation("GET /health"), operation("GET /api/v1/health"))) {
            add(exchanges, health, 200, "-", "degraded", () -> {
                api.store.quarantine(1);
                try {
                    return send(health, "");
                } finally {
                    api.store.quarantine(0);
                }
            });
            add(exchanges, health, 503, "-", "unhealthy", () -> {
                api.store.setProblem("disk full");
                try {
                    return send(health, "");
                } finally {
                    api.store.setProblem(null);
                }
            });
        }
    }

    private static void addUpdates(List<Exchange> exchanges) {
        Operation one = operation("POST /api/v1/status");
        Operation batch = operation("POST /api/v1/status/batch");
        Map<String, String> invalid = Map.of(
                "INVALID_REQUEST", "{\"app\":\"FCCS\",\"status\":\"OK\",\"timestamp\":\"today\"}",
                "INVALID_APP", "{\"app\":\"Plannnig\",\"status\":\"OK\"}",
                "INVALID_DOMAIN", "{\"app\":\"Planning\",\"status\":\"OK\"}",
                "INVALID_STATUS", "{\"app\":\"FCCS\",\"status\":\"ok\"}");
        invalid.forEach((code, update) -> {
            add(exchanges, one, 400, code, update, () -> sendBody(one, update));
            String second = "{\"updates\":[{\"app\":\"FCCS\",\"status\":\"OK\"}," + update + "]}";
            add(exchanges, batch, 400, code, second, () -> sendBody(batch, second));
        });
        String update = "{\"app\":\"FCCS\",\"status\":\"OK\",\"timestamp\":\"2026-02-16T18:00:00Z\"}";
        add(exchanges, one, 200, "-", "recorded, then a duplicate", () -> {
            sendBody(one, update);
            return sendBody(one, update);
        });
        add(exchanges, one, 200, "-", "superseded", () -> sendBody(one, update.replace("T18", "T09")));
        add(exchanges, one, 429, "RATE_LIMITED", "too many updates", () -> {
            try (TestingApi limited = new TestingApi(1)) {
                limited.post(update);
                return Received.of(limited.post(update));
            }
        });
    }

    private static void addAnswers(List<Exchange> exchanges) {
        for (String kind : List.of("acknowledge", "mute")) {
            Operation begin = operation("POST /api/v1/domains/{app}/{domain}/" + kind);
            Operation end = operation("DELETE /api/v1/domains/{app}/{domain}/" + kind);
            String unknown = "/api/v1/domains/Planning/Actuals/" + kind;
            add(exchanges, begin, 404, "NOT_FOUND", "no domain", () -> Received.of(api.postTo(unknown, "{}")));
            add(exchanges, begin, 400, "INVALID_REQUEST", "no time", () -> sendBody(begin, "{\"until\":\"soon\"}"));
            add(exchanges, begin, 429, "RATE_LIMITED", "too many", () -> {
                try (TestingApi limited = new TestingApi(1)) {
                    limited.postTo(path(begin), body(begin));
                    return Received.of(limited.postTo(path(begin), body(begin)));
                }
            });
            add(exchanges, end, 404, "NOT_FOUND", "no domain", () -> delete(unknown));
            add(exchanges, end, 200, "-", "an end, and none", () -> {
                send(begin, "");
                send(end, "");
                return send(end, "?by=Anna&reason=solved");
            });
        }
        Operation acknowledge = operation("POST /api/v1/domains/{app}/{domain}/acknowledge");
        add(exchanges, acknowledge, 409, "NO_PROBLEM", "Loading", () -> {
            String forecast = path(acknowledge).replace("Actual", "Forecast");
            return Received.of(api.postTo(forecast, "{}"));
        });
    }

    private static Received delete(String path) {
        return Received.of(api.send(HttpRequest.newBuilder(api.uri(path)).DELETE(), WRITE_KEY));
    }

    private static void addCanvases(List<Exchange> exchanges) {
        Operation list = operation("GET /api/v1/canvas");
        add(exchanges, list, 200, "-", "all", () -> get("/api/v1/canvas"));
        Operation preview = operation("GET /api/v1/canvas/preview");
        add(exchanges, preview, 200, "-", "a channel", () -> get("/api/v1/canvas/preview?channel=C0123456789"));
        add(exchanges, preview, 404, "NOT_FOUND", "no channel", () -> get("/api/v1/canvas/preview?channel=CUNKNOWN"));
        Operation sync = operation("POST /api/v1/canvas/sync");
        add(exchanges, sync, 200, "-", "a canvas", () -> send(sync, "?channel=C0123456789"));
        add(exchanges, sync, 404, "NOT_FOUND", "no channel", () -> send(sync, "?channel=CUNKNOWN"));
        add(exchanges, sync, 502, "SLACK_ERROR", "a deleted canvas", () -> send(sync, "?channel=C9876543210"));
    }

    private static void add(
            List<Exchange> exchanges,
            Operation operation,
            int status,
            String code,
            String what,
            Callable<Received> request) {
        exchanges.add(new Exchange(operation, status, code, what, request));
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void everyReplyIsAsDocumented(Exchange exchange) throws Exception {
        Received reply = exchange.request().call();

        assertThat(reply.status()).as(reply.body()).isEqualTo(exchange.status());
        assertThat(reply.code()).isEqualTo(exchange.code());
        assertThat(document.problems(exchange.operation(), reply))
                .as(reply.toString())
                .isEmpty();
    }

    @Test
    void everyDocumentedStatusAndCodeIsTested() {
        Set<String> documented = new TreeSet<>();
        for (Operation operation : document.operations()) {
            document.responses(operation).forEach((status, response) -> document.codes(response)
                    .forEach(code -> documented.add(operation.name() + " " + status + " " + code)));
        }
        documented.removeIf(covered -> covered.contains(" default "));

        assertThat(exchanges().stream().map(Exchange::covers)).containsAll(documented);
        assertThat(exchanges().stream()
                        .filter(exchange -> exchange.status() == 405)
                        .map(exchange -> exchange.operation().name()))
                .containsExactlyInAnyOrderElementsOf(present());
    }

    @Test
    void theEndpointsOfTheProgramAreDocumented() {
        assertThat(api.endpoints()).containsExactlyElementsOf(present());
    }

    @Test
    void theAllowedMethodsAreTheDocumentedOnes() throws Exception {
        for (Operation operation : document.operations()) {
            Set<String> methods = new TreeSet<>();
            document.operations().stream()
                    .filter(other -> PathTemplate.of(other.path()).matches(operation.path()))
                    .forEach(other -> methods.add(other.method()));
            if (methods.contains("GET")) {
                methods.add("HEAD");
            }

            assertThat(sendMethod("PATCH", operation).headers().get("allow"))
                    .as(operation.name())
                    .isEqualTo(String.join(", ", methods));
        }
    }

    @Test
    void headIsAllowedWhereverGetIs() throws Exception {
        for (Operation operation : document.operations()) {
            if (operation.isGet()) {
                Received get = send(operation, "");
                Received head = sendMethod("HEAD", operation);

                assertThat(head.status()).as(operation.name()).isEqualTo(get.status());
                assertThat(head.headers()).as(operation.name()).containsEntry("content-type", type(get));
                assertThat(head.headers().get("etag"))
                        .as(operation.name())
                        .isEqualTo(get.headers().get("etag"));
                assertThat(head.body()).isEmpty();
            }
        }
    }

    private static String type(Received reply) {
        return reply.headers().get("content-type");
    }

    @Test
    void aMissingOrUndocumentedFieldIsFound() {
        Operation status = operation("GET /api/v1/status");
        Received reply = send(status, "");
        Received more = new Received(
                reply.status(), reply.headers(), reply.body().replaceFirst("\"stale\":", "\"secret\":1,\"stale\":"));
        Received less =
                new Received(reply.status(), reply.headers(), reply.body().replaceFirst("\"stale\":false,", ""));

        assertThat(document.problems(status, reply)).isEmpty();
        assertThat(document.problems(status, more)).hasSize(1);
        assertThat(document.problems(status, less)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"app":"FCCS","status":"OK"}                                          | true
            {"app":"FCCS","status":"OK","unknown":{"x":[1]}}                      | true
            {}                                                                    | false
            []                                                                    | false
            "OK"                                                                  | false
            {"app":"FCCS"}                                                        | false
            {"status":"OK"}                                                       | false
            {"app":null,"status":"OK"}                                            | false
            {"app":"","status":"OK"}                                              | false
            {"app":1,"status":"OK"}                                               | false
            {"app":"FCCS","status":null}                                          | false
            {"app":"FCCS","status":""}                                            | false
            {"app":"FCCS","status":"ok"}                                          | false
            {"app":"FCCS","status":"OK","domain":null}                            | true
            {"app":"FCCS","status":"OK","domain":""}                              | true
            {"app":"FCCS","status":"OK","domain":1}                               | false
            {"app":"FCCS","status":"OK","job_id":null}                            | true
            {"app":"FCCS","status":"OK","job_id":""}                              | true
            {"app":"FCCS","status":"OK","job_id":12345678901234567890}            | true
            {"app":"FCCS","status":"OK","job_id":1.5}                             | false
            {"app":"FCCS","status":"OK","job_id":true}                            | false
            {"app":"FCCS","status":"OK","job_id":"x*100"}                         | true
            {"app":"FCCS","status":"OK","job_id":"x*101"}                         | false
            {"app":"FCCS","status":"OK","job_id":"a\\tb"}                         | false
            {"app":"FCCS","status":"OK","job_id":"a\\u0085b"}                     | false
            {"app":"FCCS","status":"OK","message":"\\ud83d\\ude00*200"}           | true
            {"app":"FCCS","status":"OK","message":"\\ud83d\\ude00*201"}           | false
            {"app":"FCCS","status":"OK","message":"a\\tb"}                        | true
            {"app":"FCCS","status":"OK","message":1}                              | false
            {"app":"FCCS","status":"OK","timestamp":null}                         | true
            {"app":"FCCS","status":"OK","timestamp":""}                           | true
            {"app":"FCCS","status":"OK","timestamp":"2026-02-16 14:30"}           | true
            {"app":"FCCS","status":"OK","timestamp":"20260216T1430+0100"}         | true
            {"app":"FCCS","status":"OK","timestamp":"2026-02-16T14:30:00,5 -01"}  | true
            {"app":"FCCS","status":"OK","timestamp":"2026-0216"}                  | false
            {"app":"FCCS","status":"OK","timestamp":"2026-02-16T14:30z+1"}        | false
            {"app":"FCCS","status":"OK","timestamp":"today"}                      | false
            {"app":"FCCS","status":"OK","timestamp":1771252200}                   | false
            {"app":"FCCS","status":"OK","epm_job_id":null}                        | true
            {"app":"FCCS","status":"OK","epm_job_id":""}                          | true
            {"app":"FCCS","status":"OK","epm_job_id":"9999999999999999999"}       | true
            {"app":"FCCS","status":"OK","epm_job_id":9999999999999999999}         | true
            {"app":"FCCS","status":"OK","epm_job_id":"99999999999999999999"}      | false
            {"app":"FCCS","status":"OK","epm_job_id":99999999999999999999}        | false
            {"app":"FCCS","status":"OK","epm_job_id":-1}                          | false
            {"app":"FCCS","status":"OK","epm_job_id":"224x"}                      | false""")
    void aBodyIsAcceptedIfItsSchemaAllowsIt(String text, boolean accepted) {
        String update = expand(text);
        Operation one = operation("POST /api/v1/status");
        Operation batch = operation("POST /api/v1/status/batch");
        String updates = "{\"updates\":[" + update + "]}";

        assertThat(schemaAllows(one, update)).isEqualTo(accepted);
        assertThat(sendBody(one, update).status() == 200).isEqualTo(accepted);
        assertThat(schemaAllows(batch, updates)).isEqualTo(accepted);
        assertThat(sendBody(batch, updates).status() == 200).isEqualTo(accepted);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"updates":[U]}                                          | true
            {"updates":[U],"job_id":7,"timestamp":"2026-02-16"}      | true
            {"updates":[U],"job_id":null,"timestamp":null}           | true
            {"updates":[U],"unknown":true}                           | true
            {"updates":[U*1000]}                                     | true
            {"updates":[U*1001]}                                     | false
            {"updates":[]}                                           | false
            {"updates":null}                                         | false
            {"updates":[U,null]}                                     | false
            {"updates":U}                                            | false
            {"updates":[U],"job_id":[]}                              | false
            {"updates":[U],"timestamp":1}                            | false
            {"updates":[U],"job_id":"x*101"}                         | false
            U                                                        | false""")
    void aBatchIsAcceptedIfItsSchemaAllowsIt(String text, boolean accepted) {
        String update = "{\"app\":\"FCCS\",\"status\":\"OK\"}";
        String batch = text.replace("U*1001", String.join(",", Collections.nCopies(1001, update)))
                .replace("U*1000", String.join(",", Collections.nCopies(1000, update)))
                .replaceAll("U(?![a-z])", update);
        Operation operation = operation("POST /api/v1/status/batch");

        assertThat(schemaAllows(operation, expand(batch))).isEqualTo(accepted);
        assertThat(sendBody(operation, expand(batch)).status() == 200).isEqualTo(accepted);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /api/v1/jobs     | limit           | 1                      | true
            GET /api/v1/jobs     | limit           | 1000                   | true
            GET /api/v1/jobs     | limit           | 0                      | false
            GET /api/v1/jobs     | limit           | 1001                   | false
            GET /api/v1/jobs     | limit           | ten                    | false
            GET /api/v1/jobs     | before          | 0                      | true
            GET /api/v1/jobs     | before          | 999999999999999999     | true
            GET /api/v1/jobs     | before          | 1000000000000000000    | false
            GET /api/v1/jobs     | before          | -1                     | false
            GET /api/v1/history  | limit           | 1000                   | true
            GET /api/v1/history  | limit           | 1001                   | false
            GET /api/v1/history  | status          | Blank                  | true
            GET /api/v1/history  | status          | blank                  | false
            GET /api/v1/history  | app             | Unknown                 | true
            GET /api/v1/history  | domain          | Unknown                 | true
            GET /api/v1/history  | job_id          | none                   | true
            GET /api/v1/history  | since           | 2026-02-16 14:30       | true
            GET /api/v1/history  | since           | today                  | false
            GET /api/v1/history  | until           | 20260216T143000,1Z     | true
            GET /api/v1/history  | until           | 1771252200             | false
            GET /api/v1/history/days | days        | 31                     | true
            GET /api/v1/history/days | days        | 32                     | false
            GET /api/v1/history/days | days        | 0                      | false
            GET /api/v1/status   | at              | 2026-02-16 14:30       | true
            GET /api/v1/status   | at              | yesterday              | false
            POST /api/v1/status  | Idempotency-Key | a                      | true
            POST /api/v1/status  | Idempotency-Key | a b                    | false""")
    void aParameterIsAcceptedIfItsSchemaAllowsIt(String name, String parameter, String value, boolean accepted) {
        Operation operation = operation(name);
        JsonNode documented = document.parameters(operation).stream()
                .filter(candidate -> candidate.path("name").asText().equals(parameter))
                .findFirst()
                .orElseThrow();
        boolean header = documented.path("in").asText().equals("header");
        String query = header ? "" : "?" + parameter + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);

        Received reply = header ? send(operation, "", parameter, value) : send(operation, query);

        assertThat(document.problems(documented.path("schema"), value).isEmpty())
                .isEqualTo(accepted);
        assertThat(reply.status()).isEqualTo(accepted ? 200 : 400);
    }

    @Test
    void theSchemasRejectAnEmptyReply() {
        // A schema that accepts everything would hide every error.
        for (Operation operation : document.operations()) {
            document.responses(operation).forEach((status, response) -> {
                JsonNode schema = response.at("/content/application~1json/schema");
                if (!schema.isMissingNode()) {
                    assertThat(document.problems(schema, ApiDocument.json("{\"success\":true}")))
                            .as(operation.name() + " " + status)
                            .isNotEmpty();
                }
            });
        }
    }

    private static String expand(String text) {
        return text.replaceAll("\"((?:\\\\u[0-9a-f]{4}|x)+)\\*(\\d+)\"", "\"\u0001$1\u0002$2\u0003\"")
                .transform(DocumentedApiTest::repeat);
    }

    private static String repeat(String marked) {
        int start = marked.indexOf('\u0001');
        if (start < 0) {
            return marked;
        }
        int middle = marked.indexOf('\u0002');
        int end = marked.indexOf('\u0003');
        int times = Integer.parseInt(marked.substring(middle + 1, end));
        return marked.substring(0, start)
                + marked.substring(start + 1, middle).repeat(times)
                + repeat(marked.substring(end + 1));
    }

    private static boolean schemaAllows(Operation operation, String body) {
        return document.problems(requestMedia(operation).path("schema"), ApiDocument.json(body))
                .isEmpty();
    }

    private static JsonNode requestMedia(Operation operation) {
        return operation.node().at("/requestBody/content/application~1json");
    }

    private static Set<String> present() {
        Set<String> present =
                document.operations().stream().map(Operation::name).collect(Collectors.toCollection(TreeSet::new));
        return present;
    }

    private static Operation operation(String name) {
        return document.operations().stream()
                .filter(operation -> operation.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not documented"));
    }

    /** The role that an operation needs, from its security; empty if none is needed. */
    private static String role(Operation operation) {
        JsonNode security = operation.node().has("security")
                ? operation.node().get("security")
                : document.root().get("security");
        Set<String> roles = new TreeSet<>();
        security.forEach(scheme -> scheme.forEach(names -> names.forEach(role -> roles.add(role.asText()))));
        assertThat(roles).hasSizeLessThan(2);
        return String.join("", roles);
    }

    private static boolean isOpen(Operation operation) {
        JsonNode security = operation.node().path("security");
        return security.isArray() && (security.isEmpty() || security.get(0).isEmpty());
    }

    private static String key(Operation operation) {
        return role(operation).equals("write") ? WRITE_KEY : READ_KEY;
    }

    private static String[] viaProxy() {
        return new String[] {"X-Forwarded-For", "192.0.2.1"};
    }

    /** The operation's path with the examples of its parameters in it. */
    private static String path(Operation operation) {
        String path = operation.path();
        StringBuilder query = new StringBuilder();
        for (JsonNode parameter : document.parameters(operation)) {
            String name = parameter.path("name").asText();
            String example = parameter.path("example").asText();
            path = path.replace("{" + name + "}", example);
            if (parameter.path("in").asText().equals("query")
                    && parameter.path("required").asBoolean()) {
                query.append(query.isEmpty() ? "?" : "&")
                        .append(name)
                        .append('=')
                        .append(example);
            }
        }
        return path + query;
    }

    private static String body(Operation operation) {
        JsonNode examples = requestMedia(operation).path("examples");
        return examples.isEmpty()
                ? ""
                : examples.elements().next().path("value").toString();
    }

    private static Received get(String path) {
        return Received.of(api.get(path));
    }

    private static Received send(Operation operation, String query, String... headers) {
        return send(api, operation, query, key(operation), headers);
    }

    private static Received sendAs(String key, Operation operation, String... headers) {
        return send(api, operation, "", key, headers);
    }

    private static Received send(TestingApi to, Operation operation, String query, String key, String... headers) {
        prepare(to, operation);
        String path = path(operation);
        String more = path.contains("?") ? query.replace('?', '&') : query;
        if (isStream(operation)) {
            return begin(to, path + more, key, headers);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(to.uri(path + more))
                .method(operation.method(), BodyPublishers.ofString(body(operation)));
        if (operation.hasBody()) {
            request.header("Content-Type", "application/json");
        }
        return Received.of(to.send(request, key, headers));
    }

    private static boolean isStream(Operation operation) {
        return operation.node().at("/responses/200/content").has("text/event-stream");
    }

    /** Reads only the headers of a stream. */
    private static Received begin(TestingApi to, String path, String key, String... headers) {
        StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: x\r\n");
        head.append(key.isEmpty() ? "" : "X-API-Key: " + key + "\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        try (RawConnection connection = new RawConnection(to)) {
            RawConnection.RawReply reply = connection.send(head + "\r\n").readReply();
            return new Received(reply.status(), reply.headers(), reply.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Only a problem can be acknowledged. */
    private static void prepare(TestingApi to, Operation operation) {
        if (operation.path().endsWith("/acknowledge")) {
            to.post("{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"Warning\",\"job_id\":\"failed\"}");
        }
    }

    private static Received sendBody(Operation operation, String body) {
        prepare(api, operation);
        HttpResponse<String> response = api.postTo(path(operation), body);
        return Received.of(response);
    }

    private static Received sendTyped(Operation operation, String type) {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.uri(path(operation)))
                .header("Content-Type", type)
                .method(operation.method(), BodyPublishers.ofString("x"));
        return Received.of(api.send(request, key(operation)));
    }

    private static Received sendMethod(String method, Operation operation) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(api.uri(path(operation))).method(method, BodyPublishers.noBody());
        return Received.of(api.send(request, WRITE_KEY));
    }

    private static Received sendTwice(Operation operation) {
        String key = operation.name().toLowerCase(Locale.ROOT).replace(' ', '-');
        send(operation, "", "Idempotency-Key", key);
        return Received.of(api.postTo(path(operation), body(operation) + " ", "Idempotency-Key", key));
    }

    private static Received sendLongHeader(Operation operation) {
        return send(operation, "", "X-Long", "x".repeat(17 * 1024));
    }

    private static Received sendManyInvalidKeys(Operation operation) {
        for (int i = 0; i < InvalidKeyCounts.PER_MINUTE; i++) {
            sendAs("wrong", operation, viaProxy());
        }
        return sendAs("wrong", operation, viaProxy());
    }

    private static Received sendWithoutStore(Operation operation) {
        api.store.failWith(new StoreUnavailableException("disk full", null));
        try {
            // The current board is in memory, a past board is not.
            return send(operation, operation.isGet() ? "?at=2026-02-16" : "");
        } finally {
            api.store.failWith(null);
        }
    }

    private static Received sendWithUnknownEnd(Operation operation) {
        api.store.failWith(new StateUnknownException("the connection was lost"));
        try {
            return send(operation, "");
        } finally {
            api.store.failWith(null);
        }
    }

    private static Received sendWithBug(Operation operation) {
        RuntimeException bug = new IllegalStateException("a bug");
        Collector broken = () -> {
            throw bug;
        };
        api.store.breakWith(bug);
        api.registry.getPrometheusRegistry().register(broken);
        try {
            return send(operation, "");
        } finally {
            api.registry.getPrometheusRegistry().unregister(broken);
            api.store.breakWith(null);
        }
    }

    /** Sends a request with this Content-Length but only this part of the body. */
    private static Received raw(TestingApi to, Operation operation, int length, String body) throws Exception {
        try (RawConnection connection = new RawConnection(to)) {
            connection.send(operation.method() + " " + path(operation) + " HTTP/1.1\r\nHost: x\r\nX-API-Key: "
                    + key(operation) + "\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n"
                    + body);
            RawConnection.RawReply reply = connection.readReply();
            return new Received(reply.status(), reply.headers(), reply.body());
        }
    }
}
