package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import org.epmpulse.outbound.HostilePeer;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program with a proxy in its environment. */
class ProxyIT {

    private static final String APPS = """
            {"epm": {"servers": {
               "planning": {"base_url": "https://epm.invalid",
                 "auth": {"type": "basic", "username": "u", "password": "epm-password"}},
               "fccs": {"base_url": "https://fccs.direct.invalid",
                 "auth": {"type": "oauth", "token_url": "https://tokens.invalid/oauth2/v1/token",
                          "client_id": "c", "client_secret": "client-secret"}}}},
             "apps": {"Planning": {"domains": ["Actual"], "channels": ["CMAIN"]},
                      "FCCS": {"domains": ["Actual"], "channels": ["CMAIN"]}},
             "channels": {"CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"}}}
            """;

    @TempDir
    private Path folder;

    @AutoClose
    private final HostilePeer proxy = new HostilePeer(HostilePeer.reply(403, ""));

    private Map<String, String> settings;

    @BeforeEach
    void configure() throws Exception {
        settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_APPS_CONFIG", folder.resolve("apps.json").toString());
        settings.put("EPMPULSE_POLL_INTERVAL", "200ms");
        settings.put("SLACK_BOT_TOKEN", "xoxb-1");
        String url = "http://svc:proxy-passw0rd@127.0.0.1:" + proxy.port();
        settings.put("HTTPS_PROXY", url);
        settings.put("HTTP_PROXY", url);
        settings.put("http_proxy", url);
        settings.put("NO_PROXY", "direct.invalid");
        Files.writeString(folder.resolve("apps.json"), APPS);
    }

    private String requests() {
        return String.join("\n", proxy.requests());
    }

    @Test
    void everyCallToAnotherHostUsesTheProxyWithItsUser() throws Exception {
        settings.put("SLACK_API_URL", "https://slack.invalid/api/");
        proxy.answerByHead(head -> HostilePeer.reply(
                head.contains("Proxy-Auth") ? 403 : 407, "", "Proxy-Authenticate: Basic realm=\"p\""));

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            for (String app : new String[] {"Planning", "FCCS"}) {
                program.post(
                        "/api/v1/status",
                        "{\"app\":\"" + app + "\",\"domain\":\"Actual\",\"status\":\"Loading\",\"job_id\":\"7\"}");
            }
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(requests())
                    .contains("CONNECT slack.invalid:443", "CONNECT epm.invalid:443", "CONNECT tokens.invalid:443"));
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                            program.get("/api/v1/health").body())
                    .contains("the proxy refuses the connection (HTTP 403)"));
            assertThat(program.output()).doesNotContain("proxy-passw0rd");
        }

        assertThat(requests())
                .contains("Proxy-Authorization: Basic "
                        + Base64.getEncoder().encodeToString("svc:proxy-passw0rd".getBytes(StandardCharsets.UTF_8)))
                .doesNotContain("direct.invalid", "xoxb", "\nAuthorization");
    }

    @Test
    void slackOnThisHostIsCalledDirectly() throws Exception {
        try (SlackSandbox slack = SlackSandbox.start(InstantSource.system())) {
            slack.put(SandboxChannel.of("CMAIN", "epm-main"));
            slack.addCanvas("FMAIN", "Main");
            settings.put("SLACK_BOT_TOKEN", slack.botToken());
            settings.put("SLACK_API_URL", slack.apiUrl().toString());

            try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() ->
                                assertThat(slack.canvas("FMAIN").markdown()).contains("Actual"));
            }
        }

        assertThat(requests()).doesNotContain("127.0.0.1", "localhost");
    }

    @Test
    void aDemoUsesNoProxy() throws Exception {
        try (PackagedProgram demo = PackagedProgram.run(folder, settings, "demo")) {
            await().atMost(Duration.ofSeconds(30)).until(() -> demo.output().contains("The board:"));
            String board = demo.output();
            String key = board.substring(board.indexOf("#key=") + 5)
                    .lines()
                    .findFirst()
                    .orElseThrow()
                    .strip();
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                String canvases = PackagedProgram.send(java.net.http.HttpRequest.newBuilder(demo.uri("/api/v1/canvas"))
                                .header("X-API-Key", key))
                        .body();
                assertThat(canvases).contains("\"published_at\":\"2");
            });
        }

        assertThat(proxy.requests()).isEmpty();
    }

    @Test
    void checkShowsTheProxyOfEachAddressWithoutThePassword() throws Exception {
        try (PackagedProgram check = PackagedProgram.start(folder, settings, "check")) {
            assertThat(check.exitCode()).as(check.output()).isZero();
            assertThat(check.output())
                    .containsPattern("HTTPS_PROXY +http://\\*\\*\\*@127\\.0\\.0\\.1:\\d+ +environment")
                    .containsPattern("NO_PROXY +direct\\.invalid +environment")
                    .containsPattern(
                            "Slack +https://slack\\.com/api/ +proxy http://\\*\\*\\*@127.0.0.1:\\d+ \\(HTTPS_PROXY\\)")
                    .containsPattern("EPM server planning +https://epm\\.invalid +proxy")
                    .containsPattern("EPM server fccs +https://fccs\\.direct\\.invalid +direct \\(NO_PROXY\\)")
                    .containsPattern("tokens +https://tokens\\.invalid/oauth2/v1/token +proxy")
                    .doesNotContain("passw0rd", "svc");
        }
        assertThat(proxy.requests()).isEmpty();
    }

    @Test
    void anInvalidProxyStopsTheStart() throws Exception {
        settings.put("HTTPS_PROXY", "socks5://svc:proxy-passw0rd@proxy:1080");

        try (PackagedProgram program = PackagedProgram.start(folder, settings)) {
            assertThat(program.exitCode()).isEqualTo(78);
            assertThat(program.output())
                    .contains("HTTPS_PROXY: must be http://host:port")
                    .doesNotContain("passw0rd");
        }
    }
}
