package org.epmpulse.board;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainAnswers;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Status;

/**
 * The configured domains as metrics. The board is read at each scrape, so an update has no extra cost and all values
 * are of one revision. Thread-safe.
 *
 * <p>With more than {@value #MAX_DOMAINS} domains there are only counts per application, because one time series per
 * domain would be too many for Prometheus.
 */
public final class BoardMetrics implements MultiCollector {

    static final int MAX_DOMAINS = 2_000;

    private final Catalog catalog;
    private final Supplier<Board> boards;
    private final Duration staleAfter;
    private final InstantSource clock;
    private final boolean perDomain;

    /** @param staleAfter a domain that has been Loading for longer than this is stale */
    public BoardMetrics(Catalog catalog, Supplier<Board> boards, Duration staleAfter, InstantSource clock) {
        this.catalog = catalog;
        this.boards = boards;
        this.staleAfter = staleAfter;
        this.clock = clock;
        this.perDomain = catalog.domainIds().count() <= MAX_DOMAINS;
    }

    @Override
    public MetricSnapshots collect() {
        Board board = boards.get();
        Instant now = clock.instant();
        GaugeSnapshot.Builder counts = gauge("epmpulse_domains", "How many domains have this status");
        for (Catalog.App app : catalog.apps().values()) {
            Map<Status, Integer> statuses = new EnumMap<>(Status.class);
            app.domainIds().values().forEach(id -> statuses.merge(board.of(id).status(), 1, Integer::sum));
            for (Status status : Status.values()) {
                Labels labels = Labels.of("app", app.id(), "status", status.label());
                counts.dataPoint(point(labels, statuses.getOrDefault(status, 0)));
            }
        }
        MetricSnapshots.Builder all = MetricSnapshots.builder().metricSnapshot(counts.build());
        if (perDomain) {
            addPerDomain(all, board, now);
        }
        return all.build();
    }

    private void addPerDomain(MetricSnapshots.Builder all, Board board, Instant now) {
        GaugeSnapshot.Builder statuses = gauge("epmpulse_domain_status", "Whether the domain has this status");
        GaugeSnapshot.Builder ages = gauge(
                "epmpulse_domain_status_age_seconds",
                "Since the latest update of the domain; 0 if it was never reported");
        GaugeSnapshot.Builder stale =
                gauge("epmpulse_domain_stale", "Whether the domain has been Loading for longer than allowed");
        GaugeSnapshot.Builder overdue =
                gauge("epmpulse_domain_overdue", "Whether its run takes longer than 95 % of the last runs");
        GaugeSnapshot.Builder acknowledged =
                gauge("epmpulse_domain_acknowledged", "Whether somebody has acknowledged its problem");
        GaugeSnapshot.Builder muted = gauge("epmpulse_domain_muted", "Whether its alerts are muted");
        catalog.domainIds().forEach(id -> {
            DomainStatus current = board.of(id);
            for (Status status : Status.values()) {
                Labels labels = Labels.of("app", id.app(), "domain", id.domain(), "status", status.label());
                statuses.dataPoint(point(labels, current.status() == status ? 1 : 0));
            }
            Labels labels = Labels.of("app", id.app(), "domain", id.domain());
            ages.dataPoint(point(labels, age(current, now)));
            stale.dataPoint(point(labels, current.stale(now, staleAfter) ? 1 : 0));
            overdue.dataPoint(point(labels, board.durations(id).overdue(current, now) ? 1 : 0));
            DomainAnswers answers = board.answers(id);
            acknowledged.dataPoint(point(labels, answers.acknowledgement(now) != null ? 1 : 0));
            muted.dataPoint(point(labels, answers.mute(now) != null ? 1 : 0));
        });
        all.metricSnapshot(statuses.build())
                .metricSnapshot(ages.build())
                .metricSnapshot(stale.build())
                .metricSnapshot(overdue.build())
                .metricSnapshot(acknowledged.build())
                .metricSnapshot(muted.build());
    }

    private static double age(DomainStatus domain, Instant now) {
        Instant updated = domain.updated();
        return updated == null ? 0 : Math.max(0, Duration.between(updated, now).toMillis() / 1000.0);
    }

    private static GaugeSnapshot.Builder gauge(String name, String help) {
        return GaugeSnapshot.builder().name(name).help(help);
    }

    private static GaugeDataPointSnapshot point(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }
}
