package org.epmpulse.status;

import io.vavr.collection.HashMap;
import io.vavr.collection.Map;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything known at one revision. Immutable, so readers need no lock; the store makes the next one.
 *
 * @param revision of the last recorded update, 0 before the first
 * @param sequence how many journal entries it is made of, duplicates and superseded ones included
 * @param lastUpdated when the last recorded update was received; null before the first
 * @param domains what was heard of; see {@link #of}
 */
public record Board(
        long revision, long sequence, @Nullable Instant lastUpdated, Map<DomainId, DomainStatus> domains, Jobs jobs) {

    /** Nothing was heard yet. */
    public static final Board EMPTY = new Board(0, 0, null, HashMap.empty(), Jobs.NONE);

    /** {@link DomainStatus#UNHEARD} for a domain of which nothing was heard. */
    public DomainStatus of(DomainId id) {
        return domains.getOrElse(id, DomainStatus.UNHEARD);
    }

    /** The board after this entry. The outcome is the entry's: it was decided once, when it was accepted. */
    public Board after(Entry entry) {
        if (entry.outcome() == Outcome.DUPLICATE) {
            return new Board(revision, sequence + 1, lastUpdated, domains, jobs);
        }
        long next = sequence + 1;
        Jobs nextJobs = jobs.apply(entry, next);
        if (entry.outcome() == Outcome.SUPERSEDED) {
            return new Board(revision, next, lastUpdated, domains, nextJobs);
        }
        long entryRevision = Objects.requireNonNull(entry.revision(), "a recorded entry has a revision");
        DomainStatus status = new DomainStatus(
                entry.status(),
                entry.jobId(),
                entry.message(),
                entry.updated(),
                startOf(entry),
                entry.durationSec(),
                entry.timestamp(),
                entry.received(),
                entry.epmJobId(),
                entry.source(),
                entry.key(),
                entryRevision);
        return new Board(entryRevision, next, entry.received(), domains.put(entry.id(), status), nextJobs);
    }

    private @Nullable Instant startOf(Entry entry) {
        if (entry.status() == Status.BLANK) {
            return null;
        }
        Instant open = openRun(entry.id(), entry.jobId());
        if (entry.status() == Status.LOADING) {
            return open != null ? open : entry.updated();
        }
        if (open == null && entry.durationSec() != null) {
            return entry.updated().minusSeconds(entry.durationSec());
        }
        return open;
    }

    /** When the run of this job in this domain began, or null if none is open. */
    @Nullable
    Instant openRun(DomainId id, @Nullable String jobId) {
        DomainStatus current = of(id);
        if (current.status() == Status.LOADING && Objects.equals(current.jobId(), jobId)) {
            return current.started();
        }
        Job.Part part = jobs.part(jobId, id);
        return part != null && part.status() == Status.LOADING ? part.started() : null;
    }

    /** Whole seconds from one time to the other, 0 if it lies before. */
    static long seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }
}
