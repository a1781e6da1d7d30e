package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.epmpulse.sandbox.AlertReceiver;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SandboxMessage;
import org.epmpulse.sandbox.ScriptedFault;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program is killed while alerts are pending. */
class AlertsIT {

    @TempDir
    Path folder;

    private SlackSandbox slack;
    private Map<String, String> settings;

    @BeforeEach
    void configure() throws Exception {
        slack = SlackSandbox.start(InstantSource.system());
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.addCanvas("FMAIN", "Main");
        Path apps = folder.resolve("apps.json");
        Files.writeString(apps, """
                {"apps": {"Planning": {"domains": ["Actual", "Budget", "Forecast"], "channels": ["CMAIN"]}},
                 "channels": {"CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"}}}
                """);
        settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_APPS_CONFIG", apps.toString());
        settings.put("SLACK_BOT_TOKEN", slack.botToken());
        settings.put("SLACK_API_URL", slack.apiUrl().toString());
    }

    @AfterEach
    void stop() {
        slack.close();
    }

    private static void post(PackagedProgram program, String domain, String status) throws Exception {
        String body = "{\"app\":\"Planning\",\"domain\":\"%s\",\"status\":\"%s\"}".formatted(domain, status);
        assertThat(program.post("/api/v1/status", body).statusCode()).isEqualTo(200);
    }

    private void awaitMessages(int count) {
        await().untilAsserted(() -> assertThat(slack.messages()).hasSize(count));
    }

    @Test
    void pendingAlertsAreSentOnceAfterAKillWithoutAnyUpdate() throws Exception {
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            post(program, "Forecast", "Warning");
            awaitMessages(1);
            Path file = folder.resolve("data/slack/alerts.json");
            await().until(() -> Files.readString(file).contains("\"pending\":[]"));
            slack.fail(CallMatcher.method("chat.postMessage"), Fault.error("service_unavailable"));
            post(program, "Actual", "Warning");
            post(program, "Budget", "Warning");
            post(program, "Budget", "OK");
            await().until(() -> Files.readString(file).contains("\"kind\":\"OK\""));
            program.kill();
        }
        slack.clearFaults();

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            awaitMessages(4);
            assertThat(slack.messages().subList(1, 4))
                    .extracting(SandboxMessage::text)
                    .anySatisfy(text -> assertThat(text).contains("Planning / Actual", "Failed"))
                    // The message of the problem shows its end, too.
                    .filteredOn(text -> text.contains("Planning / Budget"))
                    .hasSize(2)
                    .allSatisfy(text -> assertThat(text).contains("OK again"));
            post(program, "Forecast", "OK");
            awaitMessages(5);
            program.kill();
        }

        assertThat(slack.messages().get(4).text()).contains("Planning / Forecast", "OK again");
    }

    /** It may come twice, with the same id, because the program did not learn that it was accepted. */
    @Test
    void anEventThatWasAcceptedRightBeforeAKillComesAgainWithTheSameId() throws Exception {
        try (AlertReceiver receiver = AlertReceiver.start(InstantSource.system())) {
            settings.put("EPMPULSE_WEBHOOK_URL", receiver.webhookUrl().toString());
            ScriptedFault hang = receiver.fail(AlertReceiver.webhook(), Fault.afterApplying(Fault.hang()));
            try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
                post(program, "Actual", "Warning");
                await().until(() -> hang.hits() > 0);
                Path file = folder.resolve("data/alerts/webhook.json");
                await().until(() -> Files.readString(file).contains("\"kind\":\"WARNING\""));
                program.kill();
            }
            receiver.clearFaults();

            try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
                await().untilAsserted(() ->
                        assertThat(receiver.received(AlertReceiver.webhook())).hasSizeGreaterThan(1));
                post(program, "Actual", "OK");
                await().untilAsserted(() -> assertThat(receiver.received(AlertReceiver.webhook()))
                        .last()
                        .extracting(event -> event.json().path("type").asText())
                        .isEqualTo("org.epmpulse.alert.recovered"));
            }
            assertThat(receiver.received(AlertReceiver.webhook()).stream()
                            .filter(event -> event.json().path("type").asText().endsWith("problem"))
                            .map(event -> event.json().path("id").asText())
                            .distinct())
                    .hasSize(1);
        }
    }

    @Test
    void aWarningRightBeforeAKillIsSent() throws Exception {
        slack.fail(CallMatcher.method("chat.postMessage"), Fault.error("service_unavailable"));
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            post(program, "Actual", "Warning");
            program.kill();
        }
        slack.clearFaults();

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            awaitMessages(1);
            assertThat(slack.messages().get(0).text()).contains("Planning / Actual");
            assertThat(program.terminate()).isIn(0, 143);
        }
    }
}
