package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the queries of the dashboard give for the metrics of two nodes, asked of Prometheus' own tool. */
class ClusterDashboardIT {

    @TempDir
    private Path folder;

    private final Dashboard dashboard = Dashboard.read();
    private final List<Map<String, String>> series = new ArrayList<>();
    private final List<Map<String, Object>> expected = new ArrayList<>();

    ClusterDashboardIT() throws Exception {}

    @BeforeAll
    static void requirePromtool() throws Exception {
        Installed.require("promtool", Installed.works(List.of("promtool", "--version")));
    }

    /** The same or rising values of a metric on both nodes. */
    private void both(String metric, String labels, String ofA, String ofB) {
        String more = labels.isEmpty() ? "" : ", " + labels;
        series.add(Map.of(
                "series", "%s{job=\"epmpulse\", instance=\"a:18800\"%s}".formatted(metric, more), "values", ofA));
        series.add(Map.of(
                "series", "%s{job=\"epmpulse\", instance=\"b:18800\"%s}".formatted(metric, more), "values", ofB));
    }

    /** The samples after 10 min, as labels and values in turn. */
    private void expect(String panel, Object... samples) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (int i = 0; i < samples.length; i += 2) {
            all.add(Map.of("labels", samples[i], "value", samples[i + 1]));
        }
        String query = dashboard.panels().stream()
                .filter(candidate -> candidate.title().equals(panel))
                .findFirst()
                .orElseThrow()
                .queries()
                .get(0)
                .replace("$__rate_interval", "2m");
        Map<String, Object> test = new LinkedHashMap<>();
        test.put("expr", query);
        test.put("eval_time", "10m");
        test.put("exp_samples", all);
        expected.add(test);
    }

    private void check() throws Exception {
        Path file = folder.resolve("test.json");
        new ObjectMapper()
                .writeValue(
                        file.toFile(),
                        Map.of(
                                "evaluation_interval",
                                "1m",
                                "tests",
                                List.of(Map.of(
                                        "interval", "15s", "input_series", series, "promql_expr_test", expected))));
        Process promtool = new ProcessBuilder("promtool", "test", "rules", file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor())
                .as("%s\n%s", output, Files.readString(file))
                .isZero();
    }

    @Test
    void whatBothNodesKnowIsShownOnce() throws Exception {
        String domain = "app=\"FCCS\", domain=\"Actual\", status=";
        both("epmpulse_domains", "app=\"FCCS\", status=\"Warning\"", "1x60", "1x60");
        both("epmpulse_domains", "app=\"Planning\", status=\"Warning\"", "2x60", "2x60");
        both("epmpulse_domains", "app=\"FCCS\", status=\"Loading\"", "3x60", "3x60");
        both("epmpulse_domain_status", domain + "\"Loading\"", "0x60", "0x60");
        both("epmpulse_domain_status", domain + "\"OK\"", "0x60", "0x60");
        both("epmpulse_domain_status", domain + "\"Warning\"", "1x60", "1x60");

        expect("Failed", "{}", 3);
        expect("Loading", "{}", 3);
        expect("Domains by status", "{status=\"Warning\"}", 3, "{status=\"Loading\"}", 3);
        expect("Board", "{app=\"FCCS\", domain=\"Actual\"}", 3);
        check();
    }

    @Test
    void whatEachNodeDoesIsAdded() throws Exception {
        both("epmpulse_status_updates_total", "outcome=\"recorded\"", "0+15x60", "0+30x60");

        expect("Updates", "{outcome=\"recorded\"}", 180);
        expect("Updates by node", "{instance=\"a:18800\"}", 60, "{instance=\"b:18800\"}", 120);
        check();
    }

    @Test
    void theLagOfAPassiveNodeIsNotShown() throws Exception {
        both("epmpulse_active", "", "0x60", "1x60");
        both("epmpulse_canvas_lag_seconds", "channel=\"C1\"", "600x60", "2x60");

        expect("Canvas lag", "{}", 2);
        expect("Canvas lag by channel", "{channel=\"C1\"}", 2);
        expect("Active node", "{instance=\"a:18800\"}", 0, "{instance=\"b:18800\"}", 1);
        check();
    }

    @Test
    void withoutADatabaseTheLagIsShown() throws Exception {
        both("epmpulse_canvas_lag_seconds", "channel=\"C1\"", "600x60", "2x60");

        expect("Canvas lag", "{}", 600);
        check();
    }

    @Test
    void aNodeThatIsCutOffIsSeen() throws Exception {
        both("epmpulse_journal_behind_seconds", "", "0.1x60", "0+15x60");
        both("epmpulse_nodes", "", "1x60", "2x60");

        expect("Behind", "{instance=\"a:18800\"}", 0.1, "{instance=\"b:18800\"}", 600);
        expect("Nodes", "{instance=\"a:18800\"}", 1, "{instance=\"b:18800\"}", 2);
        check();
    }
}
