package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.JobScript;
import org.epmpulse.sandbox.OAuthClient;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SandboxProduct;
import org.epmpulse.sandbox.ScriptedJobState;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The real Prometheus with the shipped configuration, but for the port, watches the packaged program at work. */
@Order(2)
class MonitoringIT {

    private static final String APPS = """
            {"epm": {
               "auth": {"type": "oauth", "token_url": "%s", "client_id": "epmpulse", "client_secret": "secret"},
               "servers": {"planning": {"name": "Planning", "base_url": "%s", "application": "Vision", "watch": {}}}},
             "channels": {"CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"}},
             "apps": {
               "Planning": {"domains": ["Actual", "Budget"], "server": "planning", "channels": ["CMAIN"],
                            "jobs": [{"name": "Load*", "domain": "Budget"}]},
               "FCCS": {"domains": ["Consolidation"], "channels": ["CMAIN"]}}}
            """;

    /** Eight times the scrape interval, and so four times what Grafana would take at least. */
    private static final String RATE_INTERVAL = "2m";

    @TempDir
    static Path folder;

    private static EpmSandbox epm;
    private static SlackSandbox slack;
    private static PackagedProgram program;
    private static TestingPrometheus prometheus;

    @BeforeAll
    static void start() throws Exception {
        Installed.require("prometheus", Installed.works(List.of("prometheus", "--version")));
        epm = EpmSandbox.start(InstantSource.system());
        epm.put(OAuthClient.of("epmpulse", "secret"));
        epm.addJob(SandboxProduct.PLANNING, "Vision", "224", JobScript.sequence(ScriptedJobState.running()));
        slack = SlackSandbox.start(InstantSource.system());
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.addCanvas("FMAIN", "Main");
        Files.writeString(folder.resolve("apps.json"), APPS.formatted(epm.tokenUrl(), epm.environmentUrl()));
        Map<String, String> settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_APPS_CONFIG", folder.resolve("apps.json").toString());
        settings.put("EPMPULSE_POLL_INTERVAL", "1s");
        settings.put("SLACK_BOT_TOKEN", slack.botToken());
        settings.put("SLACK_API_URL", slack.apiUrl().toString());
        program = PackagedProgram.run(folder, settings);
        collectGarbage();
        Path configuration = folder.resolve("prometheus.yaml");
        Files.copy(Path.of("deploy/prometheus/rules.yaml"), folder.resolve("rules.yaml"));
        Files.writeString(
                configuration,
                Files.readString(Path.of("deploy/prometheus/prometheus.yaml"))
                        .replace("127.0.0.1:18800", program.uri("").getAuthority()));
        prometheus = TestingPrometheus.start(configuration, folder.resolve("prometheus"));
        // What is counted from its first sample on needs another one to have a rate.
        post("Planning", "Actual", "Loading", "\"epm_job_id\":\"224\",\"job_id\":\"LOAD\"");
        post("FCCS", "Consolidation", "Warning", "\"message\":\"3 rejected records\"");
        program.get("/api/v1/status");
        awaitScrapes(1);
        post("Planning", "Budget", "OK", "\"message\":\"done\"");
        program.get("/api/v1/status");
        awaitScrapes(4);
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable part : new AutoCloseable[] {prometheus, program, slack, epm}) {
            if (part != null) {
                part.close();
            }
        }
    }

    /** So little is done here that there might be no collection, and so no metric of one. */
    private static void collectGarbage() throws Exception {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process process = new ProcessBuilder(jcmd, Long.toString(program.pid()), "GC.run")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private static void post(String app, String domain, String status, String more) throws Exception {
        String body = "{\"app\":\"%s\",\"domain\":\"%s\",\"status\":\"%s\",%s}".formatted(app, domain, status, more);
        assertThat(program.post("/api/v1/status", body).statusCode()).isEqualTo(200);
    }

    private static void awaitScrapes(int count) {
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(prometheus
                                .query("count_over_time(up{job=\"epmpulse\"}[1h])")
                                .at("/0/value/1")
                                .asInt())
                        .isGreaterThanOrEqualTo(count));
    }

    private static Stream<JsonNode> rules() throws Exception {
        return stream(prometheus.get("rules").at("/data/groups")).flatMap(group -> stream(group.path("rules")));
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    @Test
    void theProgramIsScraped() throws Exception {
        JsonNode target = prometheus.get("targets").at("/data/activeTargets");

        assertThat(target).hasSize(1);
        assertThat(target.at("/0/health").asText()).isEqualTo("up");
        assertThat(target.at("/0/lastError").asText()).isEmpty();
        assertThat(prometheus.query("up{job=\"epmpulse\"} == 1")).hasSize(1);
    }

    @Test
    void everyRuleIsEvaluated() throws Exception {
        List<String> names = AlertRulesIT.alerts().map(AlertRulesIT.Alert::name).toList();

        await().untilAsserted(
                        () -> assertThat(rules().map(rule -> rule.path("health").asText()))
                                .hasSize(names.size())
                                .containsOnly("ok"));
        assertThat(rules().map(rule -> rule.path("name").asText())).containsExactlyElementsOf(names);
        assertThat(rules().map(rule -> rule.path("lastError").asText())).containsOnly("");
    }

    @Test
    void aPostedWarningFiresItsAlertAndNoOther() throws Exception {
        // The disk is this machine's.
        String firing = "ALERTS{alertstate=\"firing\", alertname!=\"EpmPulseDiskFilling\"}";
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(prometheus.query(firing)).isNotEmpty());

        assertThat(prometheus.query(firing)).hasSize(1);
        assertThat(stream(prometheus.get("alerts").at("/data/alerts")))
                .filteredOn(alert -> alert.at("/labels/alertname").asText().equals("EpmPulseDomainFailed"))
                .singleElement()
                .extracting(alert -> alert.at("/annotations/description").asText())
                .isEqualTo("FCCS Consolidation shows Warning (1 failed).");
    }

    static Stream<Arguments> queries() throws Exception {
        return Dashboard.read().openPanels().stream()
                .flatMap(panel -> panel.queries().stream().map(query -> Arguments.of(panel.title(), query)));
    }

    @ParameterizedTest
    @MethodSource("queries")
    void everyQueryOfTheDashboardFindsSomething(String panel, String query) throws Exception {
        String expression = query.replace("$__rate_interval", RATE_INTERVAL);

        assertThat(expression).doesNotContain("$");
        assertThat(prometheus.query(expression)).isNotEmpty();
    }

    @Test
    void theDashboardShowsTheBoardAndTheTraffic() throws Exception {
        JsonNode board = prometheus.query(Dashboard.read().panels().stream()
                .filter(panel -> panel.title().equals("Board"))
                .findFirst()
                .orElseThrow()
                .queries()
                .get(0));

        assertThat(stream(board)
                        .map(domain -> domain.at("/metric/domain").asText() + " "
                                + domain.at("/value/1").asText()))
                .containsExactlyInAnyOrder("Actual 1", "Budget 2", "Consolidation 3");
        assertThat(prometheus.query("epmpulse_epm_polls_total{result=\"running\"} > 0"))
                .hasSize(1);
        assertThat(prometheus.query("epmpulse_canvas_publishes_total{result=\"published\"} > 0"))
                .hasSize(1);
    }
}
