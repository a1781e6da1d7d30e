package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.epmpulse.http.RawConnection;
import org.epmpulse.http.TestingApi;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The jobs that the API shows. */
class JobsReadRouteTest {

    @AutoClose
    private final TestingApi api = new TestingApi();

    private void post(String app, String status, String job) {
        api.post("{\"app\":\"" + app + "\",\"domain\":" + (app.equals("FCCS") ? "null" : "\"Actual\"")
                + ",\"status\":\"" + status + "\",\"job_id\":\"" + job + "\"}");
    }

    @Test
    void aJobIsShownWithAllItsParts() {
        post("Planning", "Loading", "J");
        api.clock.advance(Duration.ofSeconds(90));
        post("FCCS", "Loading", "J");
        post("Planning", "OK", "J");
        post("FCCS", "Warning", "J");

        assertThat(api.get("/api/v1/jobs/J").body())
                .isEqualTo("{\"success\":true,\"data\":{\"job_id\":\"J\",\"status\":\"Warning\","
                        + "\"started\":\"2026-02-16T14:30:00Z\",\"completed\":\"2026-02-16T14:31:30Z\","
                        + "\"duration_sec\":90,\"apps\":[{\"app\":\"FCCS\",\"domain\":\"Consolidation\","
                        + "\"status\":\"Warning\",\"updated\":\"2026-02-16T14:31:30Z\"},{\"app\":\"Planning\","
                        + "\"domain\":\"Actual\",\"status\":\"OK\",\"updated\":\"2026-02-16T14:31:30Z\"}]}}");
    }

    @Test
    void aDomainThatIsNotConfiguredAnyMoreIsNotRunning() {
        DomainId old = new DomainId("FCCS", "Old");
        api.store.record(List.of(ValidatedUpdate.of(old, Status.OK, "J1", null, "k")), false, null);
        api.store.record(List.of(ValidatedUpdate.of(old, Status.LOADING, "J2", null, "k")), false, null);
        post("FCCS", "Loading", "J3");

        assertThat(api.get("/api/v1/runs").body()).contains("\"J1\"", "\"J3\"").doesNotContain("\"J2\"");
    }

    @Test
    void anUnknownJobIsNotFound() {
        assertThat(api.get("/api/v1/jobs/none").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\\\"quoted\\\"", "${body}", "{{x}}", "a/b", "100%", "a b", "\u00e4", "*"})
    void aJobIsFoundByAnyEncodedName(String name) {
        post("FCCS", "OK", name);
        String plain = name.replace("\\", "");
        String encoded = java.net.URLEncoder.encode(plain, java.nio.charset.StandardCharsets.UTF_8)
                .replace("+", "%20");

        assertThat(api.get("/api/v1/jobs/" + encoded).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "., %2E",
        "., %2e",
        "., .",
        ".., %2E%2E",
        ".., .%2e",
        ".., ..",
        "..., %2E%2E%2E",
        "..x, %2E%2Ex",
        ".hidden, .hidden"
    })
    void aJobWhoseIdIsMadeOfDotsIsFound(String id, String segment) throws Exception {
        post("FCCS", "OK", id);

        String request = " /api/v1/jobs/" + segment + "?x=1 HTTP/1.1\r\nHost: x\r\nX-API-Key: " + TestingApi.WRITE_KEY
                + "\r\nConnection: close\r\n\r\n";
        try (RawConnection connection = new RawConnection(api)) {
            assertThat(connection.send("GET" + request).readReply().body()).contains("\"job_id\":\"" + id + "\"");
        }
        try (RawConnection connection = new RawConnection(api)) {
            assertThat(connection.send("HEAD" + request).readReply().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/jobs/../health", "/api/v1/jobs/%2E%2E/health", "/api/v1/status/./../health"})
    void dotsThatAreNoParameterStillMeanTheFolderAbove(String path) throws Exception {
        try (RawConnection connection = new RawConnection(api)) {
            assertThat(connection
                            .send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
                            .readReply()
                            .body())
                    .contains("\"checks\"");
        }
    }

    @Test
    void aDotThatIsNoJobIsNotFound() throws Exception {
        try (RawConnection connection = new RawConnection(api)) {
            assertThat(connection
                            .send("GET /api/v1/jobs/%2E%2E HTTP/1.1\r\nHost: x\r\n\r\n")
                            .readReply()
                            .status())
                    .isEqualTo(401);
            assertThat(connection
                            .send("GET /api/v1/status/%2E%2E HTTP/1.1\r\nHost: x\r\nX-API-Key: " + TestingApi.WRITE_KEY
                                    + "\r\n\r\n")
                            .readReply()
                            .body())
                    .contains("Unknown app.");
        }
    }

    @Test
    void jobsAreListedNewestFirstAPageAtATime() {
        post("FCCS", "OK", "1");
        post("FCCS", "OK", "2");
        post("FCCS", "OK", "3");

        String first = api.get("/api/v1/jobs?limit=2").body();
        String next = first.replaceAll(".*\"next\":\"([0-9]+)\".*", "$1");
        String second = api.get("/api/v1/jobs?limit=2&before=" + next).body();

        assertThat(first)
                .containsSubsequence("\"job_id\":\"3\"", "\"job_id\":\"2\"")
                .doesNotContain("\"job_id\":\"1\"");
        assertThat(second).contains("\"job_id\":\"1\"", "\"next\":null").doesNotContain("\"job_id\":\"2\"");
    }

    @Test
    void theDocumentedMaximumIsAccepted() {
        String rejected = api.get("/api/v1/jobs?before=x").body();
        String bound = rejected.replaceAll(".*to ([0-9]+)\".*", "$1");

        assertThat(api.get("/api/v1/jobs?before=" + bound).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=1001", "limit=x", "limit=-1", "limit=99999999999999999999", "before=x"})
    void anInvalidPageIsRejected(String query) {
        assertThat(api.get("/api/v1/jobs?" + query).statusCode()).isEqualTo(400);
    }
}
