package org.epmpulse.status;

import io.vavr.collection.HashMap;
import io.vavr.collection.Map;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The latest run of a job, with one part for each domain it reported. Immutable.
 *
 * @param sequence of the first journal entry of the run; orders the jobs
 * @param started start of its first part; null if only ends were reported
 * @param parts the job's last update of each domain; never {@link Status#BLANK}
 * @param running number of parts that are Loading
 * @param warnings number of parts that are Warning
 */
public record Job(
        String id, long sequence, @Nullable Instant started, Map<DomainId, Part> parts, int running, int warnings) {

    /**
     * The job's last update of one domain.
     *
     * @param started start of this part; null if only its end was reported
     * @param timestamp given by the sender, orders the updates; null if the sender gave none
     * @param key name of the sender's API key; null if none
     */
    public record Part(
            Status status,
            Instant updated,
            @Nullable Instant started,
            @Nullable Instant timestamp,
            @Nullable String key)
            implements OrderedUpdate {}

    /** A new run without parts. */
    static Job begin(String id, long sequence, @Nullable Instant started) {
        return new Job(id, sequence, started, HashMap.empty(), 0, 0);
    }

    /** A run with these parts. */
    public static Job of(String id, long sequence, @Nullable Instant started, Map<DomainId, Part> parts) {
        int running = parts.count(part -> part._2.status() == Status.LOADING);
        int warnings = parts.count(part -> part._2.status() == Status.WARNING);
        return new Job(id, sequence, started, parts, running, warnings);
    }

    /** Warning if a part is Warning; otherwise Loading if a part is Loading; otherwise OK. */
    public Status status() {
        if (warnings > 0) {
            return Status.WARNING;
        }
        return running > 0 ? Status.LOADING : Status.OK;
    }

    /** When the last part ended; null while a part runs. */
    public @Nullable Instant completed() {
        if (running > 0) {
            return null;
        }
        Instant latest = null;
        for (Part part : parts.valuesIterator()) {
            if (latest == null || part.updated().isAfter(latest)) {
                latest = part.updated();
            }
        }
        return latest;
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
