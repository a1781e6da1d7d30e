package org.epmpulse.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.epmpulse.http.TestingApi;
import org.epmpulse.security.TestingClock;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.TestingStatusStore;
import org.epmpulse.window.WindowPlan;
import org.epmpulse.window.WindowViews;
import org.junit.jupiter.api.Test;

/** The metrics of the window while domains become late and are done. A window starts at 18:00 UTC. */
class WindowMetricsTest {

    private static final DomainId CLOSE = new DomainId("FCCS", "Consolidation");

    private final TestingClock clock = new TestingClock();
    private final TestingStatusStore store = new TestingStatusStore(clock, change -> {});

    private Map<String, Double> values(WindowPlan plan) {
        Map<String, Double> values = new TreeMap<>();
        WindowViews windows = new WindowViews(plan, Duration.ofHours(2), store::board, clock);
        for (MetricSnapshot metric : new WindowMetrics(windows).collect()) {
            ((GaugeSnapshot) metric)
                    .getDataPoints()
                    .forEach(point -> values.put(metric.getMetadata().getName() + point.getLabels(), point.getValue()));
        }
        return values;
    }

    private void advanceTo(String time) {
        clock.advance(Duration.between(clock.instant(), Instant.parse(time)));
    }

    private void record(DomainId id, Status status) {
        store.record(List.of(ValidatedUpdate.of(id, status, "J", null, null)), false, null);
    }

    @Test
    void aDomainIsLateUntilItIsDone() {
        String late = "epmpulse_domain_late{app=\"FCCS\",domain=\"Consolidation\"}";
        advanceTo("2026-02-16T21:30:00Z");
        Map<String, Double> before = values(TestingApi.WINDOWS);
        advanceTo("2026-02-16T21:31:00Z");
        Map<String, Double> after = values(TestingApi.WINDOWS);
        record(CLOSE, Status.OK);
        Map<String, Double> done = values(TestingApi.WINDOWS);

        assertThat(before).containsEntry(late, 0.0).containsEntry("epmpulse_window_domains{state=\"late\"}", 0.0);
        assertThat(before).containsEntry("epmpulse_window_expected_end_seconds{}", 0.0);
        assertThat(after).containsEntry(late, 1.0).containsEntry("epmpulse_window_domains{state=\"late\"}", 1.0);
        assertThat(after).containsEntry("epmpulse_window_domains{state=\"not_started\"}", 4.0);
        assertThat(done).containsEntry(late, 0.0).containsEntry("epmpulse_window_domains{state=\"done\"}", 1.0);
        assertThat(done).containsEntry("epmpulse_window_expected_end_seconds{}", (double)
                clock.instant().getEpochSecond());
    }

    @Test
    void aDomainIsAtRiskBeforeItsDeadline() {
        for (int day = 10; day < 16; day++) {
            advanceTo("2026-02-%d".formatted(day + 10) + "T19:00:00Z");
            record(CLOSE, Status.LOADING);
            advanceTo("2026-02-%d".formatted(day + 10) + "T20:00:00Z");
            record(CLOSE, Status.OK);
        }
        advanceTo("2026-02-26T21:00:00Z");
        record(CLOSE, Status.LOADING);

        assertThat(values(TestingApi.WINDOWS))
                .containsEntry("epmpulse_window_domains{state=\"at_risk\"}", 1.0)
                .containsEntry("epmpulse_window_domains{state=\"running\"}", 1.0)
                .containsEntry("epmpulse_window_expected_end_seconds{}", (double)
                        Instant.parse("2026-02-26T22:00:00Z").getEpochSecond());
    }

    @Test
    void withManyDomainsThereAreOnlyCounts() {
        List<DomainId> ids = IntStream.range(0, 2_001)
                .mapToObj(i -> new DomainId("App", "D" + i))
                .toList();

        assertThat(values(new WindowPlan(ids, Map.of(), null)))
                .containsEntry("epmpulse_window_domains{state=\"not_started\"}", 2_001.0)
                .hasSize(8);
    }
}
