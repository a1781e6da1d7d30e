package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import org.epmpulse.store.StoreUnavailableException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What programs see of everything that was accepted. */
class HistoryReadRouteTest {

    @AutoClose
    private final TestingApi api = new TestingApi();

    @Test
    void anEntryIsShownWithAllThatIsKnown() {
        api.postTo("/api/v1/status/batch", """
                {"updates":[{"app":"FCCS","status":"OK","job_id":"224","message":"m",
                             "timestamp":"2026-02-16T14:00:00+00:00"}]}""");

        assertThat(api.get("/api/v1/history").body())
                .isEqualTo("{\"success\":true,\"data\":{\"entries\":[{\"revision\":1,"
                        + "\"received\":\"2026-02-16T14:30:00Z\",\"app\":\"FCCS\",\"domain\":\"Consolidation\","
                        + "\"status\":\"OK\",\"job_id\":\"224\",\"message\":\"m\","
                        + "\"timestamp\":\"2026-02-16T14:00:00Z\",\"updated\":\"2026-02-16T14:00:00Z\","
                        + "\"epm_job_id\":\"224\",\"source\":\"api\",\"key\":\"writer\",\"outcome\":\"recorded\","
                        + "\"duration_sec\":null,\"batch\":\"batch-0\"}],\"next\":null}}");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 3",
        "app=FCCS, 2",
        "app=Nobody, 0",
        "app=, 3",
        "app=null, 0",
        "domain=Actual, 1",
        "job_id=B, 1",
        "status=OK, 2",
        "since=2026-02-16T14:31:00Z, 2",
        "until=2026-02-16T14:31:00Z, 1",
        "since=2026-02-16T14:31:00Z&until=2026-02-16T14:31:01Z, 1",
        "limit=2, 2",
        "nonsense=x, 3"
    })
    void parametersFilter(String query, int entries) {
        api.post("{\"app\":\"FCCS\",\"status\":\"Loading\",\"job_id\":\"A\"}");
        api.clock.advance(Duration.ofMinutes(1));
        api.post("{\"app\":\"FCCS\",\"status\":\"OK\",\"job_id\":\"A\"}");
        api.clock.advance(Duration.ofMinutes(1));
        api.post("{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\",\"job_id\":\"B\"}");

        HttpResponse<String> reply = api.get("/api/v1/history?" + query);

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body().split("\"received\"", -1)).hasSize(entries + 1);
    }

    @Test
    void theCursorLeadsToTheNextPage() {
        api.post("{\"app\":\"FCCS\",\"status\":\"Loading\"}");
        api.post("{\"app\":\"FCCS\",\"status\":\"OK\"}");

        assertThat(api.get("/api/v1/history?limit=1").body()).contains("\"status\":\"OK\"", "\"next\":\"1\"");
        assertThat(api.get("/api/v1/history?limit=1&cursor=1").body())
                .contains("\"status\":\"Loading\"", "\"next\":null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"limit=0", "limit=1001", "status=ok", "since=today", "until=1", "cursor=x", "since=2026-13-01"})
    void aSenselessParameterIsRefused(String query) {
        HttpResponse<String> reply = api.get("/api/v1/history?" + query);

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(reply.body()).contains("INVALID_REQUEST", query.substring(0, query.indexOf('=')));
    }

    @Test
    void aJournalThatCannotBeReadIsAStateError() {
        api.store.failWith(new StoreUnavailableException("x", null));

        HttpResponse<String> reply = api.get("/api/v1/history");

        assertThat(reply.statusCode()).isEqualTo(503);
        assertThat(reply.body()).contains("STATE_ERROR").doesNotContain("cannot write");
    }
}
