package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.JobScript;
import org.epmpulse.sandbox.SandboxProduct;
import org.epmpulse.sandbox.ScriptedFault;
import org.epmpulse.sandbox.ScriptedJobState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One password for several servers on one host, as the service sends it. */
class EpmPasswordTest {

    private static final String APPS = """
            {"epm": {
               "auth": {"type": "basic", "username": "robot", "password": "pass"},
               "servers": {
                 "planning": {"base_url": "%1$s", "watch": {"source": "console"}},
                 "data_integration": {"base_url": "%1$s"},
                 "migration": {"base_url": "%1$s"}}},
             "apps": {
               "Planning": {"domains": ["D"], "server": "planning", "jobs": [{"name": "Load", "domain": "D"}]},
               "Integration": {"domains": ["D"], "server": "data_integration"},
               "Snapshots": {"domains": ["D"], "server": "migration"}}}
            """;
    private static final List<String> ALL = List.of("Planning", "Integration", "Snapshots");

    @TempDir
    Path folder;

    private final EpmSandbox epm = EpmSandbox.start(InstantSource.system());
    private TestingEpmPulse epmPulse;

    @BeforeEach
    void prepare() throws Exception {
        epmPulse = new TestingEpmPulse(folder, APPS.formatted(epm.environmentUrl()));
        epmPulse.settings.put("EPMPULSE_POLL_INTERVAL", "100ms");
        JobScript job = JobScript.sequence(ScriptedJobState.succeeded());
        epm.addJob(SandboxProduct.PLANNING, "Planning", "224", job);
        epm.addJob(SandboxProduct.DATA_INTEGRATION, "224", job);
        epm.addJob(SandboxProduct.MIGRATION, "224", job);
    }

    @AfterEach
    void stop() {
        epmPulse.close();
        epm.close();
    }

    private void startWithLoadingJobs() throws Exception {
        epmPulse.start();
        for (String app : ALL) {
            assertThat(epmPulse.post(
                                    "/api/v1/status",
                                    "{\"app\": \"" + app + "\", \"status\": \"Loading\", \"epm_job_id\": \"224\"}")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private String field(String app, String name) {
        return epmPulse.data("/api/v1/status").at("/apps/" + app + "/D/" + name).asText();
    }

    @Test
    void aWrongPasswordIsSentOnceForAllServersPollsAndWatches() throws Exception {
        epm.addUser("robot", "renewed");

        startWithLoadingJobs();

        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(ALL)
                .allSatisfy(app -> assertThat(field(app, "reason")).contains("access denied")));
        assertThat(epm.calls()).hasSize(1);
    }

    @Test
    void requestsThatMustWaitForTheFirstResponseAreNoFailure() throws Exception {
        epm.addUser("robot", "pass");
        ScriptedFault hang = epm.fail(CallMatcher.any(), Fault.hang(), 1);

        startWithLoadingJobs();
        await().until(() -> hang.hits() == 1);
        List<String> reasons = ALL.stream().map(app -> field(app, "reason")).toList();
        int calls = epm.calls().size();
        hang.release();

        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(ALL)
                .allSatisfy(app -> assertThat(field(app, "status")).isEqualTo("OK")));
        assertThat(calls).isEqualTo(1);
        assertThat(reasons).containsOnly("null");
    }
}
