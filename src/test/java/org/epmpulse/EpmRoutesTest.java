package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.JobScript;
import org.epmpulse.sandbox.OAuthClient;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SandboxProduct;
import org.epmpulse.sandbox.ScriptedFault;
import org.epmpulse.sandbox.ScriptedJobState;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that EPMPulse polls, and the board during outages of EPM. */
@Isolated("records the log of all classes")
class EpmRoutesTest {

    private static final String APPS = """
            {"epm": {
               "auth": {"type": "oauth", "token_url": "%1$s", "client_id": "epmpulse", "client_secret": "s3cret&=+ %%ü"},
               "servers": {
                 "planning": {"name": "Planning", "base_url": "%2$s", "application": "Vision & Co (EU)+"},
                 "fccs": {"name": "FCCS", "base_url": "%3$s"},
                 "edm": {"name": "EDM", "base_url": "%2$s"},
                 "narrative_reporting": {"name": "Reports", "base_url": "%2$s"},
                 "migration": {"name": "Migration", "base_url": "%2$s"},
                 "basic": {"name": "Basic", "base_url": "%2$s", "product": "arcs",
                           "auth": {"type": "basic", "username": "robot", "password": "pass"}}}},
             "channels": {"CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"}},
             "apps": {
               "Planning": {"domains": ["Actual", "Budget"], "server": "planning", "channels": ["CMAIN"]},
               "Books": {"domains": ["Close"], "server": "narrative_reporting"},
               "Snapshots": {"domains": ["Nightly"], "server": "migration"},
               "FCCS": {"domains": ["Consolidation"]},
               "EDM": {"domains": ["Request"], "server": "edm"},
               "ARCS": {"domains": ["Reconciliation"], "server": "basic"}}}
            """;
    private static final String APPLICATION = "Vision & Co (EU)+";
    private static final String UUID = "0a1b2c3d-1111-2222-3333-444455556666";

    @TempDir
    Path folder;

    private final EpmSandbox epm = EpmSandbox.start(InstantSource.system());
    private final EpmSandbox otherEpm = EpmSandbox.start(InstantSource.system());
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());
    private TestingEpmPulse epmPulse;

    @BeforeEach
    void start() throws Exception {
        epm.put(OAuthClient.of("epmpulse", "s3cret&=+ %ü"));
        epm.addUser("robot", "pass");
        epmPulse = new TestingEpmPulse(
                folder, APPS.formatted(epm.tokenUrl(), epm.environmentUrl(), otherEpm.environmentUrl()));
        epmPulse.settings.put("EPMPULSE_POLL_INTERVAL", "100ms");
        epmPulse.settings.put("EPMPULSE_CANVAS_MIN_INTERVAL", "50ms");
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.addCanvas("FMAIN", "Main");
        epmPulse.settings.put("SLACK_BOT_TOKEN", slack.botToken());
        epmPulse.settings.put("SLACK_API_URL", slack.apiUrl().toString());
        epmPulse.start();
    }

    @AfterEach
    void stop() {
        epmPulse.close();
        epm.close();
        otherEpm.close();
        slack.close();
    }

    private long loading(String app, String domain, String jobId, String epmJobId) {
        var reply = epmPulse.post("/api/v1/status", """
                {"app": "%s", "domain": "%s", "status": "Loading", "job_id": "%s", "epm_job_id": "%s"}
                """.formatted(app, domain, jobId, epmJobId));
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return TestingEpmPulse.json(reply).at("/data/revision").asLong();
    }

    private JsonNode domain(String app, String domain) {
        return epmPulse.data("/api/v1/status").path("apps").path(app).path(domain);
    }

    private String health() {
        return TestingEpmPulse.json(epmPulse.get("/health"))
                .at("/checks/epm_api")
                .asText();
    }

    private void awaitStatus(String app, String domain, String status) {
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() ->
                        assertThat(domain(app, domain).path("status").asText()).isEqualTo(status));
    }

    @Test
    void aJobIsOkAfterTheResponseThatItSucceeded() {
        epm.addJob(
                SandboxProduct.PLANNING,
                APPLICATION,
                "224",
                JobScript.sequence(
                        ScriptedJobState.running(),
                        ScriptedJobState.running(),
                        ScriptedJobState.running(),
                        ScriptedJobState.succeeded().withDetails("Metadata import\nwas successful")));
        loading("Planning", "Actual", "LOAD_ACTUAL", "224");

        awaitStatus("Planning", "Actual", "OK");

        JsonNode domain = domain("Planning", "Actual");
        assertThat(domain.path("source").asText()).isEqualTo("epm");
        assertThat(domain.path("job_id").asText()).isEqualTo("LOAD_ACTUAL");
        assertThat(domain.path("message").asText()).isEqualTo("Metadata import; was successful");
        assertThat(domain.path("duration_sec").isIntegralNumber()).isTrue();
        assertThat(domain.path("reason").isNull()).isTrue();
        assertThat(epm.polls(SandboxProduct.PLANNING, APPLICATION, "224")).isEqualTo(4);
        assertThat(epm.tokenRequests()).hasSize(1);
        assertThat(health()).isEqualTo("ok");
    }

    @Test
    void aFailedJobIsAWarningWithEpmsMessage() {
        epm.addJob(
                SandboxProduct.EDM,
                UUID,
                JobScript.sequence(ScriptedJobState.running(), ScriptedJobState.failed("node is locked")));
        loading("EDM", "Request", "IMPORT", UUID);

        awaitStatus("EDM", "Request", "Warning");

        assertThat(domain("EDM", "Request").path("message").asText()).contains("node is locked");
    }

    @Test
    void aCompletedJobOfEdmIsOkOnceItsResultIsKnown() {
        epm.addJob(
                SandboxProduct.EDM, UUID, JobScript.sequence(ScriptedJobState.running(), ScriptedJobState.succeeded()));
        loading("EDM", "Request", "IMPORT", UUID);

        awaitStatus("EDM", "Request", "OK");

        assertThat(epm.calls()).as("two for the state, one for the result").hasSize(3);
        assertThat(epm.polls(SandboxProduct.EDM, UUID)).isEqualTo(2);
    }

    @Test
    void aFailedExportOfEdmIsAWarningWithTheReasonOfItsTask() {
        epm.addJob(
                SandboxProduct.EDM,
                UUID,
                JobScript.sequence(
                        ScriptedJobState.running(),
                        ScriptedJobState.of(ScriptedJobState.State.SUCCEEDED_WITH_WARNINGS)
                                .withDetails("Connection Production cannot be reached")));
        loading("EDM", "Request", "EXPORT", UUID);

        awaitStatus("EDM", "Request", "Warning");

        assertThat(domain("EDM", "Request").path("message").asText())
                .isEqualTo("Export: Connection Production cannot be reached");
    }

    @Test
    void jobsOfNarrativeReportingAndMigrationArePolled() {
        epm.addJob(
                SandboxProduct.NARRATIVE_REPORTING,
                UUID,
                JobScript.sequence(ScriptedJobState.running(), ScriptedJobState.succeeded()));
        epm.addJob(
                SandboxProduct.MIGRATION,
                "28",
                JobScript.sequence(ScriptedJobState.running(), ScriptedJobState.failed("3 artifacts failed")));
        loading("Books", "Close", "BURST", UUID);
        loading("Snapshots", "Nightly", "SNAPSHOT", "28");

        awaitStatus("Books", "Close", "OK");
        awaitStatus("Snapshots", "Nightly", "Warning");
        assertThat(domain("Snapshots", "Nightly").path("message").asText()).isEqualTo("3 artifacts failed");
    }

    static Stream<Arguments> responsesAboutOneJob() {
        String json = "application/json";
        return Stream.of(
                Arguments.of(Fault.response(400, json, "{\"message\": \"bad job\"}"), "HTTP 400: bad job"),
                Arguments.of(Fault.response(422, json, "{\"detail\": \"bad job\"}"), "HTTP 422: bad job"),
                Arguments.of(Fault.response(404, json, "{\"details\": \"bad job\"}"), "does not know the job: bad job"),
                Arguments.of(Fault.response(200, json, "{\"status\": null}"), "HTTP 200 with JSON without a status"),
                Arguments.of(Fault.response(200, json, "{\"stat"), "HTTP 200 with JSON that is not a valid object"),
                Arguments.of(Fault.response(500, json, "{\"message\": \"bad job\"}"), "HTTP 500: bad job"),
                Arguments.of(
                        Fault.response(500, json, "{\"message\": \"Rule Daily Maintenance failed\"}"),
                        "HTTP 500: Rule Daily Maintenance failed"),
                Arguments.of(Fault.response(504, "text/html", "<a>Scheduled maintenance</a>"), "HTTP 504"),
                Arguments.of(Fault.response(200, "text/html", "<a>Scheduled maintenance</a>"), "HTTP 200 with text"),
                Arguments.of(Fault.status(403), "HTTP 403: reading jobs needs the role Service Administrator"),
                Arguments.of(Fault.cutOff(), "connection lost"));
    }

    @ParameterizedTest
    @MethodSource("responsesAboutOneJob")
    void aJobThatCannotBeAnsweredDarkensNoReachableEnvironment(Fault fault, String reason) {
        epm.addJob(SandboxProduct.PLANNING, APPLICATION, "224", JobScript.sequence(ScriptedJobState.running()));
        epm.addJob(SandboxProduct.PLANNING, APPLICATION, "225", JobScript.sequence(ScriptedJobState.running()));
        loading("Planning", "Actual", "GOOD", "224");
        // The second poll begins when the first one has its answer.
        await().until(() -> epm.polls(SandboxProduct.PLANNING, APPLICATION, "224") > 1);
        ScriptedFault broken =
                epm.fail(CallMatcher.product(SandboxProduct.PLANNING).withSubject("225"), fault);
        List<String> lines;
        try (RecordedLog log = new RecordedLog(Level.INFO)) {
            loading("Planning", "Budget", "BAD", "225");
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(
                            domain("Planning", "Budget").path("reason").asText())
                    .contains(reason));
            int hits = broken.hits();
            int polls = epm.polls(SandboxProduct.PLANNING, APPLICATION, "224");
            await().until(() -> epm.polls(SandboxProduct.PLANNING, APPLICATION, "224") > polls + 12);

            assertThat(broken.hits() - hits).as("it is polled less often").isLessThan(10);
            lines = log.lines();
        }

        assertThat(lines)
                .filteredOn(line -> line.contains("EPM"))
                .singleElement()
                .asString()
                .contains("Planning EPM: job 225 cannot be polled: ");
        assertThat(domain("Planning", "Actual").path("reason").isNull()).isTrue();
        assertThat(domain("Planning", "Budget").path("status").asText()).isEqualTo("Loading");
        assertThat(health()).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(strings = {"charset=foo", "charset=*", "charset=", "charset=\"utf-8"})
    void aCharsetThatDoesNotExistIsIgnored(String charset) {
        epm.addJob(SandboxProduct.PLANNING, APPLICATION, "224", JobScript.sequence(ScriptedJobState.running()));
        epm.fail(
                CallMatcher.product(SandboxProduct.PLANNING),
                Fault.response(
                        200,
                        "application/json; " + charset,
                        "\ufeff{\"status\": 0, \"details\": \"für 3 Mandanten\"}"));
        loading("Planning", "Actual", "LOAD", "224");

        awaitStatus("Planning", "Actual", "OK");

        assertThat(domain("Planning", "Actual").path("message").asText()).isEqualTo("für 3 Mandanten");
    }

    @Test
    void theReasonOfAFailedChildJobIsPartOfTheMessage() {
        epm.addJob(
                SandboxProduct.PLANNING,
                APPLICATION,
                "224",
                JobScript.sequence(ScriptedJobState.failed("One or more child jobs have failed")
                        .withChildError("Entity", "Invalid parent\nmember \u202eX")));
        loading("Planning", "Actual", "LOAD", "224");

        awaitStatus("Planning", "Actual", "Warning");

        assertThat(domain("Planning", "Actual").path("message").asText())
                .isEqualTo("One or more child jobs have failed: Entity: Invalid parent; member X");
        assertThat(epm.reportRequests())
                .filteredOn(request -> request.outcome().equals("ok"))
                .as("details and one child job")
                .hasSize(2);
    }

    static Stream<Arguments> failedReports() {
        return Stream.of(
                Arguments.of(Fault.hang()),
                Arguments.of(Fault.reset()),
                Arguments.of(Fault.status(500)),
                Arguments.of(Fault.status(401)),
                Arguments.of(Fault.response(200, "application/json", "[")),
                Arguments.of(Fault.response(200, "application/json", "{\"items\": {\"links\": 7}}")));
    }

    @ParameterizedTest
    @MethodSource("failedReports")
    void aJobEndsWithoutAReasonIfItCannotBeRead(Fault fault) {
        epm.fail(CallMatcher.report(), fault);
        epm.addJob(
                SandboxProduct.PLANNING,
                APPLICATION,
                "224",
                JobScript.sequence(ScriptedJobState.failed("One or more child jobs have failed")
                        .withChildError("Entity", "Invalid parent member")));
        loading("Planning", "Actual", "LOAD", "224");

        awaitStatus("Planning", "Actual", "Warning");

        assertThat(domain("Planning", "Actual").path("message").asText())
                .isEqualTo("One or more child jobs have failed");
        assertThat(health()).isEqualTo("ok");
    }

    @Test
    void anOutageInTheDailyMaintenanceIsCalledMaintenance() {
        epm.maintenanceStart(
                LocalTime.now(ZoneOffset.UTC).minusMinutes(10).format(DateTimeFormatter.ofPattern("HH:mm")));
        epm.addJob(SandboxProduct.PLANNING, APPLICATION, "224", JobScript.sequence(ScriptedJobState.running()));
        loading("Planning", "Actual", "LOAD", "224");
        await().until(() -> epm.polls(SandboxProduct.PLANNING, APPLICATION, "224") > 2);
        assertThat(epm.reportRequests()).as("read once").hasSize(1);

        epm.refuseConnections();

        await().untilAsserted(() -> assertThat(
                        domain("Planning", "Actual").path("reason").asText())
                .startsWith("Planning EPM in maintenance since "));
        assertThat(health()).startsWith("error: planning: Planning EPM in maintenance since ");
        epm.acceptConnections();
    }

    @Test
    void aNumericJobIdIsPolledAndTheDomainsOfOneJobEndTogether() {
        epm.addJob(
                SandboxProduct.PLANNING,
                APPLICATION,
                "77",
                JobScript.sequence(ScriptedJobState.running(), ScriptedJobState.succeeded()));

        epmPulse.post("/api/v1/status/batch", """
                {"job_id": 77, "updates": [{"app": "Planning", "domain": "Actual", "status": "Loading"},
                                           {"app": "Planning", "domain": "Budget", "status": "Loading"}]}
                """);

        awaitStatus("Planning", "Actual", "OK");
        assertThat(domain("Planning", "Budget").path("status").asText()).isEqualTo("OK");
        assertThat(epm.polls(SandboxProduct.PLANNING, APPLICATION, "77")).isEqualTo(2);
    }

    @Test
    void aPostedEndStopsThePolling() {
        epm.addJob(SandboxProduct.PLANNING, APPLICATION, "224", JobScript.sequence(ScriptedJobState.running()));
        loading("Planning", "Actual", "LOAD", "224");
        await().until(() -> epm.polls(SandboxProduct.PLANNING, APPLICATION, "224") > 1);

        epmPulse.post("/api/v1/status", """
                {"app": "Planning", "domain": "Actual", "status": "OK", "job_id": "LOAD", "message": "48 files"}
                """);
        epm.addJob(SandboxProduct.PLANNING, APPLICATION, "225", JobScript.sequence(ScriptedJobState.running()));
        loading("Planning", "Budget", "OTHER", "225");
        await().until(() -> epm.polls(SandboxProduct.PLANNING, APPLICATION, "225") > 1);
        int polls = epm.polls(SandboxProduct.PLANNING, APPLICATION, "224");
        await().until(() -> epm.polls(SandboxProduct.PLANNING, APPLICATION, "225") > 4);

        assertThat(epm.polls(SandboxProduct.PLANNING, APPLICATION, "224")).isEqualTo(polls);
        assertThat(domain("Planning", "Actual").path("message").asText()).isEqualTo("48 files");
    }

    @Test
    void aJobIsStillPolledAfterARestart() throws Exception {
        epm.addJob(SandboxProduct.PLANNING, APPLICATION, "224", JobScript.sequence(ScriptedJobState.running()));
        loading("Planning", "Actual", "LOAD", "224");
        await().until(() -> epm.polls(SandboxProduct.PLANNING, APPLICATION, "224") > 0);

        epmPulse.restart();
        epm.addJob(SandboxProduct.PLANNING, APPLICATION, "224", JobScript.sequence(ScriptedJobState.succeeded()));

        awaitStatus("Planning", "Actual", "OK");
    }

    static Stream<Arguments> outages() {
        return Stream.of(
                Arguments.of("500", Fault.status(500)),
                Arguments.of("503", Fault.status(503)),
                Arguments.of("429", Fault.rateLimited(Duration.ofSeconds(1))),
                Arguments.of("login page", Fault.loginPage()),
                Arguments.of("reset", Fault.reset()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("outages")
    void duringAnOutageTheJobStaysLoadingWithAReasonAndAfterwardsItEnds(String name, Fault fault) {
        epm.addJob(SandboxProduct.PLANNING, APPLICATION, "224", JobScript.sequence(ScriptedJobState.succeeded()));
        ScriptedFault outage = epm.fail(CallMatcher.any(), fault);
        loading("Planning", "Actual", "LOAD", "224");

        await().untilAsserted(() -> assertThat(
                        domain("Planning", "Actual").path("reason").asText())
                .startsWith("Planning EPM not reachable since "));
        assertThat(domain("Planning", "Actual").path("status").asText()).isEqualTo("Loading");
        assertThat(health()).startsWith("error: planning: Planning EPM not reachable since ");
        assertThat(TestingEpmPulse.json(epmPulse.get("/health")).path("status").asText())
                .isEqualTo("degraded");
        outage.clear();

        awaitStatus("Planning", "Actual", "OK");
        assertThat(health()).isEqualTo("ok");
    }

    @Test
    void anUnreachableEnvironmentIsPolledAgain() {
        epm.addJob(SandboxProduct.PLANNING, APPLICATION, "224", JobScript.sequence(ScriptedJobState.succeeded()));
        epm.refuseConnections();
        loading("Planning", "Actual", "LOAD", "224");
        await().untilAsserted(() -> assertThat(health()).contains("Planning EPM not reachable", "connection failed"));

        epm.acceptConnections();

        awaitStatus("Planning", "Actual", "OK");
    }

    @Test
    void theCanvasShowsAnOutageUntilItEnds() {
        epm.addJob(SandboxProduct.PLANNING, APPLICATION, "224", JobScript.sequence(ScriptedJobState.running()));
        ScriptedFault outage = epm.fail(CallMatcher.product(SandboxProduct.PLANNING), Fault.status(503));
        loading("Planning", "Actual", "LOAD", "224");

        awaitCanvas(markdown -> markdown.contains("⚠️ Planning EPM not reachable since "));
        outage.clear();

        awaitCanvas(markdown -> markdown.contains("🔵 Running") && !markdown.contains("not reachable"));
    }

    private void awaitCanvas(Predicate<String> shown) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> shown.test(slack.canvas("FMAIN").markdown()));
    }

    @Test
    void aHangingEnvironmentDelaysNoOther() {
        otherEpm.fail(CallMatcher.any(), Fault.hang());
        for (int i = 1; i <= 3; i++) {
            loading("FCCS", "Consolidation", "C" + i, "90" + i);
        }
        await().until(() -> !otherEpm.calls().isEmpty());
        epm.addJob(
                SandboxProduct.PLANNING,
                APPLICATION,
                "224",
                JobScript.sequence(ScriptedJobState.running(), ScriptedJobState.succeeded()));
        loading("Planning", "Actual", "LOAD", "224");

        awaitStatus("Planning", "Actual", "OK");

        assertThat(domain("FCCS", "Consolidation").path("status").asText()).isEqualTo("Loading");
    }

    @Test
    void aPollInFlightDelaysNoStop() throws Exception {
        otherEpm.fail(CallMatcher.any(), Fault.hang());
        loading("FCCS", "Consolidation", "C", "901");
        await().until(() -> !otherEpm.calls().isEmpty());

        epmPulse.restart();

        assertThat(otherEpm.calls().get(0).outcome()).isEqualTo("abandoned");
        assertThat(domain("FCCS", "Consolidation").path("status").asText()).isEqualTo("Loading");
    }

    @Test
    void aTokenRequestInFlightDelaysNoStop() {
        ScriptedFault outage = epm.fail(CallMatcher.token(), Fault.hang());
        loading("Planning", "Actual", "LOAD", "224");
        await().until(() -> outage.hits() > 0);
        List<String> lines;
        try (RecordedLog log = new RecordedLog(Level.WARN)) {
            epmPulse.close();
            lines = log.lines();
        }

        assertThat(lines).isEmpty();
    }

    @Test
    void anOutageIsLoggedOnceAndAStopIsNotLogged() {
        ScriptedFault outage = epm.fail(CallMatcher.product(SandboxProduct.PLANNING), Fault.status(503));
        otherEpm.fail(CallMatcher.any(), Fault.hang());
        List<String> lines;
        try (RecordedLog log = new RecordedLog(Level.WARN)) {
            loading("Planning", "Actual", "LOAD", "224");
            loading("FCCS", "Consolidation", "C", "901");
            await().until(() -> outage.hits() > 3 && !otherEpm.calls().isEmpty());
            epmPulse.close();
            lines = log.lines();
        }

        assertThat(lines)
                .filteredOn(line -> line.contains("not reachable") || line.contains("processing failed"))
                .singleElement()
                .asString()
                .contains("Planning EPM not reachable: HTTP 503");
    }

    @Test
    void aRejectedTokenIsRenewedOnce() {
        epm.addJob(SandboxProduct.PLANNING, APPLICATION, "224", JobScript.sequence(ScriptedJobState.running()));
        loading("Planning", "Actual", "LOAD", "224");
        await().until(() -> epm.polls(SandboxProduct.PLANNING, APPLICATION, "224") > 0);

        epm.revokeTokens();
        epm.addJob(SandboxProduct.PLANNING, APPLICATION, "224", JobScript.sequence(ScriptedJobState.succeeded()));

        awaitStatus("Planning", "Actual", "OK");
        assertThat(epm.tokensIssued()).isEqualTo(2);
        assertThat(health()).isEqualTo("ok");
    }

    @Test
    void wrongCredentialsAreReportedAsAccessDenied() {
        epm.put(OAuthClient.of("epmpulse", "another secret"));
        loading("Planning", "Actual", "LOAD", "224");

        await().untilAsserted(() -> assertThat(
                        domain("Planning", "Actual").path("reason").asText())
                .startsWith("Planning EPM access denied since "));

        assertThat(health()).contains("Planning EPM access denied").doesNotContain("s3cret");
        assertThat(domain("Planning", "Actual").path("status").asText()).isEqualTo("Loading");
    }

    @Test
    void aWrongPasswordIsNotSentTwice() {
        epm.addUser("robot", "another");
        loading("ARCS", "Reconciliation", "REC", "5");

        await().untilAsserted(() -> assertThat(health()).contains("Basic EPM access denied"));

        assertThat(epm.calls()).hasSize(1);
    }

    @Test
    void aJobThatEpmDoesNotKnowStaysLoadingWithAReason() {
        epm.addApplication(APPLICATION);
        loading("Planning", "Actual", "LOAD", "999");

        await().untilAsserted(() ->
                assertThat(domain("Planning", "Actual").path("reason").asText()).contains("does not know the job"));

        assertThat(domain("Planning", "Actual").path("status").asText()).isEqualTo("Loading");
        assertThat(health()).isEqualTo("ok");
    }

    @Test
    void anUnknownStatusIsNoSuccess() {
        epm.addJob(
                SandboxProduct.PLANNING,
                APPLICATION,
                "224",
                JobScript.sequence(
                        ScriptedJobState.of(ScriptedJobState.State.UNKNOWN),
                        ScriptedJobState.running().with("status", 99)));
        loading("Planning", "Actual", "LOAD", "224");

        await().untilAsserted(() ->
                assertThat(domain("Planning", "Actual").path("reason").asText()).contains("99"));

        assertThat(domain("Planning", "Actual").path("status").asText()).isEqualTo("Loading");
    }

    @Test
    void pollsAreCountedByResult() {
        epm.addJob(
                SandboxProduct.PLANNING,
                APPLICATION,
                "224",
                JobScript.sequence(ScriptedJobState.running(), ScriptedJobState.succeeded()));
        assertThat(epmPulse.get("/api/v1/metrics").body())
                .contains("epmpulse_epm_polls_total{result=\"auth_failed\",server=\"fccs\"} 0.0");
        loading("Planning", "Actual", "LOAD", "224");

        awaitStatus("Planning", "Actual", "OK");

        assertThat(epmPulse.get("/api/v1/metrics").body())
                .contains(
                        "epmpulse_epm_polls_total{result=\"running\",server=\"planning\"} 1.0",
                        "epmpulse_epm_polls_total{result=\"ended\",server=\"planning\"} 1.0");
    }
}
