package org.epmpulse.slack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.Variables;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An app created from {@code deploy/slack/manifest.yaml} has exactly the scopes that EPMPulse needs. */
class SlackManifestTest {

    private static final String APPS = """
            {"apps": {"Planning": {"domains": ["Actual"], "channels": ["CMAIN", "CNEW"]}},
             "channels": {"CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"}, "CNEW": {"name": "new"}}}
            """;

    @TempDir
    private Path folder;

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());

    private JsonNode manifest;

    @BeforeEach
    void read() throws IOException {
        manifest =
                new YAMLMapper().readTree(Path.of("deploy/slack/manifest.yaml").toFile());
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.put(SandboxChannel.of("CNEW", "new"));
        slack.addCanvas("FMAIN", "Main");
        Files.writeString(folder.resolve("apps.json"), APPS);
    }

    private List<String> scopes() {
        List<String> scopes = new ArrayList<>();
        manifest.at("/oauth_config/scopes/bot").forEach(scope -> scopes.add(scope.asText()));
        return scopes;
    }

    private List<OnlineFinding> checkWith(List<String> scopes) {
        slack.addToken("xoxb-of-the-manifest", scopes.toArray(String[]::new));
        Map<String, String> settings = Map.of(
                "SLACK_BOT_TOKEN", "xoxb-of-the-manifest",
                "SLACK_API_URL", slack.apiUrl().toString(),
                "EPMPULSE_APPS_CONFIG", folder.resolve("apps.json").toString());
        return SlackCheck.run(
                Configuration.load(folder, Variables.of(settings, Map.of())).orThrow(), InstantSource.system());
    }

    @Test
    void aCheckFindsNothingMissing() {
        assertThat(scopes()).doesNotHaveDuplicates().contains("channels:read", "groups:read");
        assertThat(checkWith(scopes())).extracting(OnlineFinding::level).containsOnly(OnlineFinding.Level.OK);
    }

    /** Each of the last two scopes allows a check to read channels: public ones or private ones. */
    @ParameterizedTest
    @ValueSource(strings = {"canvases:write", "canvases:read", "chat:write", "channels:read,groups:read"})
    void aCheckFindsEachMissingScope(String missing) {
        List<String> fewer = new ArrayList<>(scopes());

        assertThat(fewer.removeAll(List.of(missing.split(",")))).isTrue();

        assertThat(checkWith(fewer))
                .anySatisfy(finding -> assertThat(finding.level()).isNotEqualTo(OnlineFinding.Level.OK));
    }

    @Test
    void noOtherScopeIsRequested() {
        assertThat(scopes())
                .containsExactlyInAnyOrder(
                        "canvases:write", "canvases:read", "chat:write", "channels:read", "groups:read");
    }

    @Test
    void theManifestWithASocketAddsOnlyTheCommandAndButtons() throws IOException {
        JsonNode socket = new YAMLMapper()
                .readTree(Path.of("deploy/slack/manifest-socket.yaml").toFile());
        List<String> more = new ArrayList<>();
        socket.at("/oauth_config/scopes/bot").forEach(scope -> more.add(scope.asText()));
        more.removeAll(scopes());

        assertThat(more).containsExactly("commands");
        assertThat(socket.at("/settings/socket_mode_enabled").asBoolean()).isTrue();
        assertThat(socket.at("/settings/interactivity/is_enabled").asBoolean()).isTrue();
        assertThat(socket.at("/features/slash_commands/0/command").asText()).isEqualTo("/epm");
        assertThat(socket.at("/features/slash_commands/0/url").isMissingNode()).isTrue();
        assertThat(socket.at("/features/bot_user")).isEqualTo(manifest.at("/features/bot_user"));
    }

    @Test
    void aCheckSaysWhetherTheAppTokenIsValid() {
        for (String token : List.of(slack.appToken(), "xapp-wrong")) {
            Map<String, String> settings = Map.of(
                    "SLACK_APP_TOKEN",
                    token,
                    "SLACK_ALLOWED_USERS",
                    "U1",
                    "SLACK_API_URL",
                    slack.apiUrl().toString(),
                    "EPMPULSE_APPS_CONFIG",
                    folder.resolve("apps.json").toString());
            List<OnlineFinding> findings = SlackCheck.run(
                    Configuration.load(folder, Variables.of(settings, Map.of())).orThrow(), InstantSource.system());

            assertThat(findings)
                    .last()
                    .extracting(OnlineFinding::level)
                    .isEqualTo(token.equals(slack.appToken()) ? OnlineFinding.Level.OK : OnlineFinding.Level.ERROR);
            assertThat(findings.toString()).doesNotContain(token);
        }
    }

    /** The fields and limits of https://docs.slack.dev/reference/app-manifest. */
    @Test
    void slackAcceptsTheManifest() {
        assertThat(manifest.fieldNames())
                .toIterable()
                .isSubsetOf("_metadata", "display_information", "features", "oauth_config", "settings", "functions");
        assertThat(manifest.at("/_metadata/major_version").isInt()).isTrue();
        assertThat(manifest.at("/_metadata/minor_version").isInt()).isTrue();
        assertThat(manifest.at("/display_information/name").asText()).hasSizeBetween(1, 35);
        assertThat(manifest.at("/display_information/description").asText()).hasSizeBetween(1, 140);
        assertThat(manifest.at("/features/bot_user/display_name").asText()).matches("[a-z0-9._-]{1,80}");
        assertThat(manifest.at("/features/bot_user/always_online").isBoolean()).isTrue();
        assertThat(manifest.path("settings").fieldNames())
                .toIterable()
                .isSubsetOf(Set.of("org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled"));
        assertThat(manifest.path("settings")).allSatisfy(value -> assertThat(value.isBoolean() && !value.asBoolean())
                .isTrue());
    }
}
