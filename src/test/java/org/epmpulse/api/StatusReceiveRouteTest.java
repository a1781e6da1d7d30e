package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.http.TestingApi.WRITE_KEY;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.epmpulse.http.TestingApi;
import org.epmpulse.status.Entry;
import org.epmpulse.store.StoreUnavailableException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates over HTTP: their replies and their effect on the board. */
class StatusReceiveRouteTest {

    private static final String OK = "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}";

    @AutoClose
    private final TestingApi api = new TestingApi();

    @Test
    void anUpdateIsRecordedAndTheReplyHasItsRevision() {
        HttpResponse<String> reply = api.post("""
                {"app":"Planning","domain":"Actual","status":"Loading","job_id":"LOAD_001","message":"first file",
                 "timestamp":"2026-02-16T14:30:00Z","epm_job_id":"224"}""");

        assertThat(reply.body())
                .isEqualTo("{\"success\":true,\"data\":{\"app\":\"Planning\",\"domain\":\"Actual\","
                        + "\"status\":\"Loading\",\"job_id\":\"LOAD_001\",\"message\":\"first file\","
                        + "\"updated\":\"2026-02-16T14:30:00Z\",\"duration_sec\":null,\"revision\":1,"
                        + "\"outcome\":\"recorded\",\"canvas_updated\":false,\"canvas\":\"queued\"}}");
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().map()).containsOnlyKeys("cache-control", "content-length", "content-type");
        assertThat(api.store.entries()).singleElement().satisfies(entry -> {
            assertThat(entry.key()).isEqualTo("writer");
            assertThat(entry.epmJobId()).isEqualTo("224");
        });
    }

    @Test
    void aSupersededUpdateHasNoRevision() {
        api.post("""
                {"app":"FCCS","status":"OK","timestamp":"2026-02-16T14:30:00Z"}""");

        HttpResponse<String> reply = api.post("""
                {"app":"FCCS","status":"Loading","timestamp":"2026-02-16T14:00:00Z"}""");

        assertThat(reply.body())
                .contains("\"domain\":\"Consolidation\"", "\"revision\":null", "\"outcome\":\"superseded\"")
                .contains("\"canvas\":\"none\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            msg          | Unknown field \"msg\" was ignored. Did you mean \"message\"?
            Message      | Unknown field \"Message\" was ignored. Did you mean \"message\"?
            jobId        | Unknown field \"jobId\" was ignored. Did you mean \"job_id\"?
            ts           | Unknown field \"ts\" was ignored. Did you mean \"timestamp\"?
            application  | Unknown field \"application\" was ignored. Did you mean \"app\"?
            warnings     | Unknown field \"warnings\" was ignored.
            a\u202eb    | Unknown field \"a?b\" was ignored.""")
    void anUnknownFieldIsIgnoredWithAWarning(String field, String warning) {
        HttpResponse<String> reply = api.post(OK.replace("}", ",\"" + field + "\":{\"a\":[1]}}"));

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body())
                .endsWith("\"canvas\":\"queued\",\"warnings\":[\"" + warning.replace("\"", "\\\"") + "\"]}}");
    }

    @Test
    void warningsAreBounded() {
        String fields =
                IntStream.range(0, 500).mapToObj(i -> ",\"x" + i + "x\":1").collect(Collectors.joining());

        HttpResponse<String> reply = api.post(OK.replace("}", fields + "}"));

        assertThat(reply.body())
                .contains("\"Unknown field \\\"x4x\\\" was ignored.\",\"Further unknown fields were ignored: 495.\"]")
                .doesNotContain("x5x");
        String longName = "y".repeat(5000);
        assertThat(api.post(OK.replace("}", ",\"" + longName + "\":1}")).body())
                .contains("\"" + "y".repeat(50) + "\\\"")
                .doesNotContain("y".repeat(51));
    }

    @Test
    void updatesThatWaitForTheDiskDoNotBlockOtherRequests() throws Exception {
        CompletableFuture<Void> disk = api.store.hold();
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest update = HttpRequest.newBuilder(api.uri("/api/v1/status"))
                .header("X-API-Key", WRITE_KEY)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(OK))
                .build();

        List<CompletableFuture<HttpResponse<String>>> waiting = Stream.generate(
                        () -> client.sendAsync(update, HttpResponse.BodyHandlers.ofString()))
                .limit(200)
                .toList();
        await().until(() -> api.store.entries().size() == 200);

        assertThat(api.get("/api/v1/status").statusCode()).isEqualTo(200);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        disk.complete(null);
        for (CompletableFuture<HttpResponse<String>> reply : waiting) {
            assertThat(reply.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            no body                |                                                      | INVALID_REQUEST
            not JSON               | OK                                                   | INVALID_REQUEST
            an array               | []                                                   | INVALID_REQUEST
            null                   | null                                                 | INVALID_REQUEST
            cut off                | {"app":"Planning"                                    | INVALID_REQUEST
            more behind it         | {"app":"FCCS","status":"OK"} {}                      | INVALID_REQUEST
            a field twice          | {"app":"FCCS","status":"OK","status":"Warning"}      | INVALID_REQUEST
            app is a number        | {"app":1,"status":"OK"}                              | INVALID_REQUEST
            status is an object    | {"app":"FCCS","status":{}}                           | INVALID_REQUEST
            job_id is a fraction   | {"app":"FCCS","status":"OK","job_id":1.5}            | INVALID_REQUEST
            message is a boolean   | {"app":"FCCS","status":"OK","message":true}          | INVALID_REQUEST
            timestamp is a number  | {"app":"FCCS","status":"OK","timestamp":1}           | INVALID_REQUEST
            timestamp is nonsense  | {"app":"FCCS","status":"OK","timestamp":"today"}     | INVALID_REQUEST
            no app                 | {"status":"OK"}                                      | INVALID_APP
            null app               | {"app":null,"status":"OK"}                           | INVALID_APP
            unknown app            | {"app":"Plan","status":"OK"}                         | INVALID_APP
            unknown domain         | {"app":"Planning","domain":"Actuals","status":"OK"}  | INVALID_DOMAIN
            which domain           | {"app":"Planning","status":"OK"}                     | INVALID_DOMAIN
            no status              | {"app":"FCCS"}                                       | INVALID_STATUS
            unknown status         | {"app":"FCCS","status":"ok"}                         | INVALID_STATUS""")
    void anInvalidUpdateIsRejectedAndChangesNothing(String flaw, String json, String code) {
        HttpResponse<String> reply = api.post(json == null ? "" : json);

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(reply.body()).startsWith("{\"success\":false,\"error\":{\"code\":\"" + code + "\"");
        assertThat(api.store.entries()).isEmpty();
    }

    @Test
    void anErrorNamesTheAllowedValues() {
        HttpResponse<String> reply = api.post("{\"app\":\"Planning\",\"domain\":\"Actuals\",\"status\":\"OK\"}");

        assertThat(reply.body())
                .isEqualTo("{\"success\":false,\"error\":{\"code\":\"INVALID_DOMAIN\",\"message\":\"Planning"
                        + " has no domain \\\"Actuals\\\". Did you mean \\\"Actual\\\"?\","
                        + "\"details\":{\"allowed\":[\"Actual\",\"Budget\",\"Forecast\"]}}}");
    }

    @Test
    void aWrongTypeIsReportedWithTheFieldName() {
        assertThat(api.post("{\"app\":\"FCCS\",\"status\":\"OK\",\"message\":[1]}")
                        .body())
                .contains("message must be a string");
    }

    @Test
    void unknownFieldsAreIgnored() {
        HttpResponse<String> reply = api.post("""
                {"x":{"y":[1,{"z":null}]},"app":"FCCS","n":%s,"status":"OK","domain":null}""".formatted("9".repeat(5_000)));

        assertThat(reply.statusCode()).isEqualTo(200);
    }

    @Test
    void deepNestingIsRejected() {
        String deep = "[".repeat(5_000) + "]".repeat(5_000);

        assertThat(api.post("{\"app\":\"FCCS\",\"status\":\"OK\",\"x\":" + deep + "}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void aBodyThatIsNotUtf8IsRejected() {
        byte[] latin1 =
                "{\"app\":\"FCCS\",\"status\":\"OK\",\"message\":\"\u00fc\"}".getBytes(StandardCharsets.ISO_8859_1);
        byte[] utf16 = "{\"app\":\"FCCS\",\"status\":\"OK\"}".getBytes(StandardCharsets.UTF_16LE);

        assertThat(postBytes(latin1).statusCode()).isEqualTo(400);
        assertThat(postBytes(utf16).statusCode()).isEqualTo(400);
        assertThat(postBytes(("\uFEFF" + OK).getBytes(StandardCharsets.UTF_8)).statusCode())
                .isEqualTo(200);
    }

    private HttpResponse<String> postBytes(byte[] body) {
        return api.send(
                HttpRequest.newBuilder(api.uri("/api/v1/status"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(body)),
                WRITE_KEY);
    }

    @Test
    void idsMayBeIntegers() {
        api.post("{\"app\":\"FCCS\",\"status\":\"OK\",\"job_id\":12345678901234567890,\"epm_job_id\":224}");

        assertThat(api.store.entries()).singleElement().satisfies(entry -> {
            assertThat(entry.jobId()).isEqualTo("12345678901234567890");
            assertThat(entry.epmJobId()).isEqualTo("224");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{env:PATH}}",
                "{{?x}}",
                "${env:PATH}",
                "${sysenv.PATH}",
                "${bean:httpReply}",
                "$simple{header.EpmPulse-Key}",
                "null",
                "\\\"quoted\\\"",
                "'quoted'",
                "RAW(x)",
                "#class:java.lang.Object"
            })
    void noTextOfAnUpdateIsEvaluated(String text) {
        String plain = text.replace("\\", "");
        String json = "{\"app\":\"FCCS\",\"status\":\"OK\",\"job_id\":\"" + text + "\",\"message\":\"" + text + "\",\""
                + text + "\":\"" + text + "\"}";

        HttpResponse<String> reply = api.post(json, "Idempotency-Key", plain.replace(" ", ""));

        assertThat(reply.statusCode()).isEqualTo(200);
        Entry entry = api.store.entries().get(0);
        assertThat(entry.jobId()).isEqualTo(plain);
        assertThat(entry.message()).isEqualTo(plain);
        assertThat(entry.idempotency()).isNotNull();
        assertThat(entry.idempotency().key()).isEqualTo(plain);
        for (String field : new String[] {"app", "domain", "status"}) {
            String named = OK.replaceFirst("\"" + field + "\":\"[^\"]*\"", "\"" + field + "\":\"x\"")
                    .replace("\"x\"", "\"" + text + "\"");
            assertThat(api.post(named).statusCode()).isEqualTo(400);
        }
    }

    @Test
    void aRepeatedRequestGetsTheFirstReplyAndAnotherBodyAConflict() {
        HttpResponse<String> first = api.post(OK, "Idempotency-Key", "a");
        HttpResponse<String> repeated = api.post(OK, "Idempotency-Key", "a");
        HttpResponse<String> other = api.post(OK + " ", "Idempotency-Key", "a");

        assertThat(repeated.body()).isEqualTo(first.body());
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(other.body()).contains("IDEMPOTENCY_CONFLICT");
        assertThat(api.store.entries()).hasSize(1);
    }

    @Test
    void anIdempotencyKeyIsUpTo100VisibleCharacters() {
        assertThat(api.post(OK, "Idempotency-Key", "x".repeat(100)).statusCode())
                .isEqualTo(200);
        assertThat(api.post(OK, "Idempotency-Key", "x".repeat(101)).statusCode())
                .isEqualTo(400);
        assertThat(api.post(OK, "Idempotency-Key", "a b").statusCode()).isEqualTo(400);
        assertThat(api.post(OK, "Idempotency-Key", "a", "Idempotency-Key", "b").statusCode())
                .isEqualTo(400);
        assertThat(api.post(OK, "Idempotency-Key", "").statusCode()).isEqualTo(400);
    }

    @Test
    void anUpdateThatCannotBeStoredIsNotAccepted() {
        // With a cause, as in production: Camel handles the cause before the exception that wraps it.
        api.store.failWith(new StoreUnavailableException("disk full on /secret", new java.io.IOException("/secret")));

        HttpResponse<String> reply = api.post(OK);

        assertThat(reply.statusCode()).isEqualTo(503);
        assertThat(reply.body()).contains("STATE_ERROR").doesNotContain("secret");
    }

    @Test
    void anInternalErrorContainsOnlyItsRequestId() {
        api.store.failWith(new IllegalStateException("secret", new NullPointerException("secret")));

        HttpResponse<String> reply = api.post(OK);

        assertThat(reply.statusCode()).isEqualTo(500);
        assertThat(reply.body()).contains("INTERNAL_ERROR", "request_id").doesNotContain("secret", "Exception");
    }

    @Test
    void aKeyIsLimitedInUpdatesPerMinute() {
        try (TestingApi limited = new TestingApi(3)) {
            String three = "{\"updates\":[" + OK + "," + OK + "," + OK + "]}";
            String five = three.replace("[", "[" + OK + "," + OK + ",");
            assertThat(limited.postTo("/api/v1/status/batch", five).statusCode())
                    .isEqualTo(200);

            HttpResponse<String> rejected = limited.post(OK);
            assertThat(rejected.statusCode()).isEqualTo(429);
            assertThat(rejected.headers().firstValueAsLong("Retry-After")).hasValue(20);
            assertThat(rejected.body()).contains("RATE_LIMITED");

            limited.clock.advance(Duration.ofSeconds(20));
            assertThat(limited.post(OK).statusCode()).isEqualTo(200);
            assertThat(limited.post(OK).statusCode()).isEqualTo(429);
        }
    }
}
