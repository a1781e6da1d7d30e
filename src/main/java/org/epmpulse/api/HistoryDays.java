package org.epmpulse.api;

import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.epmpulse.http.BadRequestException;
import org.epmpulse.http.Reply;
import org.epmpulse.http.RequestHeaders;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DailyRunCounts;
import org.epmpulse.status.DomainId;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/** Counts how the runs of each day ended: {@code GET /api/v1/history/days}. Thread-safe. */
public final class HistoryDays {

    private static final int DEFAULT_DAYS = 30;

    /** One number per day. */
    private record RunCounts(int[] ok, int[] warning) {}

    private record Days(String timezone, List<String> days, Map<String, Map<String, RunCounts>> apps) {}

    private final Catalog catalog;
    private final StatusStore store;
    private final ZoneId zone;
    private final InstantSource clock;

    /** @param zone in which a day begins and ends */
    public HistoryDays(Catalog catalog, StatusStore store, ZoneId zone, InstantSource clock) {
        this.catalog = catalog;
        this.store = store;
        this.zone = zone;
        this.clock = clock;
    }

    /**
     * The counts of the configured domains that match the filters; today is the last day.
     *
     * @throws BadRequestException if {@code days} is out of bounds
     */
    public Reply show(Map<String, Object> headers) {
        int days = (int) RequestHeaders.number(headers, "days", 1, DailyRunCounts.DAYS, DEFAULT_DAYS);
        LocalDate today = clock.instant().atZone(zone).toLocalDate();
        List<DomainId> ids = ids(RequestHeaders.text(headers, "app"), RequestHeaders.text(headers, "domain"));
        DailyRunCounts counts = store.dailyRunCounts(ids, today, zone);
        Map<String, Map<String, RunCounts>> apps = new LinkedHashMap<>();
        for (DomainId id : ids) {
            apps.computeIfAbsent(id.app(), app -> new LinkedHashMap<>())
                    .put(id.domain(), new RunCounts(counts.ok(id, days), counts.warning(id, days)));
        }
        List<String> dates = IntStream.range(0, days)
                .mapToObj(i -> today.minusDays(days - 1L - i).toString())
                .toList();
        return Reply.ok(new Days(zone.getId(), dates, apps));
    }

    private List<DomainId> ids(@Nullable String app, @Nullable String domain) {
        return catalog.domainIds()
                .filter(id -> app == null || app.equals(id.app()))
                .filter(id -> domain == null || domain.equals(id.domain()))
                .toList();
    }
}
