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
 * @param usual how long the runs of a domain take, of those that had one; see {@link #usual(DomainId)}
 */
public record Board(
        long revision,
        long sequence,
        @Nullable Instant lastUpdated,
        Map<DomainId, DomainStatus> domains,
        Map<DomainId, DurationStatistics> usual,
        Jobs jobs) {

    /** Nothing was heard yet. */
    public static final Board EMPTY = new Board(0, 0, null, HashMap.empty(), HashMap.empty(), Jobs.NONE);

    /** {@link DomainStatus#NEVER_REPORTED} for a domain of which nothing was heard. */
    public DomainStatus of(DomainId id) {
        return domains.getOrElse(id, DomainStatus.NEVER_REPORTED);
    }

    /** {@link DurationStatistics#UNKNOWN} for a domain of which no run is known. */
    public DurationStatistics usual(DomainId id) {
        return usual.getOrElse(id, DurationStatistics.UNKNOWN);
    }

    /** The board after this entry. The outcome is the entry's: it was decided once, when it was accepted. */
    public Board after(Entry entry) {
        if (entry.outcome() == Outcome.DUPLICATE) {
            return with(jobs);
        }
        DomainStatus current = of(entry.id());
        Job.Part lastWord = lastWord(current, entry.id(), entry.jobId());
        Instant started = startOf(entry, lastWord);
        if (entry.outcome() == Outcome.SUPERSEDED) {
            boolean news = StatusRules.isNews(lastWord, entry.update());
            return with(news ? jobs.apply(entry, sequence + 1, started) : jobs);
        }
        // Who blanks a domain without naming a job means the one it shows.
        boolean resets = entry.status() == Status.BLANK && entry.jobId() == null;
        Jobs nextJobs = resets ? jobs.endRun(current.jobId(), entry.id()) : jobs.apply(entry, sequence + 1, started);
        return recorded(entry, current, started, nextJobs);
    }

    /** As {@link #after}, except for the jobs, which are left as they are: half the work for who looks back. */
    public Board domainsAfter(Entry entry) {
        if (entry.outcome() != Outcome.RECORDED) {
            return this;
        }
        DomainStatus current = of(entry.id());
        return recorded(entry, current, startOf(entry, lastWord(current, entry.id(), entry.jobId())), jobs);
    }

    private Board with(Jobs nextJobs) {
        return new Board(revision, sequence + 1, lastUpdated, domains, usual, nextJobs);
    }

    private Board recorded(Entry entry, DomainStatus current, @Nullable Instant started, Jobs nextJobs) {
        long entryRevision = Objects.requireNonNull(entry.revision(), "a recorded entry has a revision");
        ValidatedUpdate shown = entry.update().ofJob(nextJobs.shared(entry.jobId()), epmJobOf(entry, current));
        DomainStatus status = DomainStatus.of(shown, entry.received(), started, entry.durationSec(), entryRevision);
        return new Board(
                entryRevision,
                sequence + 1,
                entry.received(),
                domains.put(entry.id(), status),
                usualAfter(entry, current, status),
                nextJobs);
    }

    /** A run whose end is told twice, as by the pod and by the client, counts once. */
    private Map<DomainId, DurationStatistics> usualAfter(Entry entry, DomainStatus before, DomainStatus after) {
        Long durationSec = after.durationSec();
        boolean told = before.status().ends()
                && Objects.equals(before.jobId(), after.jobId())
                && Objects.equals(before.started(), after.started());
        return after.status() == Status.OK && durationSec != null && !told
                ? usual.put(entry.id(), usual(entry.id()).and(durationSec))
                : usual;
    }

    /** A progress message need not name the EPM job again: the run goes on, and so does asking for its end. */
    private static @Nullable String epmJobOf(Entry entry, DomainStatus current) {
        boolean goesOn = entry.status() == Status.LOADING
                && current.status() == Status.LOADING
                && Objects.equals(current.jobId(), entry.jobId());
        return entry.epmJobId() == null && goesOn ? current.epmJobId() : entry.epmJobId();
    }

    /** An entry says it itself, except for one that was written before entries did, or taken over from 1.0. */
    private static @Nullable Instant startOf(Entry entry, Job.@Nullable Part lastWord) {
        if (entry.started() != null) {
            return entry.started();
        }
        Instant started = startOf(entry.status(), entry.updated(), lastWord);
        if (started == null && entry.durationSec() != null) {
            return entry.updated().minusSeconds(entry.durationSec());
        }
        return started;
    }

    /** When the run began that an update belongs to; null if that is not known. */
    static @Nullable Instant startOf(Status status, Instant updated, Job.@Nullable Part lastWord) {
        if (status == Status.BLANK) {
            return null;
        }
        if (lastWord != null && lastWord.status() == Status.LOADING) {
            return lastWord.started();
        }
        if (status == Status.LOADING) {
            return updated;
        }
        return lastWord != null && StatusRules.isSameEnd(lastWord, updated) ? lastWord.started() : null;
    }

    /** The last this job said of the domain, if the domain or the latest run of the job still shows it; else null. */
    Job.@Nullable Part lastWord(DomainStatus current, DomainId id, @Nullable String jobId) {
        if (current.updated() != null && Objects.equals(current.jobId(), jobId)) {
            return new Job.Part(
                    current.status(), current.updated(), current.started(), current.timestamp(), current.key());
        }
        return jobs.part(jobId, id);
    }

    /** Whole seconds from one time to the other, 0 if it lies before. */
    static long seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }
}
