package org.epmpulse.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.epmpulse.http.Reply;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.WarnedEntries;
import org.epmpulse.status.Warnings;
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
            String canvas,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> warnings) {}

    private record Batch(
            int updatedCount,
            List<Update> updates,
            boolean canvasUpdated,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> warnings) {}

    private final Predicate<String> hasCanvas;

    /** @param hasCanvas whether a published canvas shows the application with this id */
    public StatusReplies(Predicate<String> hasCanvas) {
        this.hasCanvas = hasCanvas;
    }

    public Reply single(List<Entry> entries) {
        Warnings warnings = WarnedEntries.warnings(entries);
        List<String> all = warnings.item(0);
        if (!warnings.request().isEmpty()) {
            all = Stream.concat(all.stream(), warnings.request().stream()).toList();
        }
        return Reply.ok(update(entries.get(0), all));
    }

    public Reply batch(List<Entry> entries) {
        Warnings warnings = WarnedEntries.warnings(entries);
        List<Update> updates = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            updates.add(update(entry, warnings.item(updates.size())));
        }
        return Reply.ok(new Batch(updates.size(), updates, false, warnings.request()));
    }

    private Update update(Entry entry, List<String> warnings) {
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
                hasCanvas.test(entry.id().app()) ? "queued" : "none",
                warnings);
    }
}
