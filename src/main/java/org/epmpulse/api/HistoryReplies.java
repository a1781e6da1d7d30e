package org.epmpulse.api;

import java.util.List;
import java.util.Map;
import org.epmpulse.http.BadRequestException;
import org.epmpulse.http.Reply;
import org.epmpulse.http.RequestHeaders;
import org.epmpulse.status.Status;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/** Lists accepted updates: {@code GET /api/v1/history}. Thread-safe. */
public final class HistoryReplies {

    private static final int DEFAULT_LIMIT = 100;

    private static final List<String> FILTERS = List.of("app", "domain", "job_id", "status", "since", "until", "limit");

    private record Page(
            List<Map<String, @Nullable Object>> entries,
            @Nullable String next) {}

    private final StatusStore store;

    public HistoryReplies(StatusStore store) {
        this.store = store;
    }

    /**
     * A page of entries, the latest first, as CSV if the client prefers that.
     *
     * @throws BadRequestException if a parameter is invalid
     */
    public Reply list(Map<String, Object> headers) {
        HistoryPage page = read(query(headers));
        Reply reply = Accept.of(headers).prefers("text/csv", "application/json")
                ? CsvPages.reply(HistoryCsv.write(page.entries()), page.next(), FILTERS, headers)
                : Reply.ok(
                        new Page(page.entries().stream().map(HistoryColumn::all).toList(), page.next()));
        return reply.withHeaders(Map.of("Vary", "Accept"));
    }

    private HistoryPage read(HistoryQuery query) {
        try {
            return store.history(query);
        } catch (IllegalArgumentException e) {
            if (query.cursor() == null) {
                throw e;
            }
            throw new BadRequestException("cursor must be the value of next in an earlier page");
        }
    }

    private static HistoryQuery query(Map<String, Object> headers) {
        return new HistoryQuery(
                RequestHeaders.text(headers, "app"),
                RequestHeaders.text(headers, "domain"),
                RequestHeaders.text(headers, "job_id"),
                status(headers),
                RequestHeaders.instant(headers, "since"),
                RequestHeaders.instant(headers, "until"),
                (int) RequestHeaders.number(headers, "limit", 1, HistoryQuery.MAX_LIMIT, DEFAULT_LIMIT),
                RequestHeaders.text(headers, "cursor"));
    }

    private static @Nullable Status status(Map<String, Object> headers) {
        String label = RequestHeaders.text(headers, "status");
        if (label == null) {
            return null;
        }
        Status status = Status.ofLabel(label);
        if (status == null) {
            throw new BadRequestException("status must be one of " + String.join(", ", Status.labels()));
        }
        return status;
    }
}
