package org.epmpulse;

import static org.apache.commons.text.StringEscapeUtils.unescapeHtml4;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.epmpulse.slack.AnswerButtons;
import org.epmpulse.status.DomainId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands and buttons in a simulated Slack, and what they change. */
@Order(1)
class SlackCommandsTest {

    private static final String APPS = """
            {"apps": {
               "Planning EU": {"domains": ["Actual", "Plan/Budget"], "channels": ["CMAIN"]},
               "FCCS": {"domains": ["Consolidation"], "channels": ["CMAIN"]}},
             "channels": {"CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"}}}
            """;

    @TempDir
    Path folder;

    private SlackSandbox slack;
    private TestingEpmPulse epmPulse;

    @BeforeEach
    void start() throws Exception {
        slack = SlackSandbox.start(InstantSource.system());
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.addCanvas("FMAIN", "Main");
        epmPulse = new TestingEpmPulse(folder, APPS);
        epmPulse.settings.put("SLACK_API_URL", slack.apiUrl().toString());
        epmPulse.settings.put("SLACK_BOT_TOKEN", slack.botToken());
        epmPulse.settings.put("SLACK_APP_TOKEN", slack.appToken());
        epmPulse.settings.put("SLACK_ALLOWED_USERS", "U0PERSON, CADMIN");
        epmPulse.start();
        await().until(() -> slack.openSockets() == 1);
    }

    @AfterEach
    void stop() {
        epmPulse.close();
        slack.close();
    }

    private String reply(String envelope) {
        await().until(() -> !slack.responses(envelope).isEmpty());
        return slack.responses(envelope).get(0);
    }

    private String command(String text) {
        return reply(slack.command("U0PERSON", "anna", "C1", text));
    }

    private JsonNode domain(String app, String domain) {
        return epmPulse.data("/api/v1/status").path("apps").path(app).path(domain);
    }

    /** The action and the value of a button, as Slack sends them back. */
    private static List<String> button(String text, DomainId domain) {
        for (JsonNode button : AnswerButtons.of(domain).path("elements")) {
            if (button.at("/text/text").asText().equals(text)) {
                return List.of(
                        button.path("action_id").asText(), button.path("value").asText());
            }
        }
        throw new AssertionError(text + " is no button");
    }

    @Test
    void aClickIsRecordedOnceWithThePerson() {
        epmPulse.status("Planning EU", "Plan/Budget", "Warning", "3 rows");
        List<String> acknowledge = button("Acknowledge", new DomainId("Planning EU", "Plan/Budget"));

        String envelope = slack.click("U0PERSON", "anna", "C1", acknowledge.get(0), acknowledge.get(1));
        slack.repeatEnvelope(envelope);

        assertThat(reply(envelope)).isEqualTo("*Planning EU / Plan/Budget* is acknowledged until it has recovered.");
        assertThat(domain("Planning EU", "Plan/Budget").at("/acknowledged/by").asText())
                .isEqualTo("anna (U0PERSON)");
        List<String> mute = button("Mute 1 h", new DomainId("FCCS", "Consolidation"));
        assertThat(reply(slack.click("U9", "bob", "CADMIN", mute.get(0), mute.get(1))))
                .startsWith("*FCCS / Consolidation* is muted until ");
        assertThat(domain("FCCS", "Consolidation").at("/muted/by").asText()).isEqualTo("bob (U9)");
        JsonNode history = epmPulse.data("/api/v1/history").path("entries");
        assertThat(history.findValuesAsText("kind")).containsExactly("mute", "acknowledge", "null");
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void theButtonsOnThePageOfTheSimulatedWorkspaceWork() throws Exception {
        epmPulse.settings.put("SLACK_ALLOWED_USERS", SlackSandbox.PAGE_USER);
        epmPulse.restart();
        await().until(() -> slack.openSockets() == 1);
        epmPulse.status("Planning EU", "Plan/Budget", "Warning", "3 rows");
        await().until(() -> page().contains("<button>Acknowledge</button>"));

        String form = page().split("<form ")[1];
        Map<String, String> fields = Pattern.compile("name=\"(\\w+)\" value=\"([^\"]*)\"")
                .matcher(form)
                .results()
                .collect(Collectors.toMap(field -> field.group(1), field -> unescapeHtml4(field.group(2))));
        String body = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpRequest click = HttpRequest.newBuilder(slack.pageUrl().resolve("/click"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(click, HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(303);

        await().untilAsserted(() -> assertThat(page()).contains("Only you see:", "is acknowledged until"));
        assertThat(domain("Planning EU", "Plan/Budget").at("/acknowledged/by").asText())
                .isEqualTo("you (" + SlackSandbox.PAGE_USER + ")");
        assertThat(slack.violations()).isEmpty();
    }

    private String page() throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(slack.pageUrl()).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void theMessageOfAProblemHasTheButtonsUntilItHasEnded() {
        epmPulse.status("FCCS", "Consolidation", "Warning", "failed");
        await().until(() -> !slack.messages().isEmpty());
        JsonNode acknowledge = slack.messages().get(0).buttons().get(0);

        String envelope = slack.click(
                "U0PERSON",
                "anna",
                "CMAIN",
                acknowledge.path("action_id").asText(),
                acknowledge.path("value").asText());

        assertThat(reply(envelope)).isEqualTo("*FCCS / Consolidation* is acknowledged until it has recovered.");
        assertThat(slack.messages().get(0).buttons())
                .extracting(button -> button.at("/text/text").asText())
                .containsExactly("Acknowledge", "Mute 1 h");
        epmPulse.status("FCCS", "Consolidation", "OK", "works");
        await().until(() -> slack.messages().size() == 2);
        assertThat(slack.messages().get(0).buttons()).isEmpty();
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void commandsMuteAcknowledgeAndShowTheStatus() {
        epmPulse.status("Planning EU", "Actual", "Warning", "*bold* <!here>");

        assertThat(command("mute \"Planning EU/Actual\" 2h vendor \"ticket 7\""))
                .contains("is muted until ");
        assertThat(domain("Planning EU", "Actual").at("/muted/reason").asText()).isEqualTo("vendor ticket 7");
        assertThat(command("acknowledge “Planning EU/Actual”")).contains("is acknowledged until it has recovered");
        assertThat(command("status")).contains("*Planning EU*: 1 failed, 1 no update yet", "*FCCS*: 1 no update yet");
        assertThat(command("status Planning EU"))
                .contains("Actual: 🔴 Failed since ", "∗bold∗ &lt;!here&gt;", "acknowledged · muted until ")
                .contains("Plan/Budget: ⚪ No update yet");
        assertThat(command("unmute \"Planning EU/Actual\"")).contains("is not muted any more");
        assertThat(command("unmute \"Planning EU/Actual\"")).contains("was not muted");
        assertThat(command("unacknowledge \"Planning EU/Actual\"")).contains("is not acknowledged any more");
        assertThat(domain("Planning EU", "Actual").has("muted")).isFalse();
        assertThat(domain("Planning EU", "Actual").path("status").asText()).isEqualTo("Warning");
    }

    @Test
    void aWrongCommandExplainsItself() {
        assertThat(command("")).contains("/epm mute APP/DOMAIN 2h");
        assertThat(command("mut FCCS 2h")).contains("Unknown command.", "/epm help");
        assertThat(command("mute FCCS")).contains("Say for how long");
        assertThat(command("mute FCCS 90d")).contains("until must be at most 31 days ahead");
        assertThat(command("mute FCSS 1h")).contains("Did you mean \"FCCS\"?");
        assertThat(command("acknowledge FCCS")).contains("FCCS/Consolidation has no problem to acknowledge");
        assertThat(command("status FCSS")).contains("Did you mean \"FCCS\"?");
        assertThat(epmPulse.data("/api/v1/status").path("revision").asLong()).isZero();
    }

    @Test
    void somebodyWithoutRightsIsToldSoAndNothingChanges() {
        epmPulse.status("FCCS", "Consolidation", "Warning", "failed");
        List<String> acknowledge = button("Acknowledge", new DomainId("FCCS", "Consolidation"));

        for (String envelope : List.of(
                slack.command("U9", "bob", "C1", "mute FCCS 1h"),
                slack.command("U9", "bob", "C1", "status"),
                slack.click("U9", "bob", "C1", acknowledge.get(0), acknowledge.get(1)))) {
            assertThat(reply(envelope)).contains("You may not do this: nothing was changed.", "add U9");
        }
        assertThat(reply(slack.command("U9", "bob", "C1", "help"))).contains("/epm status");

        assertThat(epmPulse.data("/api/v1/status").path("revision").asLong()).isEqualTo(1);
    }

    @Test
    void healthAndMetricsShowTheConnection() {
        await().untilAsserted(() -> assertThat(TestingEpmPulse.json(epmPulse.get("/health"))
                        .at("/checks/slack_socket")
                        .asText())
                .isEqualTo("connected"));
        assertThat(epmPulse.get("/api/v1/metrics").body()).contains("epmpulse_slack_socket_connected 1.0");

        slack.revokeToken(slack.appToken(), "token_revoked");
        slack.closeSockets();

        await().untilAsserted(() -> {
            JsonNode health = TestingEpmPulse.json(epmPulse.get("/health"));
            assertThat(health.at("/checks/slack_socket").asText()).startsWith("error: token_revoked");
            assertThat(health.path("status").asText()).isEqualTo("degraded");
        });
        assertThat(epmPulse.status("FCCS", "Consolidation", "OK", "works")).isEqualTo(1);
    }
}
