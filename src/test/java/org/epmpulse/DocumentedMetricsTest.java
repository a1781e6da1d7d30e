package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What services without a database that nobody has posted to expose, against the table of deploy/README.md. */
class DocumentedMetricsTest {

    private static final String APPS = """
            {"epm": {"servers": {
               "planning": {"name": "Planning", "base_url": "http://127.0.0.1:9", "product": "planning",
                            "auth": {"type": "basic", "username": "robot", "password": "pass"}, "watch": {}},
               "fccs": {"name": "FCCS", "base_url": "http://127.0.0.1:9"}}},
             "channels": {"CMAIN": {"name": "epm-main"}, "CARCS": {"name": "arcs"}},
             "apps": {"Planning": {"domains": ["Actual", "Budget"], "server": "planning", "channels": ["CMAIN"],
                                    "jobs": [{"name": "Load*", "domain": "Actual"}]},
                      "ARCS": {"domains": ["Reconciliation"], "channels": ["CARCS"]}}}
            """;
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(\\w+)` \\| (counter|gauge|histogram) \\| (.*?)\\| .+\\|$");

    @TempDir
    static Path folder;

    /** Without Slack and EPM. */
    private static TestingEpmPulse plain;

    private static Scrape scrape;
    private static TestingEpmPulse withSlack;
    private static SlackSandbox slack;

    record Metric(String name, String type, Set<String> labels) {

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        plain = new TestingEpmPulse(folder.resolve("plain"), APPS).start();
        scrape = scrape(plain);
        slack = SlackSandbox.start(InstantSource.system());
        withSlack = new TestingEpmPulse(folder.resolve("slack"), APPS);
        withSlack.settings.put("EPMPULSE_ROUTES_DIR", routesOfASite().toString());
        withSlack.settings.put("SLACK_BOT_TOKEN", slack.botToken());
        withSlack.settings.put("SLACK_APP_TOKEN", slack.appToken());
        withSlack.settings.put("SLACK_API_URL", slack.apiUrl().toString());
        withSlack.start();
    }

    /** The shipped routes and one of a site. */
    private static Path routesOfASite() throws IOException {
        Path routes = Files.createDirectories(folder.resolve("routes"));
        Path site = Files.createDirectories(routes.resolve("site"));
        try (Stream<Path> shipped = Files.list(Path.of("routes"))) {
            for (Path file : shipped.filter(Files::isRegularFile).toList()) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        Files.writeString(site.resolve("mine.camel.yaml"), """
                - route:
                    id: mine
                    from:
                      uri: status-changes:mine
                      steps:
                        - to:
                            uri: log:mine
                """);
        return routes;
    }

    @AfterAll
    static void stop() {
        withSlack.close();
        slack.close();
        plain.close();
    }

    private static Scrape scrape(TestingEpmPulse epmPulse) {
        epmPulse.get("/health");
        return Scrape.of(epmPulse.get("/api/v1/metrics").body());
    }

    static Stream<Metric> documented() throws Exception {
        String monitoring = Files.readString(Path.of("deploy/README.md"))
                .split("\n## Monitoring\n")[1]
                .split("\n## ")[0];
        return ROW.matcher(monitoring)
                .results()
                .map(row -> new Metric(
                        row.group(1),
                        row.group(2),
                        Arrays.stream(row.group(3).split("[`, ]+"))
                                .filter(label -> !label.isBlank())
                                .collect(Collectors.toCollection(TreeSet::new))));
    }

    @ParameterizedTest
    @MethodSource("documented")
    void aMetricHasTheTypeAndTheLabelsOfTheTable(Metric metric) {
        Scrape scraped = scrape(withSlack);

        assertThat(scraped.types()).containsEntry(metric.name(), metric.type());
        assertThat(scraped.labels(metric.name(), metric.type())).containsExactly(metric.labels());
    }

    @Test
    void noMetricIsMissingInTheTable() throws Exception {
        List<String> exposed = scrape(withSlack).types().keySet().stream()
                .filter(name -> name.matches("(epmpulse|disk)_.*"))
                // The highest value of late, beside a histogram.
                .filter(name -> !name.endsWith("_max"))
                .toList();

        assertThat(documented().map(Metric::name)).containsExactlyInAnyOrderElementsOf(exposed);
    }

    @Test
    void whatTheConfigurationKnowsIsThereAtNought() {
        assertAtNought(
                "epmpulse_canvas_publishes_total",
                "channel",
                Set.of("CMAIN", "CARCS"),
                "result",
                "published",
                "unchanged",
                "rate_limited",
                "unavailable",
                "refused");
        assertAtNought(
                "epmpulse_epm_polls_total",
                "server",
                Set.of("planning", "fccs"),
                "result",
                "running",
                "ended",
                "unavailable",
                "auth_failed",
                "unknown");
        assertThat(values("epmpulse_canvas_lag_seconds"))
                .isEqualTo(Map.of(Map.of("channel", "CMAIN"), 0.0, Map.of("channel", "CARCS"), 0.0));
        assertThat(values("epmpulse_change_dropped_total").keySet())
                .contains(Map.of("listener", "canvas-refresh"), Map.of("listener", "board-events"));
        assertThat(values("epmpulse_status_updates_total")).hasSize(2 * 3 * 3 + 3);
        assertThat(values("epmpulse_domain_stale")).hasSize(3);
        assertThat(values("epmpulse_domain_status_age_seconds")).hasSize(3);
        for (String counter : List.of(
                "epmpulse_change_dropped_total",
                "epmpulse_status_updates_total",
                "epmpulse_journal_quarantined_total",
                "epmpulse_domain_stale",
                "epmpulse_domain_status_age_seconds",
                "epmpulse_journal_force_seconds_count",
                "epmpulse_journal_group_size_count")) {
            assertThat(values(counter)).as(counter).isNotEmpty();
            assertThat(values(counter).values()).as(counter).containsOnly(0.0);
        }
    }

    private static void assertAtNought(
            String metric, String label, Set<String> values, String otherLabel, String... otherValues) {
        Map<Map<String, String>, Double> expected = values.stream()
                .flatMap(value -> Arrays.stream(otherValues).map(other -> Map.of(label, value, otherLabel, other)))
                .collect(Collectors.toMap(labels -> labels, labels -> 0.0));
        assertThat(values(metric)).as(metric).isEqualTo(expected);
    }

    private static Map<Map<String, String>, Double> values(String name) {
        return scrape.samples().stream()
                .filter(sample -> sample.name().equals(name))
                .collect(Collectors.toMap(Scrape.Sample::labels, Scrape.Sample::value));
    }

    @Test
    void theDiskIsThatOfTheDataFolder() {
        String path = folder.resolve("plain/data").toString();

        assertThat(values("epmpulse_store_writable")).isEqualTo(Map.of(Map.of(), 1.0));
        assertThat(values("disk_total_bytes"))
                .isEqualTo(Map.of(Map.of("path", path), (double) folder.toFile().getTotalSpace()));
        assertThat(values("disk_free_bytes").get(Map.of("path", path))).isPositive();
    }

    @Test
    void allMetricsHaveAHelpText() {
        String text = plain.get("/api/v1/metrics").body();

        assertThat(scrape.types().keySet())
                .filteredOn(name -> name.matches("(epmpulse|disk)_.*"))
                .allSatisfy(name -> assertThat(text).contains("# HELP " + name + " "));
    }
}
