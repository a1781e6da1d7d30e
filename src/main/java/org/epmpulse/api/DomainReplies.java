package org.epmpulse.api;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.epmpulse.http.AsOf;
import org.epmpulse.http.BadRequestException;
import org.epmpulse.http.NotFoundException;
import org.epmpulse.http.Reply;
import org.epmpulse.http.RequestHeaders;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.DurationStatistics;
import org.epmpulse.status.Names;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.RunQuery;
import org.epmpulse.store.StatusStore;
import org.epmpulse.window.CloseCalendar;
import org.epmpulse.window.Deadline;
import org.epmpulse.window.DomainRule;
import org.epmpulse.window.WindowDomain;
import org.epmpulse.window.WindowPlan;
import org.epmpulse.window.WindowView;
import org.epmpulse.window.WindowViews;
import org.jspecify.annotations.Nullable;

/** Shows everything about one domain: {@code GET /api/v1/domains/{app}/{domain}}. Thread-safe. */
public final class DomainReplies {

    private record Window(Instant starts, Instant ends) {}

    private record Rule(
            @Nullable String by,
            @Nullable Instant nextDeadline,
            List<String> after,
            @Nullable String owner,
            @Nullable String runbook) {}

    /**
     * @param durationsSec of the last runs that ended OK and have a known start, the oldest first
     * @param ends of the last runs that ended OK, the oldest first
     */
    private record Trend(
            @Nullable Long usualSec,
            @Nullable Long pessimisticSec,
            @Nullable Instant usualEnd,
            int[] durationsSec,
            List<Instant> ends) {}

    private record Domain(
            String app,
            String domain,
            String displayName,
            Instant asOf,
            Window window,
            Rule rule,
            WindowEntry current,
            Trend trend,
            List<WindowEntry> upstream,
            List<WindowEntry> downstream,
            List<Map<String, @Nullable Object>> runs) {}

    private final Catalog catalog;
    private final WindowViews views;
    private final StatusStore store;
    private final Supplier<DomainNotes> notes;
    private final InstantSource clock;

    public DomainReplies(
            Catalog catalog, WindowViews views, StatusStore store, Supplier<DomainNotes> notes, InstantSource clock) {
        this.catalog = catalog;
        this.views = views;
        this.store = store;
        this.notes = notes;
        this.clock = clock;
    }

    /**
     * The domain now, or at a time in the past. Waits for the store, on a worker.
     *
     * @throws BadRequestException if {@code at} is not ISO 8601
     * @throws NotFoundException if the app or the domain is not configured
     * @throws HistoryGoneException if no board is stored for that time
     */
    public Reply show(Map<String, Object> headers) {
        DomainId id = id(headers);
        Instant at = WindowReplies.past(headers, clock);
        Instant asOf = AsOf.await(store, at);
        WindowView view = at == null ? views.current() : views.past(store.boardAt(at), at);
        DomainNotes shownNotes = at == null ? notes.get() : DomainNotes.NONE;
        WindowPlan plan = views.plan();
        WindowDomain domain = Objects.requireNonNull(view.domain(id), "a configured domain");
        Instant runsAsOf = at == null ? RunReplies.now(view.board(), clock) : at;
        RunQuery runs = new RunQuery(id.app(), id.domain(), null, null, runsAsOf, DurationStatistics.RUNS, null);
        Reply reply = Reply.ok(new Domain(
                id.app(),
                id.domain(),
                Objects.requireNonNull(catalog.app(id.app()), "a configured app")
                        .displayName(),
                view.asOf(),
                new Window(view.window().starts(), view.window().ends()),
                rule(plan.rule(id), plan.calendar(), view.asOf()),
                WindowEntry.of(domain, view, shownNotes),
                trend(domain),
                entries(domain.rule().after().stream(), view, shownNotes),
                entries(plan.dependants(id).stream(), view, shownNotes),
                store.runs(runs).runs().stream().map(RunColumn::all).toList()));
        return AsOf.mark(reply, asOf);
    }

    private DomainId id(Map<String, Object> headers) {
        String appId = RequestHeaders.pathParameter(headers, "app");
        String name = RequestHeaders.pathParameter(headers, "domain");
        Catalog.App app = catalog.app(appId);
        if (app == null || name == null) {
            throw new NotFoundException(
                    "Unknown app." + hint(appId, catalog.apps().keySet()), Map.of());
        }
        DomainId id = app.domainIds().get(name);
        if (id == null) {
            throw new NotFoundException("Unknown domain." + hint(name, app.domains()), Map.of());
        }
        return id;
    }

    private static String hint(@Nullable String name, Collection<String> known) {
        String hint = name == null ? "" : Names.hint(name, known);
        return hint.isEmpty() ? " GET /api/v1/status lists the configured apps and domains." : hint;
    }

    private static Rule rule(DomainRule rule, @Nullable CloseCalendar calendar, Instant now) {
        Deadline by = rule.by();
        return new Rule(
                by == null ? null : by.toString(),
                by == null || calendar == null ? null : calendar.nextDeadline(by, now),
                rule.after().stream().map(DomainId::toString).toList(),
                rule.owner(),
                rule.runbook());
    }

    private static Trend trend(WindowDomain domain) {
        DurationStatistics statistics = domain.statistics();
        return new Trend(
                statistics.typicalSec(),
                statistics.pessimisticSec(),
                domain.usualEnd(),
                statistics.seconds(),
                Arrays.stream(statistics.ends())
                        .mapToObj(Instant::ofEpochSecond)
                        .toList());
    }

    private static List<WindowEntry> entries(Stream<DomainId> ids, WindowView view, DomainNotes notes) {
        return ids.map(id ->
                        WindowEntry.of(Objects.requireNonNull(view.domain(id), "a configured domain"), view, notes))
                .toList();
    }
}
