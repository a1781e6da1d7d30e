package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import org.epmpulse.http.TestingApi;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The board that the API shows. */
class StatusReadRouteTest {

    private static final String BLANK = "{\"status\":\"Blank\",\"job_id\":null,\"message\":null,\"updated\":null,"
            + "\"started\":null,\"duration_sec\":null,\"stale\":false,\"reason\":null,\"source\":\"api\","
            + "\"usual_sec\":null,\"eta\":null,\"overdue\":false,\"url\":null}";

    @AutoClose
    private final TestingApi api = new TestingApi();

    private static String tag(HttpResponse<String> reply) {
        return reply.headers().firstValue("ETag").orElseThrow();
    }

    @Test
    void everyConfiguredDomainIsShownInTheOrderOfTheConfiguration() {
        api.post("{\"app\":\"Planning\",\"domain\":\"Budget\",\"status\":\"Loading\",\"job_id\":\"B1\"}");

        HttpResponse<String> reply = api.get("/api/v1/status");

        assertThat(reply.body())
                .isEqualTo("{\"success\":true,\"data\":{\"last_updated\":\"2026-02-16T14:30:00Z\",\"revision\":1,"
                        + "\"apps\":{\"Planning\":{\"Actual\":" + BLANK
                        + ",\"Budget\":{\"status\":\"Loading\",\"job_id\":\"B1\",\"message\":null,"
                        + "\"updated\":\"2026-02-16T14:30:00Z\",\"started\":\"2026-02-16T14:30:00Z\","
                        + "\"duration_sec\":null,\"stale\":false,\"reason\":null,\"source\":\"api\","
                        + "\"usual_sec\":null,\"eta\":null,\"overdue\":false,\"url\":null},\"Forecast\":" + BLANK
                        + "},\"FCCS\":{\"Consolidation\":" + BLANK + "}},"
                        + "\"catalog\":[{\"app\":\"Planning\",\"display_name\":\"Planning EU\","
                        + "\"domains\":[\"Actual\",\"Budget\",\"Forecast\"]},"
                        + "{\"app\":\"FCCS\",\"display_name\":\"Close\",\"domains\":[\"Consolidation\"]}]}}");
    }

    @Test
    void oneApplicationIsShownWithItsName() {
        assertThat(api.get("/api/v1/status/FCCS").body())
                .isEqualTo("{\"success\":true,\"data\":{\"app\":\"FCCS\",\"display_name\":\"Close\",\"domains\":"
                        + "{\"Consolidation\":" + BLANK + "},\"last_updated\":null}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"planning", "null", "%22Planning%22", "Planning%00", "$%7Bbody%7D", "%7B%7Bx%7D%7D", "batch"})
    void anUnknownApplicationIsNotFound(String app) {
        HttpResponse<String> reply = api.get("/api/v1/status/" + app);

        assertThat(reply.statusCode()).isEqualTo(404);
        assertThat(reply.body()).contains("NOT_FOUND");
    }

    @Test
    void aClientWithTheCurrentBoardGets304() {
        String tag = tag(api.get("/api/v1/status"));

        for (String known : new String[] {tag, "W/" + tag, "\"x\", " + tag, "*"}) {
            HttpResponse<String> reply = api.get("/api/v1/status", "If-None-Match", known);
            assertThat(reply.statusCode()).isEqualTo(304);
            assertThat(reply.body()).isEmpty();
            assertThat(tag(reply)).isEqualTo(tag);
        }
        assertThat(api.get("/api/v1/status", "If-None-Match", "\"x\"").statusCode())
                .isEqualTo(200);
        assertThat(api.get("/api/v1/status/FCCS", "If-None-Match", tag).statusCode())
                .isEqualTo(304);
    }

    @Test
    void theEntityTagChangesWithEveryRevision() {
        String before = tag(api.get("/api/v1/status"));

        api.post("{\"app\":\"FCCS\",\"status\":\"OK\"}");

        assertThat(tag(api.get("/api/v1/status"))).isNotEqualTo(before);
    }

    @Test
    void theEntityTagChangesWhenTimeAloneChangesTheBoard() {
        api.post("{\"app\":\"FCCS\",\"status\":\"Loading\"}");
        String fresh = tag(api.get("/api/v1/status"));

        api.clock.advance(Duration.ofHours(2));
        HttpResponse<String> justNotStale = api.get("/api/v1/status", "If-None-Match", fresh);
        api.clock.advance(Duration.ofNanos(1));
        HttpResponse<String> stale = api.get("/api/v1/status", "If-None-Match", fresh);

        assertThat(justNotStale.statusCode()).isEqualTo(304);
        assertThat(stale.statusCode()).isEqualTo(200);
        assertThat(stale.body()).contains("\"status\":\"Loading\"", "\"stale\":true");
    }

    @Test
    void theEntityTagChangesWhenASecondDomainBecomesStale() {
        api.post("{\"app\":\"FCCS\",\"status\":\"Loading\"}");
        api.clock.advance(Duration.ofMinutes(1));
        api.post("{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"Loading\"}");
        api.clock.advance(Duration.ofHours(2).minusSeconds(30));
        String one = tag(api.get("/api/v1/status"));

        api.clock.advance(Duration.ofMinutes(1));
        String both = tag(api.get("/api/v1/status"));

        assertThat(both).isNotEqualTo(one);
    }

    @Test
    void aRunningJobHasAnEtaOnceFiveRunsAreKnown() {
        runFiveTimes(Duration.ofMinutes(20));
        api.post("{\"app\":\"FCCS\",\"status\":\"Loading\",\"job_id\":\"J\"}");

        HttpResponse<String> reply = api.get("/api/v1/status/FCCS");

        assertThat(reply.body())
                .contains("\"started\":\"2026-02-16T16:10:00Z\"")
                .contains("\"usual_sec\":1200,\"eta\":\"2026-02-16T16:30:00Z\",\"overdue\":false");
    }

    @Test
    void theEntityTagChangesWhenARunBecomesOverdue() {
        runFiveTimes(Duration.ofMinutes(20));
        api.post("{\"app\":\"FCCS\",\"status\":\"Loading\",\"job_id\":\"J\"}");
        String fresh = tag(api.get("/api/v1/status"));

        api.clock.advance(Duration.ofMinutes(20));
        HttpResponse<String> inTime = api.get("/api/v1/status", "If-None-Match", fresh);
        api.clock.advance(Duration.ofNanos(1));
        HttpResponse<String> overdue = api.get("/api/v1/status", "If-None-Match", fresh);

        assertThat(inTime.statusCode()).isEqualTo(304);
        assertThat(overdue.statusCode()).isEqualTo(200);
        assertThat(overdue.body()).contains("\"overdue\":true");
    }

    private void runFiveTimes(Duration duration) {
        for (int i = 0; i < 5; i++) {
            api.post("{\"app\":\"FCCS\",\"status\":\"Loading\",\"job_id\":\"J\"}");
            api.clock.advance(duration);
            api.post("{\"app\":\"FCCS\",\"status\":\"OK\",\"job_id\":\"J\"}");
        }
    }

    @Test
    void theBoardOfAPastTimeIsShown() {
        api.post("{\"app\":\"FCCS\",\"status\":\"Loading\",\"job_id\":\"J\"}");
        String then = api.get("/api/v1/status").body();
        api.clock.advance(Duration.ofHours(3));
        api.post("{\"app\":\"FCCS\",\"status\":\"OK\",\"job_id\":\"J\"}");

        HttpResponse<String> past = api.get("/api/v1/status?at=2026-02-16T14:30:00Z");

        assertThat(past.body()).isEqualTo(then).contains("\"stale\":false");
        assertThat(api.get("/api/v1/status?at=2026-02-16T18:29:59%2B01:00").body())
                .contains("\"status\":\"Loading\"", "\"stale\":true");
        assertThat(api.get("/api/v1/status/FCCS?at=2026-02-16T14:30").body())
                .contains("\"display_name\":\"Close\"", "\"status\":\"Loading\"", "\"job_id\":\"J\"");
        assertThat(api.get("/api/v1/status?at=2026-02-16T14:30:00Z", "If-None-Match", tag(past))
                        .statusCode())
                .isEqualTo(304);
        assertThat(tag(api.get("/api/v1/status"))).isNotEqualTo(tag(past));
    }

    @Test
    void beforeTheFirstUpdateAllDomainsAreBlank() {
        api.post("{\"app\":\"FCCS\",\"status\":\"OK\"}");

        assertThat(api.get("/api/v1/status?at=2026-02-16T14:29:59Z").body())
                .contains("\"revision\":0", "\"Consolidation\":" + BLANK);
    }

    @Test
    void aFutureTimeShowsTheCurrentBoard() {
        api.post("{\"app\":\"FCCS\",\"status\":\"Loading\"}");

        assertThat(api.get("/api/v1/status?at=2099-01-01").body())
                .isEqualTo(api.get("/api/v1/status").body());
    }

    @Test
    void aTimeBeforeTheHistoryIsNotFound() {
        api.store.startHistoryAt(java.time.Instant.parse("2026-02-16T14:00:00Z"));

        for (String path : new String[] {"/api/v1/status", "/api/v1/status/FCCS"}) {
            HttpResponse<String> reply = api.get(path + "?at=2026-02-16T13:59:59Z");

            assertThat(reply.statusCode()).isEqualTo(404);
            assertThat(reply.body()).contains("NOT_FOUND", "\"details\":{\"since\":\"2026-02-16T14:00:00Z\"}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"yesterday", "2026-13-01", "1", "2026-02-30", "${body}"})
    void anInvalidTimeIsRejected(String at) {
        for (String path : new String[] {"/api/v1/status", "/api/v1/status/FCCS"}) {
            HttpResponse<String> reply =
                    api.get(path + "?at=" + java.net.URLEncoder.encode(at, java.nio.charset.StandardCharsets.UTF_8));

            assertThat(reply.statusCode()).isEqualTo(400);
            assertThat(reply.body()).contains("INVALID_REQUEST", "at must be ISO 8601");
        }
    }

    @Test
    void aKeyIsLimitedTo600ReadsAMinute() {
        for (int i = 0; i < 600; i++) {
            assertThat(api.get("/api/v1/jobs").statusCode()).isEqualTo(200);
        }

        HttpResponse<String> reply = api.get("/api/v1/jobs");

        assertThat(reply.statusCode()).isEqualTo(429);
        assertThat(reply.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(api.post("{\"app\":\"FCCS\",\"status\":\"OK\"}").statusCode())
                .isEqualTo(200);
    }
}
