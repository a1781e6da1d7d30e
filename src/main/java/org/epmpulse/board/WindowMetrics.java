package org.epmpulse.board;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import org.epmpulse.window.DeadlineState;
import org.epmpulse.window.WindowView;
import org.epmpulse.window.WindowViews;

/**
 * The close window as metrics. It is read at each scrape, so an update has no extra cost. With more than {@value
 * BoardMetrics#MAX_DOMAINS} domains there are only counts. Thread-safe.
 */
public final class WindowMetrics implements MultiCollector {

    private final WindowViews windows;

    public WindowMetrics(WindowViews windows) {
        this.windows = windows;
    }

    @Override
    public MetricSnapshots collect() {
        WindowView view = windows.current();
        GaugeSnapshot.Builder counts = GaugeSnapshot.builder()
                .name("epmpulse_window_domains")
                .help("How many domains are in this state in the close window; late and at_risk count in addition");
        view.counts().forEach((state, count) -> counts.dataPoint(point(Labels.of("state", state.label()), count)));
        for (DeadlineState state : new DeadlineState[] {DeadlineState.LATE, DeadlineState.AT_RISK}) {
            counts.dataPoint(point(Labels.of("state", state.label()), view.count(state)));
        }
        Instant expectedEnd = view.expectedEnd();
        MetricSnapshots.Builder all = MetricSnapshots.builder()
                .metricSnapshot(counts.build())
                .metricSnapshot(GaugeSnapshot.builder()
                        .name("epmpulse_window_expected_end_seconds")
                        .help("When the last domain is expected to be done, in seconds since 1970; 0 if not known")
                        .dataPoint(point(Labels.EMPTY, expectedEnd == null ? 0 : expectedEnd.getEpochSecond()))
                        .build());
        if (view.domains().size() <= BoardMetrics.MAX_DOMAINS) {
            all.metricSnapshot(late(view));
        }
        return all.build();
    }

    private static GaugeSnapshot late(WindowView view) {
        GaugeSnapshot.Builder late = GaugeSnapshot.builder()
                .name("epmpulse_domain_late")
                .help("Whether its deadline in the close window has passed and it is not done");
        view.domains()
                .forEach((id, domain) -> late.dataPoint(
                        point(Labels.of("app", id.app(), "domain", id.domain()), domain.isLateNow() ? 1 : 0)));
        return late.build();
    }

    private static GaugeDataPointSnapshot point(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }
}
