package org.epmpulse.status;

import io.vavr.collection.HashMap;
import io.vavr.collection.Map;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The latest run of a job over all domains it reported. Immutable.
 *
 * @param sequence of the journal entry the run began with; orders the jobs
 * @param started when its first part began; null if only ends were heard
 * @param parts the last that was heard of each domain; never {@link Status#BLANK}
 * @param running how many parts are Loading
 * @param warnings how many parts are Warning
 */
public record Job(
        String id, long sequence, @Nullable Instant started, Map<DomainId, Part> parts, int running, int warnings) {

    /**
     * What was last heard of one domain of the job.
     *
     * @param started when this part began; null if only its end was heard
     * @param timestamp what the sender said, for the order; null if it did not say
     * @param key name of the API key it came with; null if none
     */
    public record Part(
            Status status,
            Instant updated,
            @Nullable Instant started,
            @Nullable Instant timestamp,
            @Nullable String key)
            implements OrderedUpdate {}

    /** A run of which nothing was heard yet. */
    static Job begin(String id, long sequence, @Nullable Instant started) {
        return new Job(id, sequence, started, HashMap.empty(), 0, 0);
    }

    /** A run of which all parts are known. */
    public static Job of(String id, long sequence, @Nullable Instant started, Map<DomainId, Part> parts) {
        int running = parts.count(part -> part._2.status() == Status.LOADING);
        int warnings = parts.count(part -> part._2.status() == Status.WARNING);
        return new Job(id, sequence, started, parts, running, warnings);
    }

    /** Warning if a part is, Loading while a part is, else OK. */
    public Status status() {
        if (warnings > 0) {
            return Status.WARNING;
        }
        return running > 0 ? Status.LOADING : Status.OK;
    }

    /** When the last part ended; null while one runs. */
    public @Nullable Instant completed() {
        if (running > 0) {
            return null;
        }
        return parts.values().map(Part::updated).max().getOrNull();
    }

    /** From the start of the first part to the end of the last, in seconds, 0 or more; null if either is not known. */
    public @Nullable Long durationSec() {
        Instant completed = completed();
        return completed == null || started == null ? null : Board.seconds(started, completed);
    }

    Job with(DomainId id, Part part) {
        Part before = parts.get(id).getOrNull();
        return new Job(
                this.id,
                sequence,
                started,
                parts.put(id, part),
                running - count(before, Status.LOADING) + count(part, Status.LOADING),
                warnings - count(before, Status.WARNING) + count(part, Status.WARNING));
    }

    Job without(DomainId id) {
        Part before = parts.get(id).getOrNull();
        return new Job(
                this.id,
                sequence,
                started,
                parts.remove(id),
                running - count(before, Status.LOADING),
                warnings - count(before, Status.WARNING));
    }

    private static int count(@Nullable Part part, Status status) {
        return part != null && part.status() == status ? 1 : 0;
    }
}
