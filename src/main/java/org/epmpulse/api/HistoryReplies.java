package org.epmpulse.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Status;
import org.epmpulse.status.Timestamps;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/** Shows what was accepted: {@code GET /api/v1/history}. Thread-safe. */
public final class HistoryReplies {

    private static final int DEFAULT_LIMIT = 100;

    private record Line(
            @Nullable Long revision,
            Instant received,
            String app,
            String domain,
            String status,
            @Nullable String jobId,
            @Nullable String message,
            @Nullable Instant timestamp,
            Instant updated,
            @Nullable String epmJobId,
            String source,
            @Nullable String key,
            String outcome,
            @Nullable Long durationSec,
            @Nullable String batch) {}

    private record Page(List<Line> entries, @Nullable String next) {}

    private final StatusStore store;

    public HistoryReplies(StatusStore store) {
        this.store = store;
    }

    /**
     * A page of entries, the latest first.
     *
     * @throws BadRequestException if a parameter makes no sense
     */
    public Reply list(Map<String, Object> headers) {
        HistoryPage page = read(query(headers));
        return Reply.ok(
                new Page(page.entries().stream().map(HistoryReplies::line).toList(), page.next()));
    }

    private HistoryPage read(HistoryQuery query) {
        try {
            return store.history(query);
        } catch (IllegalArgumentException e) {
            if (query.cursor() == null) {
                throw e;
            }
            throw new BadRequestException("cursor must be the next of an earlier page");
        }
    }

    private static HistoryQuery query(Map<String, Object> headers) {
        return new HistoryQuery(
                RequestHeaders.text(headers, "app"),
                RequestHeaders.text(headers, "domain"),
                RequestHeaders.text(headers, "job_id"),
                status(headers),
                instant(headers, "since"),
                instant(headers, "until"),
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

    private static @Nullable Instant instant(Map<String, Object> headers, String name) {
        String text = RequestHeaders.text(headers, name);
        if (text == null) {
            return null;
        }
        Instant instant = Timestamps.parse(text);
        if (instant == null) {
            throw new BadRequestException(name + " must be ISO 8601 such as 2026-02-16T14:30:00Z");
        }
        return instant;
    }

    private static Line line(Entry entry) {
        return new Line(
                entry.revision(),
                entry.received(),
                entry.id().app(),
                entry.id().domain(),
                entry.status().label(),
                entry.jobId(),
                entry.message(),
                entry.timestamp(),
                entry.updated(),
                entry.epmJobId(),
                entry.source().label(),
                entry.key(),
                entry.outcome().label(),
                entry.durationSec(),
                entry.batch());
    }
}
