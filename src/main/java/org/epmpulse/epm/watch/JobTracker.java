package org.epmpulse.epm.watch;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.epmpulse.epm.JobState;
import org.epmpulse.epm.watch.JobList.Match;
import org.epmpulse.epm.watch.ListedJob.Hint;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/**
 * Compares the jobs of a list with what is known, in the order of their starts, and makes updates of what is new. A
 * list only says that there is a job: its state always comes from EPM's response about it. For one thread at a time.
 */
final class JobTracker {

    /** Between the times of one run by two clocks. */
    private static final Duration SAME_RUN = Duration.ofMinutes(10);

    private final StatusStore store;
    private final WatchCursor cursor;
    private final JournalJobs journal;
    private final RunUpdates updates;
    private final Window window;
    private final Deque<Match> rest;
    private @Nullable Match current;

    /**
     * The time that a round looks at.
     *
     * @param now of the round
     * @param oldestEnd a job that was never seen running and ended before it is not recorded; null in the first round,
     *     which records only what is running
     * @param journalSince how far back the journal is read
     */
    record Window(Instant now, @Nullable Instant oldestEnd, Instant journalSince) {}

    JobTracker(StatusStore store, WatchCursor cursor, RunUpdates updates, Window window, List<Match> jobs) {
        this.store = store;
        this.cursor = cursor;
        this.updates = updates;
        this.window = window;
        this.journal = new JournalJobs(store, window.journalSince());
        this.rest = new ArrayDeque<>(inOrder(jobs));
    }

    /** By their starts if all are known, else by their numbers. */
    private List<Match> inOrder(List<Match> jobs) {
        List<Started> ordered = new ArrayList<>();
        jobs.forEach(match -> ordered.add(new Started(
                match, start(match.job()), new BigInteger(match.job().id()))));
        Comparator<Started> byNumber = Comparator.comparing(Started::number);
        boolean haveStarts = ordered.stream().allMatch(started -> started.start() != null);
        ordered.sort(
                haveStarts
                        ? Comparator.comparing(Started::start, Comparator.nullsLast(Comparator.naturalOrder()))
                                .thenComparing(byNumber)
                        : byNumber);
        return ordered.stream().map(Started::match).toList();
    }

    private record Started(Match match, @Nullable Instant start, BigInteger number) {}

    /** The next job whose state must be requested; null if there is none left. */
    @Nullable
    ListedJob next() {
        for (Match match = rest.poll(); match != null; match = rest.poll()) {
            if (needsState(match)) {
                current = match;
                return match.job();
            }
        }
        current = null;
        return null;
    }

    private boolean needsState(Match match) {
        ListedJob job = match.job();
        if (cursor.isOpen(job.id())) {
            cursor.touch(job.id(), window.now());
            return openJobNeedsState(match);
        }
        if (cursor.knows(job.id())) {
            cursor.touch(job.id(), window.now());
            return false;
        }
        if (job.hint() == Hint.ENDED && isTooOld(job)) {
            cursor.close(job.id(), window.now());
            return false;
        }
        boolean found = false;
        for (DomainId id : match.domains()) {
            JournalJobs.State state = journal.state(id, job.id());
            if (state == JournalJobs.State.NONE
                    && !isReportedByClient(store.board().of(id), job)) {
                return true;
            }
            found |= state == JournalJobs.State.FOUND;
        }
        if (found) {
            // Recorded before the cursor could be written.
            cursor.open(job.id(), window.now());
            return openJobNeedsState(match);
        }
        cursor.close(job.id(), window.now());
        return false;
    }

    private boolean isTooOld(ListedJob job) {
        if (window.oldestEnd() == null) {
            return true;
        }
        Instant end = end(job);
        return end != null && end.isBefore(window.oldestEnd());
    }

    /** Polling ends the job that its domain shows; any other is ended here. */
    private boolean openJobNeedsState(Match match) {
        ListedJob job = match.job();
        boolean done = true;
        for (DomainId id : match.domains()) {
            DomainStatus status = store.board().of(id);
            if (shows(status, job)) {
                done = false;
                if (job.hint() != Hint.RUNNING && isFollowed(id)) {
                    return true;
                }
            } else if (journal.state(id, job.id()) != JournalJobs.State.DONE) {
                done = false;
                boolean canBeShownAgain = status.status().endsRun() && status.source() == Source.EPM;
                if (job.hint() != Hint.RUNNING || canBeShownAgain) {
                    return true;
                }
            }
        }
        if (done) {
            cursor.close(job.id(), window.now());
        }
        return false;
    }

    /** Whether a job that is not known yet is next in the domain, so that the end must be recorded before it. */
    private boolean isFollowed(DomainId id) {
        return rest.stream()
                .anyMatch(match -> match.domains().contains(id)
                        && !cursor.knows(match.job().id()));
    }

    private static boolean shows(DomainStatus status, ListedJob job) {
        return status.status() == Status.LOADING && job.id().equals(status.epmJobId());
    }

    /** Whether a client that does not name EPM jobs has reported this run: it has the same name or the same time. */
    private boolean isReportedByClient(DomainStatus status, ListedJob job) {
        if (status.source() == Source.EPM || status.received() == null || status.epmJobId() != null) {
            return false;
        }
        Instant start = start(job);
        Instant end = end(job);
        if (status.status() == Status.LOADING) {
            Instant since = Objects.requireNonNullElse(status.started(), status.received());
            boolean sameName = job.jobId().equals(status.jobId());
            if (start == null) {
                return sameName || job.hint() != Hint.ENDED;
            }
            return isNear(start, since) || sameName && !isOver(end, since);
        }
        return status.status().endsRun() && (isNear(start, status.started()) || isNear(end, status.updated()));
    }

    private static boolean isOver(@Nullable Instant end, Instant since) {
        return end != null && end.isBefore(since);
    }

    private static boolean isNear(@Nullable Instant one, @Nullable Instant other) {
        return one != null
                && other != null
                && Duration.between(one, other).abs().compareTo(SAME_RUN) <= 0;
    }

    private @Nullable Instant start(ListedJob job) {
        return cursor.times().instant(job.start(), window.now());
    }

    private @Nullable Instant end(ListedJob job) {
        return cursor.times().instant(job.end(), window.now());
    }

    /**
     * The updates that follow from the state of the job that {@link #next} returned.
     *
     * @return null if there is nothing to record
     */
    @Nullable
    List<StatusUpdate> updates(JobState state) {
        Match match = Objects.requireNonNull(current, "a job was requested");
        ListedJob job = match.job();
        Board board = store.board();
        List<StatusUpdate> all = new ArrayList<>();
        for (DomainId id : match.domains()) {
            DomainStatus status = board.of(id);
            boolean shown = shows(status, job);
            RunUpdates.Run run = new RunUpdates.Run(id, job, status, start(job), end(job), window.now());
            if (state instanceof JobState.Running && !shown && isUnreported(id, job)) {
                all.add(updates.running(run));
            } else if (state instanceof JobState.Ended ended) {
                boolean started = shown || journal.state(id, job.id()) == JournalJobs.State.FOUND;
                if (started) {
                    all.add(updates.end(run, ended, shown));
                } else if (!isTooOld(job) && isUnreported(id, job)) {
                    all.addAll(updates.whole(run, ended));
                }
            }
        }
        return all.isEmpty() ? null : all;
    }

    private boolean isUnreported(DomainId id, ListedJob job) {
        return journal.state(id, job.id()) != JournalJobs.State.DONE
                && !isReportedByClient(store.board().of(id), job);
    }

    /** The updates are recorded, or there were none: the job is known. */
    void recorded(JobState state) {
        Match match = current;
        if (match == null) {
            return;
        }
        String id = match.job().id();
        if (state instanceof JobState.Running) {
            cursor.open(id, window.now());
            match.domains().forEach(domain -> journal.add(domain, id, JournalJobs.State.FOUND));
        } else if (state instanceof JobState.Ended) {
            cursor.close(id, window.now());
            match.domains().forEach(domain -> journal.add(domain, id, JournalJobs.State.DONE));
        }
    }
}
