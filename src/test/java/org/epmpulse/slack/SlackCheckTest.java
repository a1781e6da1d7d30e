package org.epmpulse.slack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.OnlineFinding.Level;
import org.epmpulse.config.Variables;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SandboxCall;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The findings of a check of a workspace, with their texts. */
class SlackCheckTest {

    private static final String APPS = """
            {"apps": {"Planning": {"domains": ["Actual"], "channels": ["CMAIN", "CNEW"]}},
             "channels": {
               "CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"},
               "CNEW": {"name": "new", "alerts": false}}}
            """;

    @TempDir
    private Path folder;

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());

    private final Map<String, String> settings = new TreeMap<>();

    @BeforeEach
    void setUp() throws IOException {
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.put(SandboxChannel.of("CNEW", "new"));
        slack.addCanvas("FMAIN", "Main");
        settings.put("SLACK_BOT_TOKEN", slack.botToken());
        settings.put("SLACK_API_URL", slack.apiUrl().toString());
        apps(APPS);
    }

    /** A check only reads. */
    @AfterEach
    void nothingWasChanged() {
        assertThat(slack.calls())
                .extracting(SandboxCall::operation)
                .isSubsetOf("auth.test", "conversations.info", "canvases.sections.lookup", "files.info");
        assertThat(slack.violations()).isEmpty();
    }

    private void apps(String json) throws IOException {
        Path file = folder.resolve("apps.json");
        Files.writeString(file, json);
        settings.put("EPMPULSE_APPS_CONFIG", file.toString());
    }

    private List<OnlineFinding> check() {
        return SlackCheck.run(
                Configuration.load(folder, Variables.of(settings, Map.of())).orThrow(), InstantSource.system());
    }

    private List<OnlineFinding> checkWith(String... scopes) {
        slack.addToken("xoxb-few-scopes", scopes);
        settings.put("SLACK_BOT_TOKEN", "xoxb-few-scopes");
        return check();
    }

    private static OnlineFinding about(String where, List<OnlineFinding> findings) {
        return findings.stream()
                .filter(finding -> finding.where().startsWith(where))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing about " + where + " in " + findings));
    }

    private static void assertFinding(OnlineFinding finding, Level level, String... texts) {
        assertThat(finding.level()).as(finding.toString()).isEqualTo(level);
        assertThat(finding.text()).contains(texts);
    }

    @Test
    void aValidConfigurationIsReportedInFull() {
        assertThat(check())
                .extracting(OnlineFinding::toString)
                .containsExactly(
                        "ok       SLACK_BOT_TOKEN: valid for @epmpulse in Sandbox",
                        "ok       Slack scopes: canvases:read, canvases:write, channels:read, chat:write, files:read,"
                                + " groups:read",
                        "ok       channel CMAIN (epm-main): the app is a member",
                        "ok       channel CNEW (new): a canvas will be created",
                        "ok       canvas FMAIN of CMAIN (epm-main): the app has access");
    }

    @Test
    void withoutATokenSlackIsNotCalled() {
        settings.remove("SLACK_BOT_TOKEN");

        assertFinding(about("SLACK_BOT_TOKEN", check()), Level.NOTE, "not set", "not checked");
        assertThat(slack.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "token_revoked, no longer valid",
        "token_expired, no longer valid",
        "account_inactive, no longer valid",
        "invalid_auth, is invalid",
        "not_allowed_token_type, not a bot token",
        "team_access_not_granted, refused by Slack"
    })
    void aRefusedTokenIsExplainedAndNothingElseIsChecked(String code, String words) {
        slack.revokeToken(slack.botToken(), code);

        List<OnlineFinding> findings = check();

        assertThat(findings).hasSize(1);
        assertFinding(findings.get(0), Level.ERROR, words, code);
        assertThat(findings.toString()).doesNotContain(slack.botToken());
    }

    @Test
    void aUserTokenIsNoBotToken() {
        slack.fail(
                CallMatcher.method("auth.test"),
                Fault.response(
                        200, "application/json", "{\"ok\":true,\"team\":\"T\",\"user\":\"me\",\"user_id\":\"U1\"}"));

        assertFinding(about("SLACK_BOT_TOKEN", check()), Level.ERROR, "user token", "xoxb-");
    }

    @Test
    void anUnreachableSlackIsReportedWithItsAddress() {
        slack.refuseConnections();

        List<OnlineFinding> findings = check();

        assertThat(findings).hasSize(1);
        assertFinding(findings.get(0), Level.ERROR, "SLACK_API_URL", "proxy");
        assertThat(findings.get(0).where()).contains(slack.apiUrl().toString());
    }

    @Test
    void aPageOfAProxyIsAnInvalidResponse() {
        slack.fail(CallMatcher.method("auth.test"), Fault.loginPage());

        assertFinding(check().get(0), Level.ERROR, "not JSON", "proxy");
    }

    @Test
    void everyMissingScopeIsReportedWithWhereToAddIt() {
        List<OnlineFinding> findings = checkWith("files:read");

        assertThat(findings)
                .filteredOn(finding -> finding.where().equals("Slack scopes"))
                .satisfiesExactly(
                        write -> assertFinding(write, Level.ERROR, "canvases:write", "Bot Token Scopes", "reinstall"),
                        chat -> assertFinding(chat, Level.ERROR, "chat:write", "alert"),
                        read -> assertFinding(read, Level.WARNING, "channels:read", "groups:read"));
        assertFinding(about("Slack channels", findings), Level.NOTE, "channels:read");
        assertFinding(about("canvas FMAIN", findings), Level.OK, "has access");
    }

    @Test
    void scopesThatAreNotNeededAreNotReported() throws IOException {
        apps(APPS.replace("\"FMAIN\"}", "\"FMAIN\", \"alerts\": false}")
                .replace("\"name\": \"new\"", "\"name\": \"new\", \"canvas_id\": \"FNEW\""));
        slack.addCanvas("FNEW", "New");

        List<OnlineFinding> findings = checkWith("canvases:write");

        assertFinding(about("Slack scopes", findings), Level.OK, "canvases:write");
        assertFinding(about("Slack canvases", findings), Level.NOTE, "canvases:read");
        assertThat(findings).extracting(OnlineFinding::level).doesNotContain(Level.ERROR, Level.WARNING);
    }

    @ParameterizedTest
    @CsvSource({"canvases:read", "files:read"})
    void aMissingCanvasIsReportedWithEitherScope(String scope) {
        slack.deleteCanvas("FMAIN");

        assertFinding(
                about("canvas FMAIN of CMAIN", checkWith("canvases:write", "chat:write", scope)),
                Level.ERROR,
                "missing, deleted or not shared with the app");
    }

    @Test
    void channelsThatCannotBeUsedAreReported() {
        slack.put(SandboxChannel.of("CMAIN", "epm-main").asArchived());
        slack.put(SandboxChannel.of("CNEW", "new").withoutBot());
        List<OnlineFinding> findings = check();
        assertFinding(about("channel CMAIN", findings), Level.ERROR, "archived");
        assertFinding(about("channel CNEW", findings), Level.ERROR, "/invite");

        slack.put(SandboxChannel.of("CNEW", "new").asPrivate().withoutBot());
        assertFinding(about("channel CNEW", check()), Level.ERROR, "channel_not_found", "not a member");
    }

    @Test
    void aCanvasThatWouldBeOverwrittenIsReported() {
        slack.addChannelCanvas("FNOTES", "Notes", "CNEW");

        assertFinding(about("channel CNEW", check()), Level.NOTE, "FNOTES", "overwrites the canvas's content");
    }

    @Test
    void theCheckStopsAtARateLimit() {
        slack.fail(CallMatcher.method("conversations.info"), Fault.rateLimited(Duration.ofSeconds(30)));

        List<OnlineFinding> findings = check();

        assertFinding(about("2 Slack channels", findings), Level.WARNING, "rate limited", "30 s");
        assertThat(slack.calls("conversations.info")).hasSize(1);
    }

    @Test
    void manyChannelsAreCheckedWithinTheRateLimits() throws IOException {
        StringBuilder ids = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            slack.put(SandboxChannel.of("C" + i, "c" + i));
            ids.append(i == 0 ? "" : ",").append("\"C").append(i).append('"');
        }
        apps("{\"apps\": {\"Planning\": {\"domains\": [\"Actual\"], \"channels\": [" + ids + "]}}}");

        List<OnlineFinding> findings = check();

        assertFinding(about("460 Slack channels", findings), Level.NOTE, "not checked");
        assertThat(slack.calls()).hasSizeLessThan(50);
    }
}
