package org.epmpulse.api;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.epmpulse.http.BadRequestException;
import org.epmpulse.http.Reply;
import org.epmpulse.http.RequestHeaders;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.HistoryQuery;
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
    private final InstantSource clock;

    public RunReplies(StatusStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * A page of runs, the one with the latest update first, as CSV if the client prefers that. With {@code until} or
     * {@code at} in the past, they are listed as they were known then.
     *
     * @throws BadRequestException if a parameter is invalid
     * @throws HistoryGoneException if no board is stored for that time
     */
    public Reply list(Map<String, Object> headers) {
        RunPage page = read(query(headers));
        Reply reply = Accept.of(headers).prefers("text/csv", "application/json")
                ? CsvPages.reply(HistoryCsv.writeRuns(page.runs()), page.next(), FILTERS, headers)
                : Reply.ok(new Page(page.runs().stream().map(RunColumn::all).toList(), page.next(), page.asOf()));
        return reply.withHeaders(Map.of("Vary", "Accept"));
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

    private RunQuery query(Map<String, Object> headers) {
        Instant until = RequestHeaders.instant(headers, "until");
        Instant asOf = earlier(earlier(clock.instant(), RequestHeaders.instant(headers, "at")), until);
        return new RunQuery(
                RequestHeaders.text(headers, "app"),
                RequestHeaders.text(headers, "domain"),
                RequestHeaders.instant(headers, "since"),
                until,
                asOf,
                (int) RequestHeaders.number(headers, "limit", 1, HistoryQuery.MAX_LIMIT, DEFAULT_LIMIT),
                RequestHeaders.text(headers, "cursor"));
    }

    /** @param other null for a time that is not limited */
    private static Instant earlier(Instant time, @Nullable Instant other) {
        return other == null || time.isBefore(other) ? time : other;
    }
}
