package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.epmpulse.http.TestingApi;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The window, its domains and their runs over HTTP. A window starts at 18:00 UTC; FCCS waits for Planning's Actual. */
class WindowReadRouteTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @AutoClose
    private final TestingApi api = new TestingApi();

    private JsonNode data(String path) {
        HttpResponse<String> reply = api.get(path);
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        try {
            return JSON.readTree(reply.body()).path("data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode domain(String at, String app, String domain) {
        for (JsonNode each : data("/api/v1/window" + at).path("domains")) {
            if (each.path("app").asText().equals(app)
                    && each.path("domain").asText().equals(domain)) {
                return each;
            }
        }
        throw new IllegalStateException("no such domain");
    }

    private JsonNode close() {
        return domain("", "FCCS", "Consolidation");
    }

    private void advanceTo(String time) {
        api.clock.advance(Duration.between(api.clock.instant(), Instant.parse(time)));
    }

    private void actual(String status, String more) {
        api.post("{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"" + status + "\"" + more + "}");
    }

    private void close(String status) {
        api.post("{\"app\":\"FCCS\",\"status\":\"" + status + "\",\"job_id\":\"C\"}");
    }

    /** Six nights: Actual from 19:00 to 20:00, Consolidation from 20:00 to 20:48. Then it is 18:30 on the 22nd. */
    private void recordNights() {
        for (int day = 16; day < 22; day++) {
            advanceTo("2026-02-" + day + "T19:00:00Z");
            actual("Loading", ",\"job_id\":\"A\"");
            advanceTo("2026-02-" + day + "T20:00:00Z");
            actual("OK", ",\"job_id\":\"A\"");
            close("Loading");
            advanceTo("2026-02-" + day + "T20:48:00Z");
            close("OK");
        }
        advanceTo("2026-02-22T18:30:00Z");
    }

    @Test
    void anOkOfTheLastWindowIsNotDoneInThisOne() {
        actual("OK", "");
        JsonNode before = domain("", "Planning", "Actual");
        advanceTo("2026-02-16T18:00:00Z");

        JsonNode after = domain("", "Planning", "Actual");

        assertThat(before.path("state").asText()).isEqualTo("done");
        assertThat(after.path("state").asText()).isEqualTo("not_started");
        assertThat(after.path("status").asText()).isEqualTo("OK");
        assertThat(after.path("last_ok").asText()).isEqualTo("2026-02-16T14:30:00Z");
    }

    /** Like the times of the entries, which have been received in whole milliseconds. */
    @Test
    void timesHaveMilliseconds() {
        advanceTo("2026-02-16T18:30:00.123456789Z");

        assertThat(data("/api/v1/window").path("as_of").asText()).isEqualTo("2026-02-16T18:30:00.123Z");
        assertThat(data("/api/v1/window?at=2999-01-01").path("as_of").asText()).isEqualTo("2026-02-16T18:30:00.123Z");
    }

    @Test
    void theExpectedEndIsThatOfTheWholeChain() {
        recordNights();

        JsonNode window = data("/api/v1/window");

        assertThat(window.path("starts").asText()).isEqualTo("2026-02-22T18:00:00Z");
        assertThat(window.path("ends").asText()).isEqualTo("2026-02-23T18:00:00Z");
        assertThat(window.path("as_of").asText()).isEqualTo("2026-02-22T18:30:00Z");
        assertThat(window.path("expected_end").asText()).isEqualTo("2026-02-22T20:48:00Z");
        assertThat(window.path("usual_end").asText()).isEqualTo("2026-02-22T20:48:00Z");
        assertThat(window.path("counts").toString())
                .isEqualTo(
                        "{\"done\":0,\"running\":0,\"failed\":0,\"stale\":0,\"not_started\":4,\"late\":0,\"at_risk\":0}");
        assertThat(close().path("waiting_for").toString()).isEqualTo("[\"Planning/Actual\"]");
        assertThat(close().path("deadline_state").asText()).isEqualTo("on_track");
        assertThat(close().path("owner").asText()).isEqualTo("Close team");
        assertThat(close().path("runbook").asText()).isEqualTo("https://wiki.example.com/close");
    }

    @Test
    void onlyTheDomainsThatChangedAfterAVersionAreSent() {
        JsonNode all = data("/api/v1/window");
        String version = all.path("version").asText();
        actual("Loading", "");

        JsonNode changes = data("/api/v1/window?after=" + version);
        JsonNode none = data("/api/v1/window?after=" + changes.path("version").asText());
        api.clock.advance(Duration.ofMinutes(1));
        close("Warning");
        JsonNode both = data("/api/v1/window?after=" + version);

        assertThat(all.path("complete").asBoolean()).isTrue();
        assertThat(all.path("domains")).hasSize(4);
        assertThat(changes.path("complete").asBoolean()).isFalse();
        assertThat(changes.path("domains").findValuesAsText("domain")).contains("Actual");
        assertThat(changes.at("/counts/running").asInt()).isEqualTo(1);
        assertThat(none.path("domains")).isEmpty();
        assertThat(both.path("domains").findValuesAsText("domain")).contains("Actual", "Consolidation");
        assertThat(merged(all, both)).isEqualTo(merged(data("/api/v1/window"), both));
    }

    /** The domains of a window, with those that have changed. */
    private static Map<String, JsonNode> merged(JsonNode window, JsonNode changes) {
        Map<String, JsonNode> domains = new LinkedHashMap<>();
        for (JsonNode each : List.of(window, changes)) {
            each.path("domains")
                    .forEach(domain -> domains.put(domain.path("app") + "/" + domain.path("domain"), domain));
        }
        return domains;
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000-0", "-1", "nothing", "VERSION-0", "VERSION99", "VERSION99999999999"})
    void anUnknownVersionGetsAllDomains(String name) {
        String version = data("/api/v1/window").path("version").asText();

        JsonNode window = data("/api/v1/window?after=" + name.replace("VERSION", version));

        assertThat(window.path("complete").asBoolean()).isTrue();
        assertThat(window.path("domains")).hasSize(4);
    }

    @Test
    void aDomainIsAtRiskBeforeItsDeadlineAndLateAfterIt() {
        recordNights();
        advanceTo("2026-02-22T20:00:00Z");
        actual("Loading", ",\"job_id\":\"A\"");

        JsonNode atRisk = close();
        advanceTo("2026-02-22T21:30:00Z");
        JsonNode atDeadline = close();
        advanceTo("2026-02-22T21:40:00Z");
        JsonNode late = close();

        assertThat(atRisk.path("expected_end").asText()).isEqualTo("2026-02-22T21:48:00Z");
        assertThat(atRisk.path("deadline_state").asText()).isEqualTo("at_risk");
        assertThat(atRisk.path("reason").asText())
                .isEqualTo("waiting for Planning/Actual (running); expected 18 min after its deadline");
        assertThat(atDeadline.path("deadline_state").asText()).isEqualTo("at_risk");
        assertThat(late.path("deadline_state").asText()).isEqualTo("late");
        assertThat(late.path("reason").asText()).contains("deadline passed 10 min ago");
        assertThat(data("/api/v1/window").at("/counts/late").asInt()).isEqualTo(1);
    }

    @Test
    void aDomainThatWasDoneInTimeIsNotLateWhenItRunsAgain() {
        recordNights();
        advanceTo("2026-02-22T20:40:00Z");
        close("OK");
        advanceTo("2026-02-22T22:00:00Z");
        close("Loading");

        assertThat(close().path("state").asText()).isEqualTo("running");
        assertThat(close().path("deadline_state").asText()).isEqualTo("met");
    }

    @Test
    void dependantsWaitForAFailedDomainAndNameIt() {
        recordNights();
        advanceTo("2026-02-22T19:50:00Z");
        actual("Warning", ",\"message\":\"row 4711: no member CC_9100\"");

        JsonNode failed = domain("", "Planning", "Actual");
        JsonNode waiting = close();

        assertThat(failed.path("state").asText()).isEqualTo("failed");
        assertThat(failed.path("reason").asText()).isEqualTo("row 4711: no member CC_9100");
        assertThat(waiting.path("cause").asText()).isEqualTo("Planning/Actual");
        assertThat(waiting.path("reason").asText()).startsWith("waiting for Planning/Actual (failed)");
    }

    @Test
    void aRunOfLessThanHalfOfTheTypicalDurationIsMarked() {
        recordNights();
        actual("Loading", ",\"job_id\":\"A\"");
        advanceTo("2026-02-22T18:36:00Z");
        actual("OK", ",\"job_id\":\"A\"");

        JsonNode tooShort = domain("", "Planning", "Actual");

        assertThat(tooShort.path("too_short").asBoolean()).isTrue();
        assertThat(tooShort.path("reason").asText()).isEqualTo("finished in 6 min, typically 1 h");
    }

    @Test
    void aPastWindowIsAsItWasThen() {
        recordNights();
        JsonNode now = data("/api/v1/window");
        advanceTo("2026-02-22T23:00:00Z");
        actual("Warning", "");

        JsonNode past = data("/api/v1/window?at=2026-02-22T18:30:00Z");
        ((ObjectNode) now).putNull("version");

        assertThat(past).isEqualTo(now);
        assertThat(data("/api/v1/window?at=2999-01-01").path("as_of").asText()).isEqualTo("2026-02-22T23:00:00Z");
        assertThat(domain("?at=2026-02-20T20:10:00Z", "FCCS", "Consolidation")
                        .path("state")
                        .asText())
                .isEqualTo("running");
    }

    @Test
    void aDomainHasItsRuleItsRunsAndItsNeighbours() {
        recordNights();

        JsonNode close = data("/api/v1/domains/FCCS/Consolidation");
        JsonNode actual = data("/api/v1/domains/Planning/Actual");

        assertThat(close.path("display_name").asText()).isEqualTo("Close");
        assertThat(close.at("/rule/by").asText()).isEqualTo("21:30");
        assertThat(close.at("/rule/next_deadline").asText()).isEqualTo("2026-02-22T21:30:00Z");
        assertThat(close.at("/upstream/0/domain").asText()).isEqualTo("Actual");
        assertThat(close.at("/trend/usual_sec").asInt()).isEqualTo(2880);
        assertThat(close.at("/trend/durations_sec")).hasSize(6);
        assertThat(close.at("/trend/ends/5").asText()).isEqualTo("2026-02-21T20:48:00Z");
        assertThat(close.path("runs")).hasSize(6);
        assertThat(close.at("/runs/0/completed").asText()).isEqualTo("2026-02-21T20:48:00Z");
        assertThat(actual.at("/downstream/0/app").asText()).isEqualTo("FCCS");
        assertThat(data("/api/v1/domains/FCCS/Consolidation?at=2026-02-18T12:00:00Z")
                        .path("runs"))
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/domains/FCCS/Actual", "/api/v1/domains/FCC/Consolidation"})
    void anUnknownDomainIsNotFound(String path) {
        HttpResponse<String> reply = api.get(path);

        assertThat(reply.statusCode()).isEqualTo(404);
        assertThat(reply.body()).contains("NOT_FOUND");
    }

    @Test
    void runsHaveTheAddressOfTheirLogAlsoIfOnlyTheFirstUpdateHadIt() {
        actual("Loading", ",\"job_id\":\"A\",\"url\":\"https://logs.example.com/1\"");
        api.clock.advance(Duration.ofMinutes(5));
        actual("Loading", ",\"job_id\":\"A\",\"message\":\"half\"");
        api.clock.advance(Duration.ofMinutes(5));
        JsonNode running = data("/api/v1/runs");
        actual("OK", ",\"job_id\":\"A\",\"message\":\"=1\"");
        close("OK");

        JsonNode runs = data("/api/v1/runs");

        assertThat(running.path("runs").toString())
                .isEqualTo("[{\"app\":\"Planning\",\"domain\":\"Actual\",\"job_id\":\"A\",\"status\":\"Loading\","
                        + "\"started\":\"2026-02-16T14:30:00Z\",\"completed\":null,\"duration_sec\":null,"
                        + "\"message\":\"half\",\"url\":\"https://logs.example.com/1\"}]");
        assertThat(runs.at("/runs/0/started").isNull()).isTrue();
        assertThat(runs.at("/runs/1/duration_sec").asInt()).isEqualTo(600);
        assertThat(runs.at("/runs/1/url").asText()).isEqualTo("https://logs.example.com/1");
        assertThat(data("/api/v1/runs?app=FCCS").path("runs")).hasSize(1);
        assertThat(data("/api/v1/runs?domain=Nothing").path("runs")).isEmpty();
        assertThat(data("/api/v1/runs?until=2026-02-16T14:39:00Z")
                        .at("/runs/0/status")
                        .asText())
                .isEqualTo("Loading");
        assertThat(data("/api/v1/runs?since=2026-02-16T14:40:00Z").path("runs")).hasSize(2);
        assertThat(domain("", "Planning", "Actual").path("url").asText()).isEqualTo("https://logs.example.com/1");
        assertThat(data("/api/v1/status").at("/apps/Planning/Actual/url").asText())
                .isEqualTo("https://logs.example.com/1");
        assertThat(data("/api/v1/history?app=Planning").at("/entries/0/url").asText())
                .isEqualTo("https://logs.example.com/1");
    }

    @Test
    void runsAreReadInPagesWhileNewOnesCome() {
        for (int i = 0; i < 25; i++) {
            api.clock.advance(Duration.ofMinutes(20));
            actual("Loading", ",\"job_id\":\"J%d\"".formatted(i));
            api.clock.advance(Duration.ofMinutes(1));
            actual("OK", ",\"job_id\":\"J%d\"".formatted(i));
            actual("OK", ",\"job_id\":\"J%d\",\"message\":\"again\"".formatted(i));
        }
        List<String> jobs = new ArrayList<>();
        String cursor = "";
        while (!cursor.equals("null")) {
            JsonNode page = data("/api/v1/runs?limit=4" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            page.path("runs").forEach(run -> jobs.add(run.path("job_id").asText()));
            cursor = page.path("next").asText();
            api.clock.advance(Duration.ofMinutes(20));
            actual("OK", ",\"job_id\":\"later\"");
        }

        assertThat(jobs)
                .hasSize(25)
                .startsWith("J24", "J23")
                .endsWith("J1", "J0")
                .doesNotHaveDuplicates();
        assertThat(api.get("/api/v1/runs?cursor=nonsense").statusCode()).isEqualTo(400);
    }

    /** The clock of the database may be ahead of that of a node, and a clock may be set back. */
    @Test
    void aRunIsListedAlsoIfItsTimeIsYetToCome() {
        actual("OK", ",\"job_id\":\"AHEAD\"");

        api.clock.advance(Duration.ofMinutes(-20));

        assertThat(api.get("/api/v1/runs").body()).contains("AHEAD");
        assertThat(data("/api/v1/domains/Planning/Actual").path("runs")).hasSize(1);
    }

    @Test
    void runsAsCsvHoldNoFormulasAndLinkToTheNextPage() {
        close("OK");
        actual("Warning", ",\"job_id\":\"=cmd()\"");

        HttpResponse<String> reply = api.get("/api/v1/runs?limit=1", "Accept", "text/csv");

        assertThat(reply.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8; header=present");
        assertThat(reply.headers().firstValue("Link").orElseThrow()).startsWith("<?limit=1&cursor=");
        assertThat(reply.body())
                .isEqualTo("app,domain,job_id,status,started,completed,duration_sec,message,url,state\r\n"
                        + "Planning,Actual,'=cmd(),Warning,,2026-02-16T14:30:00Z,,,,Failed\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://logs.example.com",
                "javascript:alert(1)",
                "https://me@logs.example.com",
                "https:///x",
                "https://logs example.com",
                "logs"
            })
    void anAddressThatIsNotHttpsIsRejected(String url) {
        HttpResponse<String> reply = api.post("{\"app\":\"FCCS\",\"status\":\"OK\",\"url\":\"" + url + "\"}");

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(reply.body()).contains("url must be an https address");
        assertThat(api.store.entries()).isEmpty();
    }

    @Test
    void anAddressHasAtMost500Characters() {
        String url = "https://logs.example.com/" + "x".repeat(475);

        assertThat(api.post("{\"app\":\"FCCS\",\"status\":\"OK\",\"url\":\"" + url + "\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(api.post("{\"app\":\"FCCS\",\"status\":\"OK\",\"url\":\"" + url + "x\"}")
                        .statusCode())
                .isEqualTo(400);
    }
}
