package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.OAuthClient;
import org.epmpulse.sandbox.ScriptedJobState.State;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that nobody posts, found by the service. */
class EpmWatchRouteTest {

    private static final String APPS = """
            {"epm": {
               "auth": {"type": "oauth", "token_url": "%s", "client_id": "epmpulse", "client_secret": "secret"},
               "servers": {"planning": {"name": "Planning", "base_url": "%s", "application": "Vision & Co",
                                        "watch": {"source": "console", "interval": "2m"}}}},
             "channels": {"CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"}},
             "apps": {"Planning": {"domains": ["Actual", "Budget"], "server": "planning", "channels": ["CMAIN"],
                                   "jobs": [{"name": "Load Actuals", "domain": "Actual"}]}}}
            """;
    private static final String APPLICATION = "Vision & Co";

    @TempDir
    Path folder;

    private final EpmSandbox epm = EpmSandbox.start(InstantSource.system());
    private TestingEpmPulse epmPulse;

    @BeforeEach
    void prepare() throws Exception {
        epm.put(OAuthClient.of("epmpulse", "secret"));
        epmPulse = new TestingEpmPulse(folder, APPS.formatted(epm.tokenUrl(), epm.environmentUrl()));
        epmPulse.settings.put("EPMPULSE_POLL_INTERVAL", "100ms");
    }

    @AfterEach
    void stop() {
        epmPulse.close();
        epm.close();
    }

    private String job(Instant start, Instant end) {
        return epm.console().add(APPLICATION, "Load Actuals", "RULES", "svc_epm", start, end, State.SUCCEEDED);
    }

    private JsonNode domain() {
        return epmPulse.data("/api/v1/status").at("/apps/Planning/Actual");
    }

    @Test
    void aRunningJobIsFoundAndItsEndIsPolled() throws Exception {
        String id = job(Instant.now().minusSeconds(30), Instant.MAX);
        epmPulse.start();

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(domain().path("status").asText()).isEqualTo("Loading"));
        String canvas = epmPulse.get("/api/v1/canvas/preview?channel=CMAIN").body();
        JsonNode running = domain();
        epm.console().end(id, Instant.now());
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(domain().path("status").asText()).isEqualTo("OK"));

        assertThat(running.path("source").asText()).isEqualTo("epm");
        assertThat(running.path("job_id").asText()).isEqualTo("Load Actuals");
        assertThat(running.path("message").asText()).isEqualTo("RULES by svc_epm, EPM job " + id);
        assertThat(canvas).contains("Load Actuals", "RULES by svc\\_epm, EPM job " + id);
        JsonNode entries = epmPulse.data("/api/v1/history").path("entries");
        assertThat(entries).hasSize(2).allSatisfy(entry -> {
            assertThat(entry.path("source").asText()).isEqualTo("epm");
            assertThat(entry.path("epm_job_id").asText()).isEqualTo(id);
        });
        assertThat(entries.get(0).path("duration_sec").asLong()).isGreaterThanOrEqualTo(30);
        assertThat(epmPulse.data("/api/v1/jobs/Load%20Actuals").path("status").asText())
                .isEqualTo("OK");
        await().ignoreException(NoSuchFileException.class)
                .untilAsserted(() ->
                        assertThat(Files.list(folder.resolve("data/watch"))).hasSize(1));
    }

    @Test
    void aRestartFindsWhatRanMeanwhile() throws Exception {
        epmPulse.start();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(Files.exists(folder.resolve("data/watch"))).isTrue());
        epmPulse.close();
        Instant end = Instant.now().minusSeconds(10);
        String id = job(end.minusSeconds(20), end);

        epmPulse.start();

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(domain().path("status").asText()).isEqualTo("OK"));
        assertThat(epmPulse.data("/api/v1/history").path("entries")).hasSize(2).allSatisfy(entry -> assertThat(
                        entry.path("epm_job_id").asText())
                .isEqualTo(id));
        assertThat(domain().path("duration_sec").asLong()).isEqualTo(20);
    }

    @Test
    void healthSaysWhyJobsAreNotFound() throws Exception {
        epm.fail(CallMatcher.export(), Fault.response(403, "application/json", "{}"));
        epmPulse.start();

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(TestingEpmPulse.json(epmPulse.get("/health"))
                                .at("/checks/epm_api")
                                .asText())
                        .startsWith("error: planning: Jobs of Planning EPM are not watched: HTTP 403: the user needs"
                                + " the role Service Administrator"));
    }
}
