package org.epmpulse.status;

import io.vavr.collection.HashMap;
import io.vavr.collection.Map;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The status of all domains and jobs at one revision. Immutable, so readers need no lock; the store creates the next
 * one.
 *
 * @param revision of the last recorded update, 0 before the first
 * @param sequence count of the journal entries applied so far, duplicates and superseded ones included
 * @param lastUpdated when the last recorded update or answer was received; null before the first
 * @param domains the reported domains; see {@link #of}
 * @param durations and ends of the runs, by domain; only domains with a successful run; see {@link
 *     #durations(DomainId)}
 * @param answers to alerts, by domain; see {@link #answers(DomainId)}
 */
public record Board(
        long revision,
        long sequence,
        @Nullable Instant lastUpdated,
        Map<DomainId, DomainStatus> domains,
        Map<DomainId, DurationStatistics> durations,
        Jobs jobs,
        Map<DomainId, DomainAnswers> answers) {

    /** A board without answers. */
    public Board(
            long revision,
            long sequence,
            @Nullable Instant lastUpdated,
            Map<DomainId, DomainStatus> domains,
            Map<DomainId, DurationStatistics> durations,
            Jobs jobs) {
        this(revision, sequence, lastUpdated, domains, durations, jobs, HashMap.empty());
    }

    /** No domain was reported yet. */
    public static final Board EMPTY = new Board(0, 0, null, HashMap.empty(), HashMap.empty(), Jobs.NONE);

    /** {@link DomainStatus#NEVER_REPORTED} for a domain without an update. */
    public DomainStatus of(DomainId id) {
        return domains.getOrElse(id, DomainStatus.NEVER_REPORTED);
    }

    /** {@link DurationStatistics#UNKNOWN} for a domain without a successful run. */
    public DurationStatistics durations(DomainId id) {
        return durations.getOrElse(id, DurationStatistics.UNKNOWN);
    }

    /** {@link DomainAnswers#NONE} for a domain without an answer. */
    public DomainAnswers answers(DomainId id) {
        return answers.getOrElse(id, DomainAnswers.NONE);
    }

    /** Revision of the latest update or answer of a domain; 0 if there was none. */
    public long revision(DomainId id) {
        return Math.max(of(id).revision(), answers(id).revision());
    }

    /** A copy without jobs, at another place in the journal. */
    public Board withoutJobs(long newSequence) {
        return new Board(revision, newSequence, lastUpdated, domains, durations, Jobs.NONE, answers);
    }

    /**
     * Returns the next board. The entry's outcome is used as it is: it was decided once, when the update was accepted.
     */
    public Board apply(Entry entry) {
        if (entry.outcome() == Outcome.DUPLICATE) {
            return with(jobs);
        }
        if (entry.answer() != null) {
            return answered(entry, entry.answer());
        }
        DomainStatus current = of(entry.id());
        Job.Part lastOfJob = lastUpdateOfRun(current, entry.update());
        Instant started = startOf(entry, lastOfJob);
        if (entry.outcome() == Outcome.SUPERSEDED) {
            boolean counts = StatusRules.countsForJob(lastOfJob, entry.update());
            return with(counts ? jobs.apply(entry, sequence + 1, started) : jobs);
        }
        // Blank without a job id resets the job that the domain shows.
        boolean resets = entry.status() == Status.BLANK && entry.jobId() == null;
        // A client names the job of a run that EPM has reported: there is one run, under the client's name.
        boolean renames = StatusRules.isReportedRun(current, entry.update());
        Jobs others = resets || renames ? jobs.endRun(current.jobId(), entry.id()) : jobs;
        Jobs nextJobs = resets ? others : others.apply(entry, sequence + 1, started);
        return recorded(entry, current, started, nextJobs);
    }

    /** As {@link #apply}, but leaves the jobs unchanged: half the work when only the domains are needed. */
    public Board applyToDomains(Entry entry) {
        if (entry.outcome() != Outcome.RECORDED) {
            return this;
        }
        if (entry.answer() != null) {
            return answered(entry, entry.answer());
        }
        DomainStatus current = of(entry.id());
        return recorded(entry, current, startOf(entry, lastUpdateOfRun(current, entry.update())), jobs);
    }

    private Board with(Jobs nextJobs) {
        return new Board(revision, sequence + 1, lastUpdated, domains, durations, nextJobs, answers);
    }

    private Board recorded(Entry entry, DomainStatus current, @Nullable Instant started, Jobs nextJobs) {
        long entryRevision = Objects.requireNonNull(entry.revision(), "a recorded entry has a revision");
        ValidatedUpdate shown = entry.update().withJob(nextJobs.sharedId(entry.jobId()), epmJobIdOf(entry, current));
        DomainStatus status = DomainStatus.of(shown, entry.received(), started, entry.durationSec(), entryRevision);
        return new Board(
                entryRevision,
                sequence + 1,
                entry.received(),
                domains.put(entry.id(), status),
                durationsAfter(entry, current, status),
                nextJobs,
                answersAfter(entry));
    }

    private Board answered(Entry entry, Answer answer) {
        long entryRevision = Objects.requireNonNull(entry.revision(), "a recorded entry has a revision");
        DomainAnswers next = answers(entry.id()).with(answer, entry.key(), entry.received(), entryRevision);
        return new Board(
                entryRevision, sequence + 1, entry.received(), domains, durations, jobs, answers.put(entry.id(), next));
    }

    /** A problem lasts until OK or Blank, and an acknowledgement no longer than the problem. */
    private Map<DomainId, DomainAnswers> answersAfter(Entry entry) {
        boolean recovered = entry.status() == Status.OK || entry.status() == Status.BLANK;
        DomainAnswers before = recovered ? answers(entry.id()) : DomainAnswers.NONE;
        return before.acknowledgement() == null ? answers : answers.put(entry.id(), before.recovered());
    }

    /** A run counts once, also if both the environment and the client report its end. */
    private Map<DomainId, DurationStatistics> durationsAfter(Entry entry, DomainStatus before, DomainStatus after) {
        Long durationSec = after.durationSec();
        boolean alreadyCounted = before.status().endsRun()
                && Objects.equals(before.jobId(), after.jobId())
                && Objects.equals(before.started(), after.started());
        // Without this, a run that ended before it started, by a wrong clock, would count as one of 0 s.
        boolean endsBeforeStart = after.started() != null && entry.updated().isBefore(after.started());
        DurationStatistics known = durations(entry.id());
        boolean isOkOfSameRun = isOkOfSameRun(before, after, entry.updated());
        if (after.status() == Status.WARNING && isOkOfSameRun) {
            return durations.put(entry.id(), known.withoutLastEnd());
        }
        if (after.status() != Status.OK) {
            return durations;
        }
        DurationStatistics more =
                durationSec == null || alreadyCounted || endsBeforeStart ? known : known.withRun(durationSec);
        if (!isOkOfSameRun) {
            more = more.withEnd(entry.updated());
        }
        return more == known ? durations : durations.put(entry.id(), more);
    }

    /** Whether the end of this run was already reported as OK. */
    private static boolean isOkOfSameRun(DomainStatus before, DomainStatus after, Instant updated) {
        Instant ended = before.updated();
        return before.status() == Status.OK
                && ended != null
                && Objects.equals(before.jobId(), after.jobId())
                && Objects.equals(before.started(), after.started())
                && (before.started() != null || !updated.isAfter(ended.plus(StatusRules.REPEATED_END_WINDOW)));
    }

    /** A progress message need not name the EPM job again: the run continues, and its EPM job is still polled. */
    private static @Nullable String epmJobIdOf(Entry entry, DomainStatus current) {
        boolean sameRun = entry.status() == Status.LOADING
                && current.status() == Status.LOADING
                && Objects.equals(current.jobId(), entry.jobId());
        return entry.epmJobId() == null && sameRun ? current.epmJobId() : entry.epmJobId();
    }

    /** Computes the start only if the entry lacks it: older entries do, and those imported from 1.0. */
    private static @Nullable Instant startOf(Entry entry, Job.@Nullable Part lastOfJob) {
        if (entry.started() != null) {
            return entry.started();
        }
        Instant started = startOf(entry.status(), entry.updated(), lastOfJob);
        if (started == null && entry.durationSec() != null) {
            return entry.updated().minusSeconds(entry.durationSec());
        }
        return started;
    }

    /** Start of the run that an update belongs to; null if it is not known. */
    static @Nullable Instant startOf(Status status, Instant updated, Job.@Nullable Part lastOfJob) {
        if (status == Status.BLANK) {
            return null;
        }
        if (lastOfJob != null && lastOfJob.status() == Status.LOADING) {
            return lastOfJob.started();
        }
        if (status == Status.LOADING) {
            return updated;
        }
        return lastOfJob != null && StatusRules.isRepeatedEnd(lastOfJob, updated) ? lastOfJob.started() : null;
    }

    /** As {@link #lastUpdateOfJob}; for the run that EPM has reported, its last update, whatever its job is called. */
    Job.@Nullable Part lastUpdateOfRun(DomainStatus current, ValidatedUpdate update) {
        boolean reported = StatusRules.isReportedRun(current, update);
        return lastUpdateOfJob(current, update.id(), reported ? current.jobId() : update.jobId());
    }

    /** The job's last update of the domain; null if neither the domain nor the job's latest run holds it any more. */
    Job.@Nullable Part lastUpdateOfJob(DomainStatus current, DomainId id, @Nullable String jobId) {
        if (current.updated() != null && Objects.equals(current.jobId(), jobId)) {
            return new Job.Part(
                    current.status(), current.updated(), current.started(), current.timestamp(), current.key());
        }
        return jobs.part(jobId, id);
    }

    /** Whole seconds between the two times, 0 if {@code to} is earlier. */
    static long seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }
}
