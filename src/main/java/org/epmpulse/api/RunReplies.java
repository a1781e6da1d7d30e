package org.epmpulse.api;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.epmpulse.http.AsOf;
import org.epmpulse.http.BadRequestException;
import org.epmpulse.http.Reply;
import org.epmpulse.http.RequestHeaders;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.Run;
import org.epmpulse.store.RunPage;
import org.epmpulse.store.RunQuery;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/** Lists runs: {@code GET /api/v1/runs}. Thread-safe. */
public final class RunReplies {

    private static final int DEFAULT_LIMIT = 100;

    private static final List<String> FILTERS = List.of("app", "domain", "since", "until", "at", "limit");

    private record Page(
            List<Map<String, @Nullable Object>> runs,
            @Nullable String next,
            Instant asOf) {}

    private final StatusStore store;
    private final Catalog catalog;
    private final InstantSource clock;

    /** @param catalog whose domains may be running; one of an earlier configuration can never end */
    public RunReplies(StatusStore store, Catalog catalog, InstantSource clock) {
        this.store = store;
        this.catalog = catalog;
        this.clock = clock;
    }

    /**
     * A page of runs, the one with the latest update first, as CSV if the client prefers that. With {@code until} or
     * {@code at} in the past, they are listed as they were known then. Waits for the store, on a worker.
     *
     * @throws BadRequestException if a parameter is invalid
     * @throws HistoryGoneException if no board is stored for that time
     */
    public Reply list(Map<String, Object> headers) {
        Instant known = earliest(RequestHeaders.instant(headers, "at"), RequestHeaders.instant(headers, "until"));
        Instant past = known != null && known.isBefore(clock.instant()) ? known : null;
        Instant asOf = AsOf.await(store, past);
        RunPage page = read(query(headers, past == null ? now(store.board(), clock) : past));
        List<Run> runs = page.runs().stream()
                .filter(run -> run.status().endsRun() || catalog.contains(run.id()))
                .toList();
        Reply reply = Accept.of(headers).prefers("text/csv", "application/json")
                ? CsvPages.reply(HistoryCsv.writeRuns(runs), page.next(), FILTERS, headers)
                : Reply.ok(new Page(runs.stream().map(RunColumn::all).toList(), page.next(), page.asOf()));
        return AsOf.mark(reply.withHeaders(Map.of("Vary", "Accept")), asOf);
    }

    /** The time now, but not before that of the last update: the clock that stamps updates may be ahead of this one. */
    static Instant now(Board board, InstantSource clock) {
        Instant now = clock.instant();
        Instant updated = board.lastUpdated();
        return updated == null || updated.isBefore(now) ? now : updated;
    }

    private RunPage read(RunQuery query) {
        try {
            return store.runs(query);
        } catch (IllegalArgumentException e) {
            if (query.cursor() == null) {
                throw e;
            }
            throw new BadRequestException("cursor must be the value of next in an earlier page");
        }
    }

    private static RunQuery query(Map<String, Object> headers, Instant asOf) {
        return new RunQuery(
                RequestHeaders.text(headers, "app"),
                RequestHeaders.text(headers, "domain"),
                RequestHeaders.instant(headers, "since"),
                RequestHeaders.instant(headers, "until"),
                asOf,
                (int) RequestHeaders.number(headers, "limit", 1, HistoryQuery.MAX_LIMIT, DEFAULT_LIMIT),
                RequestHeaders.text(headers, "cursor"));
    }

    /** The earlier of two times; the other one if one is null. */
    private static @Nullable Instant earliest(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }
}
