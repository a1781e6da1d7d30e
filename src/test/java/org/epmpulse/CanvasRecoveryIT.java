package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SandboxCanvas;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.ScriptedFault;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program is killed before Slack accepted the updates; no further updates follow. */
class CanvasRecoveryIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());

    private Map<String, String> settings;

    @BeforeEach
    void configure() throws IOException {
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.put(SandboxChannel.of("CARCS", "arcs"));
        slack.addCanvas("FMAIN", "Main");
        slack.addCanvas("FARCS", "ARCS");
        Path apps = folder.resolve("apps.json");
        Files.writeString(apps, """
                {"apps": {
                   "Planning": {"domains": ["Actual"], "channels": ["CMAIN"]},
                   "ARCS": {"domains": ["Reconciliation"], "channels": ["CARCS"]}},
                 "channels": {
                   "CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"},
                   "CARCS": {"name": "arcs", "canvas_id": "FARCS"}}}
                """);
        settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_APPS_CONFIG", apps.toString());
        settings.put("SLACK_BOT_TOKEN", slack.botToken());
        settings.put("SLACK_API_URL", slack.apiUrl().toString());
    }

    @Test
    void editsHangingDuringTheKillArePublishedAfterTheStart() throws Exception {
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            awaitOnBoth("no update yet");
            ScriptedFault hang = slack.fail(CallMatcher.method("canvases.edit"), Fault.hang());
            post(program);
            await().atMost(TIMEOUT).until(() -> hang.hits() >= 2);
            program.kill();
            hang.clear();
        }

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            awaitOnBoth("before the kill");
            assertConverged(program);
        }
    }

    @Test
    void updatesDuringAnOutageArePublishedAfterItDespiteAKill() throws Exception {
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            awaitOnBoth("no update yet");
            slack.refuseConnections();
            post(program);
            awaitHealth(program, "error");
            program.kill();
        }

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            awaitHealth(program, "error");
            assertThat(slack.canvases()).extracting(SandboxCanvas::markdown).allMatch(text -> !text.contains("kill"));
            slack.acceptConnections();
            awaitOnBoth("before the kill");
            assertConverged(program);
        }
    }

    private static void post(PackagedProgram program) throws Exception {
        HttpResponse<String> reply = program.post("/api/v1/status/batch", """
                {"updates": [
                  {"app": "Planning", "status": "Warning", "message": "before the kill"},
                  {"app": "ARCS", "status": "OK", "message": "before the kill"}]}
                """);
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    }

    private void awaitOnBoth(String text) {
        for (String canvas : List.of("FMAIN", "FARCS")) {
            await().atMost(TIMEOUT)
                    .untilAsserted(
                            () -> assertThat(slack.canvas(canvas).markdown()).contains(text));
        }
    }

    private static void awaitHealth(PackagedProgram program, String state) {
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(program.get("/health").body()).contains("\"slack_api\":\"" + state));
    }

    private void assertConverged(PackagedProgram program) {
        awaitHealth(program, "connected");
        assertThat(slack.violations()).isEmpty();
    }
}
