package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scrape finds. */
class MetricsTest {

    private static final String APPS = """
            {"apps": {"Planning": {"domains": ["Actual", "Budget"]}, "ARCS": {"domains": ["Reconciliation"]}}}
            """;

    @TempDir
    Path folder;

    private static List<String> scrape(TestingEpmPulse epmPulse, String name) {
        return epmPulse.get("/api/v1/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .toList();
    }

    private static String update(String status, String job, String time) {
        return """
                {"app":"Planning","domain":"Budget","status":"%s","job_id":"%s","timestamp":"2026-02-16T%s:00Z"}""".formatted(status, job, time);
    }

    @Test
    void allThatIsConfiguredIsThereFromTheStart() throws Exception {
        try (TestingEpmPulse epmPulse = new TestingEpmPulse(folder, APPS).start()) {
            assertThat(scrape(epmPulse, "epmpulse_status_updates_total"))
                    .hasSize(2 * 3 * 3 + 3)
                    .allMatch(line -> line.endsWith(" 0.0"))
                    .contains(
                            "epmpulse_status_updates_total{app=\"ARCS\",outcome=\"superseded\",source=\"epm\"} 0.0",
                            "epmpulse_status_updates_total{app=\"unknown\",outcome=\"refused\",source=\"api\"} 0.0");
            assertThat(scrape(epmPulse, "epmpulse_domain_status"))
                    .hasSize(3 * 4)
                    .contains("epmpulse_domain_status{app=\"ARCS\",domain=\"Reconciliation\",status=\"Blank\"} 1.0");
            assertThat(scrape(epmPulse, "epmpulse_domain_status_age_seconds")).hasSize(3);
            assertThat(scrape(epmPulse, "epmpulse_domain_stale")).hasSize(3);
            assertThat(scrape(epmPulse, "epmpulse_domain_overdue")).hasSize(3);
            assertThat(scrape(epmPulse, "epmpulse_journal_quarantined_total"))
                    .containsExactly("epmpulse_journal_quarantined_total 0.0");
            assertThat(scrape(epmPulse, "epmpulse_journal_force_seconds_count")).hasSize(1);
            assertThat(scrape(epmPulse, "epmpulse_journal_force_seconds_bucket"))
                    .hasSizeGreaterThan(5);
            assertThat(scrape(epmPulse, "epmpulse_journal_group_size_bucket")).hasSizeGreaterThan(5);
            assertThat(scrape(epmPulse, "epmpulse_change_dropped_total"))
                    .contains("epmpulse_change_dropped_total{listener=\"canvas-refresh\"} 0.0");
        }
    }

    @Test
    void updatesAreCountedByWhatBecameOfThem() throws Exception {
        try (TestingEpmPulse epmPulse = new TestingEpmPulse(folder, APPS).start()) {
            String update = "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\","
                    + "\"timestamp\":\"2026-02-16T14:30:00Z\"}";
            epmPulse.post("/api/v1/status", update);
            epmPulse.post("/api/v1/status", update);
            epmPulse.post("/api/v1/status", update.replace("14:30", "14:29"));
            epmPulse.post("/api/v1/status", update.replace("Actual", "Actuals"));
            epmPulse.post("/api/v1/status", "OK");
            epmPulse.post("/api/v1/status", "{\"app\":5,\"domain\":\"Actual\",\"status\":\"OK\"}");
            epmPulse.post(
                    "/api/v1/status/batch", "{\"updates\":[" + update + "," + update.replace("Planning", "?") + "]}");
            epmPulse.post("/api/v1/status/batch", "{\"updates\":[]}");

            assertThat(scrape(epmPulse, "epmpulse_status_updates_total"))
                    .contains(
                            "epmpulse_status_updates_total{app=\"Planning\",outcome=\"recorded\",source=\"api\"} 1.0",
                            "epmpulse_status_updates_total{app=\"Planning\",outcome=\"duplicate\",source=\"api\"} 1.0",
                            "epmpulse_status_updates_total{app=\"Planning\",outcome=\"superseded\",source=\"api\"} 1.0",
                            "epmpulse_status_updates_total{app=\"unknown\",outcome=\"refused\",source=\"api\"} 6.0");
        }
    }

    @Test
    void aScrapeShowsTheBoardAsItIsNow() throws Exception {
        try (TestingEpmPulse epmPulse = new TestingEpmPulse(folder, APPS)) {
            epmPulse.settings.put("EPMPULSE_STALE_AFTER", "1h");
            epmPulse.start();
            epmPulse.status("ARCS", "Reconciliation", "OK", "m");
            epmPulse.post("/api/v1/status", update("Loading", "J", "14:00"));

            assertThat(scrape(epmPulse, "epmpulse_domain_status"))
                    .contains(
                            "epmpulse_domain_status{app=\"Planning\",domain=\"Budget\",status=\"Loading\"} 1.0",
                            "epmpulse_domain_status{app=\"Planning\",domain=\"Budget\",status=\"Blank\"} 0.0",
                            "epmpulse_domain_status{app=\"ARCS\",domain=\"Reconciliation\",status=\"OK\"} 1.0");
            assertThat(scrape(epmPulse, "epmpulse_domain_stale"))
                    .contains(
                            "epmpulse_domain_stale{app=\"Planning\",domain=\"Budget\"} 1.0",
                            "epmpulse_domain_stale{app=\"ARCS\",domain=\"Reconciliation\"} 0.0");
            assertThat(scrape(epmPulse, "epmpulse_domain_overdue"))
                    .contains("epmpulse_domain_overdue{app=\"Planning\",domain=\"Budget\"} 0.0");

            for (int hour = 14; hour < 19; hour++) {
                epmPulse.post("/api/v1/status", update("Loading", "J", hour + ":00"));
                epmPulse.post("/api/v1/status", update("OK", "J", hour + ":20"));
            }
            epmPulse.post("/api/v1/status", update("Loading", "J", "20:00"));

            assertThat(scrape(epmPulse, "epmpulse_domain_overdue"))
                    .contains("epmpulse_domain_overdue{app=\"Planning\",domain=\"Budget\"} 1.0");
            assertThat(scrape(epmPulse, "epmpulse_domain_status_age_seconds"))
                    .filteredOn(line -> line.contains("Budget"))
                    .allMatch(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))) > 86_400);
        }
    }

    @Test
    void manyDomainsAreOnlyCounted() throws Exception {
        String domains =
                IntStream.rangeClosed(0, 2000).mapToObj(i -> "\"D" + i + "\"").collect(Collectors.joining(","));
        try (TestingEpmPulse epmPulse =
                new TestingEpmPulse(folder, "{\"apps\":{\"Planning\":{\"domains\":[" + domains + "]}}}").start()) {
            epmPulse.status("Planning", "D7", "Warning", "m");

            assertThat(scrape(epmPulse, "epmpulse_domain_status")).isEmpty();
            assertThat(scrape(epmPulse, "epmpulse_domain_status_age_seconds")).isEmpty();
            assertThat(scrape(epmPulse, "epmpulse_domain_stale")).isEmpty();
            assertThat(scrape(epmPulse, "epmpulse_domain_overdue")).isEmpty();
            assertThat(scrape(epmPulse, "epmpulse_domains"))
                    .containsExactlyInAnyOrder(
                            "epmpulse_domains{app=\"Planning\",status=\"Blank\"} 2000.0",
                            "epmpulse_domains{app=\"Planning\",status=\"Loading\"} 0.0",
                            "epmpulse_domains{app=\"Planning\",status=\"OK\"} 0.0",
                            "epmpulse_domains{app=\"Planning\",status=\"Warning\"} 1.0");
        }
    }
}
