package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.http.TestingApi.READ_KEY;
import static org.epmpulse.http.TestingApi.WRITE_KEY;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.epmpulse.board.BoardMetrics;
import org.epmpulse.http.TestingApi;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers to alerts over HTTP: their replies, and where they are shown. */
class AnswersRouteTest {

    private static final String ACKNOWLEDGE = "/api/v1/domains/Planning/Actual/acknowledge";
    private static final String MUTE = "/api/v1/domains/Planning/Actual/mute";
    private static final String UNTIL_FOUR =
            "{\"until\":\"2026-02-16T17:00:00+01:00\",\"reason\":\"ticket | 4711\",\"by\":\"Anna\"}";

    @AutoClose
    private final TestingApi api = new TestingApi();

    @BeforeEach
    void fail() {
        api.registry
                .getPrometheusRegistry()
                .register(new BoardMetrics(TestingApi.CATALOG, api.store::board, Duration.ofHours(2), api.clock));
        post("Warning");
    }

    private void post(String status) {
        api.post("{\"app\":\"Planning\",\"domain\":\"Actual\",\"job_id\":\"J\",\"status\":\"" + status + "\"}");
    }

    private HttpResponse<String> delete(String path) {
        return api.send(HttpRequest.newBuilder(api.uri(path)).DELETE(), WRITE_KEY);
    }

    private JsonNode entry() {
        return ApiDocument.json(api.get("/api/v1/status/Planning").body()).at("/data/domains/Actual");
    }

    private double metric(String name) {
        return api.get("/api/v1/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{app=\"Planning\",domain=\"Actual\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    private String canvas() {
        return api.get("/api/v1/canvas/preview?channel=C0123456789").body();
    }

    @Test
    void anAcknowledgementIsShownUntilTheDomainHasRecovered() {
        HttpResponse<String> reply = api.postTo(ACKNOWLEDGE, "{\"by\":\"Anna\"}");

        assertThat(reply.body())
                .isEqualTo("{\"success\":true,\"data\":{\"app\":\"Planning\",\"domain\":\"Actual\","
                        + "\"kind\":\"acknowledge\",\"until\":null,\"reason\":null,\"by\":\"Anna\","
                        + "\"status\":\"Warning\",\"revision\":2,\"outcome\":\"recorded\"}}");
        assertThat(entry().path("acknowledged").toString())
                .isEqualTo("{\"since\":\"2026-02-16T14:30:00Z\",\"until\":null,\"reason\":null,\"by\":\"Anna\"}");
        assertThat(entry().has("muted")).isFalse();
        assertThat(canvas()).contains("| acknowledged by Anna |");
        assertThat(metric("epmpulse_domain_acknowledged")).isEqualTo(1);

        post("Loading");
        assertThat(entry().has("acknowledged")).isTrue();
        post("OK");

        assertThat(entry().has("acknowledged")).isFalse();
        assertThat(canvas()).doesNotContain("acknowledged");
        assertThat(metric("epmpulse_domain_acknowledged")).isZero();
    }

    @Test
    void aMuteEndsByItself() {
        api.postTo(MUTE, UNTIL_FOUR);
        HttpResponse<String> muted = api.get("/api/v1/status");
        String tag = muted.headers().firstValue("ETag").orElseThrow();

        assertThat(entry().path("muted").toString())
                .isEqualTo("{\"since\":\"2026-02-16T14:30:00Z\",\"until\":\"2026-02-16T16:00:00Z\","
                        + "\"reason\":\"ticket | 4711\",\"by\":\"Anna\"}");
        assertThat(canvas()).contains("muted by Anna until 16:00 (ticket").doesNotContain("ticket | 4711");
        assertThat(metric("epmpulse_domain_muted")).isEqualTo(1);
        assertThat(api.get("/api/v1/status", "If-None-Match", tag).statusCode()).isEqualTo(304);

        api.clock.advance(Duration.ofMinutes(91));

        assertThat(entry().has("muted")).isFalse();
        assertThat(entry().path("status").asText()).isEqualTo("Warning");
        assertThat(canvas()).doesNotContain("muted");
        assertThat(metric("epmpulse_domain_muted")).isZero();
        assertThat(api.get("/api/v1/status", "If-None-Match", tag).statusCode()).isEqualTo(200);
        assertThat(ApiDocument.json(api.get("/api/v1/status?at=2026-02-16T15:59:00Z")
                                .body())
                        .at("/data/apps/Planning/Actual/muted/by")
                        .asText())
                .isEqualTo("Anna");
    }

    @Test
    void deleteEndsThemAndOnceMoreChangesNothing() {
        api.postTo(ACKNOWLEDGE, "{}");
        api.postTo(MUTE, UNTIL_FOUR);

        assertThat(delete(ACKNOWLEDGE + "?by=Bob").body())
                .contains("\"kind\":\"unacknowledge\"", "\"by\":\"Bob\"", "\"revision\":4", "\"outcome\":\"recorded\"");
        assertThat(entry().has("muted")).isTrue();
        assertThat(delete(MUTE).body()).contains("\"revision\":5", "\"outcome\":\"recorded\"");
        assertThat(delete(MUTE).body()).contains("\"revision\":5", "\"outcome\":\"duplicate\"");

        assertThat(entry().has("acknowledged")).isFalse();
        assertThat(entry().has("muted")).isFalse();
    }

    @Test
    void theHistoryHasEachAnswerWithWhatItIsAbout() {
        api.postTo(MUTE, UNTIL_FOUR);

        JsonNode latest = ApiDocument.json(api.get("/api/v1/history").body()).at("/data/entries/0");
        assertThat(latest.path("kind").asText()).isEqualTo("mute");
        assertThat(latest.path("until").asText()).isEqualTo("2026-02-16T16:00:00Z");
        assertThat(latest.path("key").asText()).isEqualTo("writer");
        assertThat(latest.path("status").asText()).isEqualTo("Warning");
        assertThat(latest.path("job_id").asText()).isEqualTo("J");
        assertThat(api.get("/api/v1/history", "Accept", "text/csv").body())
                .contains("outcome,duration_sec,batch,url,kind,until,reason,by,route,state\r\n")
                .contains("recorded,,,,mute,2026-02-16T16:00:00Z,ticket | 4711,Anna,,Failed\r\n")
                .contains("recorded,,,,,,,,,Failed\r\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mute        | {}                                        | until is required: when the mute ends
            mute        | {"until":null}                            | until is required: when the mute ends
            mute        | {"until":"2026-02-16T14:30:00Z"}          | until must be in the future
            mute        | {"until":"2026-03-19T14:30:01Z"}          | until must be at most 31 days ahead
            mute        | {"until":"tomorrow"}                      | until must be ISO 8601
            acknowledge | {"until":"2026-02-16T14:00:00Z"}          | until must be in the future
            acknowledge | {"untill":"2026-02-16T18:00:00Z"}         | Unknown field \\"untill\\". Did you mean \\"until\\"?
            acknowledge | {"who":"Anna"}                            | The fields are until, reason, by.
            acknowledge | {"by":1}                                  | by must be a string
            acknowledge | []                                        | the body must be a JSON object""")
    void anInvalidAnswerIsRejected(String kind, String body, String message) {
        HttpResponse<String> reply = api.postTo("/api/v1/domains/Planning/Actual/" + kind, body);

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(reply.body()).contains("\"code\":\"INVALID_REQUEST\"").contains(message);
        assertThat(api.store.board().revision()).isEqualTo(1);
    }

    @Test
    void textsAreLimitedAndControlCharactersBecomeBlanks() {
        assertThat(api.postTo(ACKNOWLEDGE, "{\"reason\":\"" + "ä".repeat(501) + "\"}")
                        .body())
                .contains("reason must be at most 500 characters");
        assertThat(api.postTo(ACKNOWLEDGE, "{\"by\":\"" + "x".repeat(101) + "\"}")
                        .body())
                .contains("by must be at most 100 characters");

        api.postTo(ACKNOWLEDGE, "{\"reason\":\"a\\nb\"}");

        assertThat(entry().at("/acknowledged/reason").asText()).isEqualTo("a b");
        assertThat(entry().at("/acknowledged/by").asText()).isEqualTo("writer");
    }

    @Test
    void onlyAKnownDomainWithAProblemIsAcknowledgedAndOnlyWithAWriteKey() {
        assertThat(api.postTo("/api/v1/domains/Planning/Actuals/mute", UNTIL_FOUR)
                        .body())
                .contains("\"code\":\"NOT_FOUND\"", "Did you mean \\\"Actual\\\"?");
        assertThat(api.postTo("/api/v1/domains/Plannin/Actual/acknowledge", "{}")
                        .statusCode())
                .isEqualTo(404);
        HttpResponse<String> noProblem = api.postTo("/api/v1/domains/Planning/Budget/acknowledge", "{}");
        assertThat(noProblem.statusCode()).isEqualTo(409);
        assertThat(noProblem.body()).contains("\"code\":\"NO_PROBLEM\"", "its status is Blank");
        HttpRequest.Builder read = HttpRequest.newBuilder(api.uri(MUTE))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(UNTIL_FOUR));
        assertThat(api.send(read, READ_KEY).statusCode()).isEqualTo(403);
        assertThat(api.store.board().revision()).isEqualTo(1);
    }

    @Test
    void aRepeatedRequestGetsTheFirstReply() {
        String first = api.postTo(MUTE, UNTIL_FOUR, "Idempotency-Key", "k").body();
        delete(MUTE);

        assertThat(api.postTo(MUTE, UNTIL_FOUR, "Idempotency-Key", "k").body()).isEqualTo(first);
        assertThat(api.postTo(MUTE, UNTIL_FOUR.replace("Anna", "Bob"), "Idempotency-Key", "k")
                        .statusCode())
                .isEqualTo(409);
        assertThat(api.postTo(ACKNOWLEDGE, "{}", "Idempotency-Key", "k").statusCode())
                .isEqualTo(200);
        assertThat(entry().has("muted")).isFalse();
    }

    @Test
    void aRepeatedRequestGetsTheFirstReplyAlsoAfterTheEndOfTheMute() {
        String first = api.postTo(MUTE, UNTIL_FOUR, "Idempotency-Key", "k").body();
        api.clock.advance(Duration.ofHours(3));

        assertThat(api.postTo(MUTE, UNTIL_FOUR, "Idempotency-Key", "k").body()).isEqualTo(first);
        assertThat(api.postTo(MUTE, UNTIL_FOUR, "Idempotency-Key", "other").statusCode())
                .isEqualTo(400);
    }

    @Test
    void anAnswerIsChargedAsAnUpdate() {
        try (TestingApi limited = new TestingApi(1)) {
            assertThat(limited.postTo(MUTE, UNTIL_FOUR).statusCode()).isEqualTo(200);
            assertThat(limited.postTo(MUTE, UNTIL_FOUR).statusCode()).isEqualTo(429);
        }
    }
}
