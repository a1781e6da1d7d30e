package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.ScriptedFault;
import org.epmpulse.sandbox.SlackQuirk;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program with a workspace: a kill while a canvas is created, and {@code check --online}. */
class SlackIT {

    private static final String APPS = """
            {"apps": {"Planning": {"domains": ["Actual"], "channels": ["CMAIN"]}},
             "channels": {"CMAIN": {"name": "epm-main"%s}}}
            """;

    @TempDir
    Path folder;

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());

    private Map<String, String> settings;

    @BeforeEach
    void configure() throws Exception {
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.quirk(SlackQuirk.CREATE_ADDS_ANOTHER_TAB, true);
        settings = PackagedProgram.settings(folder);
        settings.put("SLACK_BOT_TOKEN", slack.botToken());
        settings.put("SLACK_API_URL", slack.apiUrl().toString());
        settings.put("EPMPULSE_APPS_CONFIG", folder.resolve("apps.json").toString());
        Files.writeString(folder.resolve("apps.json"), APPS.formatted(""));
    }

    private void configureCanvas() throws Exception {
        slack.addCanvas("FMAIN", "Main");
        Files.writeString(folder.resolve("apps.json"), APPS.formatted(", \"canvas_id\": \"FMAIN\""));
    }

    @Test
    void aKillBeforeTheRegistryIsSavedCreatesNoSecondCanvas() throws Exception {
        ScriptedFault lost =
                slack.fail(CallMatcher.method("conversations.canvases.create"), Fault.afterApplying(Fault.hang()), 1);
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> lost.hits() > 0);
            program.kill();
        }
        assertThat(slack.canvases()).hasSize(1);
        String canvasId = slack.canvases().get(0).id();

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(slack.canvas(canvasId).markdown()).contains("Actual"));
            assertThat(program.get("/api/v1/canvas").body()).contains(canvasId);
        }

        assertThat(slack.canvases()).hasSize(1);
    }

    private void assertCheck(int code, String... texts) throws Exception {
        try (PackagedProgram check = PackagedProgram.start(folder, settings, "check", "--online")) {
            assertThat(check.exitCode()).as(check.output()).isEqualTo(code);
            assertThat(check.output()).contains(texts).doesNotContain(slack.botToken(), "\tat ");
        }
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void aCheckOfAValidWorkspaceFindsNoError() throws Exception {
        configureCanvas();

        assertCheck(0, "Online", "ok       canvas FMAIN", "No problems found.");
    }

    @Test
    void aCheckFindsADeletedCanvas() throws Exception {
        configureCanvas();
        slack.deleteCanvas("FMAIN");

        assertCheck(1, "canvas FMAIN", "missing, deleted or not shared with the app", "1 error");
    }

    @Test
    void aCheckFindsARevokedToken() throws Exception {
        slack.revokeToken(slack.botToken(), "token_revoked");

        assertCheck(1, "SLACK_BOT_TOKEN: is no longer valid", "reinstall the app");
    }

    @Test
    void aCheckReportsThatSlackIsUnreachable() throws Exception {
        slack.refuseConnections();

        assertCheck(1, "Slack at " + slack.apiUrl(), "SLACK_API_URL");
    }

    @Test
    void withoutOnlineSlackIsNotCalled() throws Exception {
        try (PackagedProgram check = PackagedProgram.start(folder, settings, "check")) {
            assertThat(check.exitCode()).as(check.output()).isZero();
        }

        assertThat(slack.calls()).isEmpty();
    }
}
