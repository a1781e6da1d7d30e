package org.epmpulse.api;

import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.epmpulse.http.Reply;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.jspecify.annotations.Nullable;

/** The replies to updates posted to {@code /api/v1/status}. Thread-safe. */
public final class StatusReplies {

    /** The result of one update. */
    private record Update(
            String app,
            String domain,
            String status,
            @Nullable String jobId,
            @Nullable String message,
            Instant updated,
            @Nullable Long durationSec,
            @Nullable Long revision,
            String outcome,
            boolean canvasUpdated,
            String canvas) {}

    private record Batch(int updatedCount, List<Update> updates, boolean canvasUpdated) {}

    private final Predicate<String> hasCanvas;

    /** @param hasCanvas whether a published canvas shows the application with this id */
    public StatusReplies(Predicate<String> hasCanvas) {
        this.hasCanvas = hasCanvas;
    }

    public Reply single(List<Entry> entries) {
        return Reply.ok(update(entries.get(0)));
    }

    public Reply batch(List<Entry> entries) {
        List<Update> updates = entries.stream().map(this::update).toList();
        return Reply.ok(new Batch(updates.size(), updates, false));
    }

    private Update update(Entry entry) {
        return new Update(
                entry.id().app(),
                entry.id().domain(),
                entry.status().label(),
                entry.jobId(),
                entry.message(),
                entry.updated(),
                entry.durationSec(),
                entry.outcome() == Outcome.SUPERSEDED ? null : entry.revision(),
                entry.outcome().label(),
                false,
                hasCanvas.test(entry.id().app()) ? "queued" : "none");
    }
}
