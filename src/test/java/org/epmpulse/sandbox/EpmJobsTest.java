package org.epmpulse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The job states of each product: Oracle's REST API for Oracle Enterprise Performance Management Cloud,
 * retrieve_job_status.html (Planning), fdmee_jobstatus_di.html (Data Integration), versioning.html, and the pages on
 * jobs of Account Reconciliation and Enterprise Data Management.
 */
class EpmJobsTest {

    private static final String UUID = "0f8fad5b-d9cb-469f-a165-70867728950e";

    private final SteppingClock clock = new SteppingClock();

    @AutoClose
    private final EpmSandbox epm = EpmSandbox.start(clock);

    private final EpmClient client = new EpmClient(epm);

    @BeforeEach
    void addClient() {
        epm.put(OAuthClient.of(EpmClient.ID, EpmClient.SECRET));
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING,                 -1,         Processing",
        "SUCCEEDED,               0,          Completed",
        "SUCCEEDED_WITH_WARNINGS, 0,          Completed with warnings",
        "FAILED,                  1,          Error",
        "CANCELLING,              2,          Cancel Pending",
        "CANCELLED,               3,          Cancelled",
        "INVALID_PARAMETER,       4,          Invalid Parameter",
        "UNKNOWN,                 2147483647, Unknown"
    })
    void planningAndConsolidationHaveANumberForEachState(ScriptedJobState.State state, int status, String description) {
        epm.addJob(SandboxProduct.FCCS, "Vision", "224", JobScript.sequence(ScriptedJobState.of(state)));

        JsonNode job = client.json("/HyperionPlanning/rest/v3/applications/Vision/jobs/224");

        assertThat(job.path("status").asInt()).isEqualTo(status);
        assertThat(job.path("descriptiveStatus").asText()).isEqualTo(description);
        assertThat(job.path("jobId").isInt()).isTrue();
        assertThat(job.path("links").path(0).path("rel").asText()).isEqualTo("self");
    }

    @Test
    void aRunningPlanningJobHasNullForDetails() {
        epm.addJob(SandboxProduct.PLANNING, "Vision", "95", JobScript.sequence(ScriptedJobState.running()));

        JsonNode job = client.json("/HyperionPlanning/rest/v3/applications/Vision/jobs/95");

        assertThat(job.path("details").isNull()).isTrue();
        assertThat(job.has("detailedStatus")).isFalse();
    }

    @Test
    void complianceAndMatchingNameNeitherJobNorId() {
        epm.addJob(SandboxProduct.ARCS, "10", JobScript.sequence(ScriptedJobState.running()));
        epm.addJob(SandboxProduct.ARCS_TM, "100000000000123", JobScript.sequence(ScriptedJobState.failed("no data")));

        JsonNode running = client.json("/armARCS/rest/v1/jobs/10");
        JsonNode failed = client.json("/arm/rest/v1/jobs/100000000000123");

        assertThat(running.path("type").asText()).isEqualTo("ARCS");
        assertThat(running.path("status").asInt()).isEqualTo(-1);
        assertThat(running.path("details").asText()).isEqualTo("In Process");
        assertThat(running.has("jobId") || running.has("jobName") || running.has("descriptiveStatus"))
                .isFalse();
        assertThat(failed.path("type").asText()).isEqualTo("TM");
        assertThat(failed.path("status").asInt()).isPositive();
        assertThat(failed.path("details").asText()).isEqualTo("no data");
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING,                 RUNNING, -1",
        "SUCCEEDED,               SUCCESS, 0",
        "SUCCEEDED_WITH_WARNINGS, WARNING, 0",
        "FAILED,                  FAILED,  1"
    })
    void dataIntegrationHasATextAndANumberAsAString(ScriptedJobState.State state, String word, String status) {
        epm.addJob(SandboxProduct.DATA_INTEGRATION, "7", JobScript.sequence(ScriptedJobState.of(state)));

        JsonNode job = client.json("/aif/rest/V1/jobs/7");

        assertThat(job.path("jobStatus").asText()).isEqualTo(word);
        assertThat(job.path("status").isTextual()).isTrue();
        assertThat(job.path("status").asText()).isEqualTo(status);
        assertThat(job.path("details").asText()).isEqualTo("null");
    }

    @Test
    void dataManagementHasASeparateResult() {
        epm.addJob(
                SandboxProduct.EDM, UUID, JobScript.sequence(ScriptedJobState.running(), ScriptedJobState.succeeded()));

        JsonNode running = client.json("/epm/rest/v1/jobRuns/" + UUID);
        JsonNode completed = client.json("/epm/rest/v1/jobRuns/" + UUID);
        JsonNode result = client.json("/epm/rest/v1/jobRuns/" + UUID + "/result");

        assertThat(running.path("status").asText()).isEqualTo("RUNNING");
        assertThat(completed.path("status").asText()).isEqualTo("COMPLETED");
        assertThat(result.has("success")).isFalse();
        assertThat(result.path("id").asText()).isEqualTo(UUID);
        assertThat(result.at("/result/success").asBoolean()).isTrue();
        assertThat(epm.polls(SandboxProduct.EDM, UUID)).isEqualTo(2);
    }

    @Test
    void aFailedExportOfDataManagementIsCompletedWithoutSuccess() {
        epm.addJob(
                SandboxProduct.EDM,
                UUID,
                JobScript.sequence(ScriptedJobState.of(ScriptedJobState.State.SUCCEEDED_WITH_WARNINGS)
                        .withDetails("node is locked")));

        JsonNode job = client.json("/epm/rest/v1/jobRuns/" + UUID);
        JsonNode result = client.json("/epm/rest/v1/jobRuns/" + UUID + "/result");

        assertThat(job.path("status").asText()).isEqualTo("COMPLETED");
        assertThat(job.path("error").isNull()).isTrue();
        assertThat(result.at("/result/success").asBoolean(true)).isFalse();
        assertThat(result.at("/result/tasks/0/messages/0").asText()).isEqualTo("node is locked");
    }

    @Test
    void narrativeReportingAndMigrationHaveTheirOwnPaths() {
        epm.addJob(SandboxProduct.NARRATIVE_REPORTING, UUID, JobScript.sequence(ScriptedJobState.running()));
        epm.addJob(SandboxProduct.MIGRATION, "28", JobScript.sequence(ScriptedJobState.failed("3 artifacts failed")));

        JsonNode report = client.json("/epm/rest/v1/jobs/" + UUID);
        JsonNode migration = client.json("/interop/rest/v2/status/migration/28");

        assertThat(report.path("status").asInt()).isEqualTo(-1);
        assertThat(report.path("jobId").asText()).isEqualTo(UUID);
        assertThat(migration.path("status").asInt()).isEqualTo(1);
        assertThat(migration.at("/items/0/source").asText()).isEqualTo("/HP-Vision");
    }

    @Test
    void theDetailsOfAJobLinkToItsChildJobs() {
        epm.addJob(
                SandboxProduct.PLANNING,
                "Vision",
                "224",
                JobScript.sequence(ScriptedJobState.failed("One or more child jobs have failed")
                        .withChildError("Entity", "Invalid parent member")));

        JsonNode details = client.json("/HyperionPlanning/rest/v3/applications/Vision/jobs/224/details");
        String href = details.at("/items/0/links/0/href").asText();
        JsonNode child =
                client.json(href.substring(epm.environmentUrl().toString().length()));

        assertThat(details.at("/items/0/recordsRejected").asInt()).isEqualTo(1);
        assertThat(child.at("/items/0/msgText").asText()).isEqualTo("Invalid parent member");
        assertThat(epm.calls()).isEmpty();
        assertThat(epm.reportRequests()).hasSize(2);
    }

    @Test
    void theTimeOfTheMaintenanceNeedsARole() {
        String path = "/interop/rest/v2/maintenance/getdailymaintenancestarttime";
        assertThat(client.get(path).statusCode()).isEqualTo(403);

        epm.maintenanceStart("19:00");

        assertThat(client.json(path).at("/items/0/amwTime").asText()).isEqualTo("19:00");
    }

    @Test
    void everyFieldCanBeOverwritten() {
        ScriptedJobState odd = ScriptedJobState.failed("line one\nline two")
                .with("status", "1")
                .without("jobId")
                .with("jobID", "224")
                .with("jobName", null);
        epm.addJob(SandboxProduct.PLANNING, "Vision", "224", JobScript.sequence(odd));

        JsonNode job = client.json("/HyperionPlanning/rest/v3/applications/Vision/jobs/224");

        assertThat(job.path("status").isTextual()).isTrue();
        assertThat(job.has("jobId")).isFalse();
        assertThat(job.path("jobID").asText()).isEqualTo("224");
        assertThat(job.path("jobName").isNull()).isTrue();
        assertThat(job.path("details").asText()).contains("\n");
    }

    @Test
    void spacesInTheApplicationAreEncoded() {
        epm.addJob(SandboxProduct.PLANNING, "Vision Close", "1", JobScript.sequence(ScriptedJobState.succeeded()));

        assertThat(client.get("/HyperionPlanning/rest/v3/applications/Vision%20Close/jobs/1")
                        .statusCode())
                .isEqualTo(200);
        assertThat(client.get("/HyperionPlanning/rest/v3/applications/Vision+Close/jobs/1")
                        .statusCode())
                .isEqualTo(404);
        assertThat(epm.polls(SandboxProduct.PLANNING, "Vision Close", "1")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/HyperionPlanning/rest/V3/applications/Vision/jobs/1",
                "/hyperionplanning/rest/v3/applications/Vision/jobs/1",
                "/HyperionPlanning/rest/v3/applications/vision/jobs/1",
                "/HyperionPlanning/rest/v3/applications/Vision/jobs/2",
                "/epmcloud/HyperionPlanning/rest/v3/applications/Vision/jobs/1",
                "/aif/rest/v1/jobs/1",
                "/armArcs/rest/v1/jobs/1",
                "/epm/rest/v1/jobRuns/1"
            })
    void aMisspelledPathIsNotFound(String path) {
        epm.addJob(SandboxProduct.PLANNING, "Vision", "1", JobScript.sequence(ScriptedJobState.succeeded()));
        epm.addJob(SandboxProduct.DATA_INTEGRATION, "1", JobScript.sequence(ScriptedJobState.succeeded()));
        epm.addJob(SandboxProduct.ARCS, "1", JobScript.sequence(ScriptedJobState.succeeded()));

        assertThat(client.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void theLastStateOfASequenceIsRepeated() {
        epm.addJob(
                SandboxProduct.DATA_INTEGRATION,
                "7",
                JobScript.sequence(
                        ScriptedJobState.running(), ScriptedJobState.running(), ScriptedJobState.succeeded()));

        assertThat(statusOfIntegration()).isEqualTo("RUNNING");
        assertThat(statusOfIntegration()).isEqualTo("RUNNING");
        assertThat(statusOfIntegration()).isEqualTo("SUCCESS");
        assertThat(statusOfIntegration()).isEqualTo("SUCCESS");
        assertThat(epm.polls(SandboxProduct.DATA_INTEGRATION, "7")).isEqualTo(4);
    }

    @Test
    void aScriptCanFollowTheClock() {
        epm.addJob(
                SandboxProduct.DATA_INTEGRATION,
                "7",
                JobScript.from(clock.instant())
                        .then(
                                Duration.ofSeconds(30),
                                ScriptedJobState.of(ScriptedJobState.State.SUCCEEDED_WITH_WARNINGS))
                        .then(Duration.ofSeconds(60), ScriptedJobState.failed("late")));

        assertThat(statusOfIntegration()).isEqualTo("RUNNING");
        clock.advance(Duration.ofSeconds(30));
        assertThat(statusOfIntegration()).isEqualTo("WARNING");
        clock.advance(Duration.ofSeconds(30));
        assertThat(statusOfIntegration()).isEqualTo("FAILED");
    }

    @Test
    void applicationsAndRootsCanBeReadForAConnectivityCheck() {
        epm.addApplication("Vision");

        assertThat(client.json("/HyperionPlanning/rest/v3/applications")
                        .path("items")
                        .path(0)
                        .path("name")
                        .asText())
                .isEqualTo("Vision");
        for (String root : new String[] {"/armARCS/rest/v1", "/arm/rest", "/aif/rest/V1/", "/epm/rest/v1"}) {
            assertThat(client.get(root).statusCode()).isEqualTo(200);
        }
        assertThat(client.get("/HyperionPlanning/rest/v3").headers().firstValue("Content-Type"))
                .contains("application/json; charset=utf-8");
    }

    @Test
    void requestsAreRecorded() {
        HttpResponse<String> unknown = client.get("/aif/rest/V1/jobs/404");

        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(epm.calls())
                .containsExactly(
                        new SandboxCall("data_integration", "404", clock.instant(), clock.instant(), "http 404"));
    }

    private String statusOfIntegration() {
        return client.json("/aif/rest/V1/jobs/7").path("jobStatus").asText();
    }
}
