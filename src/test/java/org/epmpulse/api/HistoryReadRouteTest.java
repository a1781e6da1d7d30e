package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import org.epmpulse.http.TestingApi;
import org.epmpulse.store.StoreUnavailableException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The history of accepted updates. */
class HistoryReadRouteTest {

    @AutoClose
    private final TestingApi api = new TestingApi();

    @Test
    void anEntryHasAllItsFields() {
        api.postTo("/api/v1/status/batch", """
                {"updates":[{"app":"FCCS","status":"OK","job_id":"224","message":"m",
                             "timestamp":"2026-02-16T14:00:00+00:00"}]}""");

        assertThat(api.get("/api/v1/history").body())
                .isEqualTo("{\"success\":true,\"data\":{\"entries\":[{\"revision\":1,"
                        + "\"received\":\"2026-02-16T14:30:00Z\",\"app\":\"FCCS\",\"domain\":\"Consolidation\","
                        + "\"status\":\"OK\",\"job_id\":\"224\",\"message\":\"m\","
                        + "\"timestamp\":\"2026-02-16T14:00:00Z\",\"updated\":\"2026-02-16T14:00:00Z\","
                        + "\"epm_job_id\":\"224\",\"source\":\"api\",\"key\":\"writer\",\"outcome\":\"recorded\","
                        + "\"duration_sec\":null,\"batch\":\"batch-0\",\"url\":null,"
                        + "\"kind\":null,\"until\":null,\"reason\":null,\"by\":null,\"route\":null}],\"next\":null}}");
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
    void parametersFilterTheEntries(String query, int entries) {
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

    @Test
    void theRunsOfEachDayAreCountedInTheTimezoneOfTheService() {
        api.post("{\"app\":\"FCCS\",\"status\":\"OK\",\"job_id\":\"A\"}");
        api.clock.advance(Duration.ofHours(14));
        api.post("{\"app\":\"FCCS\",\"status\":\"Warning\",\"job_id\":\"B\"}");
        api.clock.advance(Duration.ofHours(2));
        api.post("{\"app\":\"FCCS\",\"status\":\"Loading\",\"job_id\":\"C\"}");
        api.post("{\"app\":\"FCCS\",\"status\":\"OK\",\"job_id\":\"C\"}");

        assertThat(api.get("/api/v1/history/days?app=FCCS&days=3").body())
                .isEqualTo("{\"success\":true,\"data\":{\"timezone\":\"America/New_York\","
                        + "\"days\":[\"2026-02-15\",\"2026-02-16\",\"2026-02-17\"],"
                        + "\"apps\":{\"FCCS\":{\"Consolidation\":{\"ok\":[0,1,1],\"warning\":[0,1,0]}}}}}");
        assertThat(api.get("/api/v1/history/days?domain=Budget").body())
                .contains("\"apps\":{\"Planning\":{\"Budget\":{\"ok\":[0,0,")
                .doesNotContain("Actual");
        assertThat(api.get("/api/v1/history/days?app=Nobody").body()).contains("\"apps\":{}");
        assertThat(api.get("/api/v1/history/days?days=32").statusCode()).isEqualTo(400);
    }

    @Test
    void csvContainsNoFormulas() {
        api.postTo("/api/v1/status/batch", """
                {"updates":[
                  {"app":"FCCS","status":"OK","job_id":"=cmd()","message":"a, \\"b\\"","timestamp":"2026-02-16T14:00:00Z"},
                  {"app":"FCCS","status":"Warning","job_id":"@x","message":"+1 -1"},
                  {"app":"FCCS","status":"Loading","job_id":"-1","message":"Ä=1"}]}""");

        HttpResponse<String> reply = api.get("/api/v1/history", "Accept", "text/csv");

        assertThat(reply.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8; header=present");
        assertThat(reply.headers().firstValue("Vary")).hasValue("Accept");
        assertThat(reply.headers().firstValue("Link")).isEmpty();
        assertThat(reply.body())
                .isEqualTo("revision,received,app,domain,status,job_id,message,timestamp,updated,epm_job_id,source,"
                        + "key,outcome,duration_sec,batch,url,kind,until,reason,by,route,state\r\n"
                        + "3,2026-02-16T14:30:00Z,FCCS,Consolidation,Loading,'-1,Ä=1,,2026-02-16T14:30:00Z,,api,"
                        + "writer,recorded,,batch-0,,,,,,,Running\r\n"
                        + "2,2026-02-16T14:30:00Z,FCCS,Consolidation,Warning,'@x,'+1 -1,,2026-02-16T14:30:00Z,,api,"
                        + "writer,recorded,,batch-0,,,,,,,Failed\r\n"
                        + "1,2026-02-16T14:30:00Z,FCCS,Consolidation,OK,'=cmd(),\"a, \"\"b\"\"\","
                        + "2026-02-16T14:00:00Z,2026-02-16T14:00:00Z,,api,writer,recorded,,batch-0,,,,,,,OK\r\n");
    }

    @Test
    void aPageOfCsvLinksToTheNext() {
        for (int i = 0; i < 3; i++) {
            api.post(
                    "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\",\"job_id\":\"a b&c\",\"message\":\"%d\"}"
                            .formatted(i));
        }

        HttpResponse<String> first = api.get("/api/v1/history?job_id=a%20b%26c&limit=2", "Accept", "text/csv");
        String link = first.headers().firstValue("Link").orElseThrow();
        HttpResponse<String> second =
                api.get("/api/v1/history" + link.substring(1, link.indexOf('>')), "Accept", "text/csv");

        assertThat(link).isEqualTo("<?job_id=a+b%26c&limit=2&cursor=2>; rel=\"next\"");
        assertThat(first.body().lines()).hasSize(3);
        assertThat(second.body().lines()).hasSize(2);
        assertThat(second.headers().firstValue("Link")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            text/csv                              | csv
            TEXT/CSV; charset=utf-8               | csv
            text/csv, application/json;q=0.9      | csv
            text/*, application/json;q=0.5        | csv
            */*;q=0.1, text/csv                   | csv
            application/json;q=0, */*             | csv
            text/csv;q=0.5, application/json      | json
            text/csv;q=0.5, */*                   | json
            text/csv;q=0                          | json
            */*                                   | json
            text/csv, */*;q=0.9                   | csv
            text/html                             | json
            text/csv;q=nonsense, application/json | json
            ;;,,=                                 | json""")
    void csvIsSentIfTheClientPrefersIt(String accept, String type) {
        HttpResponse<String> reply = api.get("/api/v1/history", "Accept", accept);

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue("Content-Type").orElseThrow()).contains(type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"limit=0", "limit=1001", "status=ok", "since=today", "until=1", "cursor=x", "since=2026-13-01"})
    void anInvalidParameterIsRejected(String query) {
        HttpResponse<String> reply = api.get("/api/v1/history?" + query);

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(reply.body()).contains("INVALID_REQUEST", query.substring(0, query.indexOf('=')));
    }

    @Test
    void anUnreadableJournalIsAStateError() {
        api.store.failWith(new StoreUnavailableException("x", null));

        HttpResponse<String> reply = api.get("/api/v1/history");

        assertThat(reply.statusCode()).isEqualTo(503);
        assertThat(reply.body()).contains("STATE_ERROR").doesNotContain("cannot write");
    }
}
