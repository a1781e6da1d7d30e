package org.epmpulse.epm.watch;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.epmpulse.epm.JobState;
import org.epmpulse.epm.watch.WatchStep.Kind;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.store.Documents;
import org.epmpulse.store.StatusStore;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The round of a watched application: export the console, wait for the export, download and delete the file, request
 * the state of each new job. Other sources list the jobs in their own way. One step is in flight at a time, and only it
 * changes the state; {@link WatchSchedule} passes the state from thread to thread.
 */
final class WatchedApplication {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedApplication.class);

    /** The first is documented; the second is what clients send. */
    static final List<String> EXPORT_TYPES = List.of("Export Job Console", "JOBCONSOLE_EXPORT");

    private static final Duration MAX_EXPORT = Duration.ofMinutes(10);

    private final WatchTarget target;
    private final StatusStore store;
    private final Documents documents;
    private final RunUpdates updates;
    private final TimeSource clock;
    private @Nullable WatchCursor cursor;
    private @Nullable JobTracker tracker;
    private @Nullable JobState state;
    private @Nullable Kind handled;
    private String exportType = EXPORT_TYPES.get(0);
    private @Nullable NumberSearch search;
    private boolean numbersEnded;
    private final List<ListedJob> listed = new ArrayList<>();
    private final SkippedJobs skipped = new SkippedJobs();
    private int locations;
    private WatchRound round;
    private WatchStep step;
    private long steps;
    private Duration delay = Duration.ZERO;
    private boolean complete;
    private @Nullable String problem;
    private @Nullable JobList list;

    WatchedApplication(
            WatchTarget target, StatusStore store, Documents documents, RunUpdates updates, TimeSource clock) {
        this.target = target;
        this.store = store;
        this.documents = documents;
        this.updates = updates;
        this.clock = clock;
        this.round = new WatchRound(clock.instant(), clock.steady(), 1, List.of());
        this.step = step(Kind.EXPORT, "");
    }

    WatchTarget target() {
        return target;
    }

    /** Another node may have written the cursor. */
    void forgetCursor() {
        cursor = null;
    }

    /** Begins a round; {@link #step} is its first. */
    void begin() throws IOException {
        WatchCursor known = cursor;
        if (known == null) {
            known = WatchCursor.read(documents, target.document());
            cursor = known;
        }
        complete = false;
        problem = null;
        handled = null;
        skipped.beginRound();
        tracker = null;
        Instant now = clock.instant();
        listed.clear();
        locations = 0;
        search = null;
        numbersEnded = false;
        String type = known.exportType();
        round = new WatchRound(
                now,
                clock.steady(),
                WatchWindow.days(Duration.between(WatchWindow.oldest(target.watch(), known.complete(), now), now)),
                type == null ? EXPORT_TYPES.subList(1, EXPORT_TYPES.size()) : List.of());
        switch (target.watch().source()) {
            case CONSOLE -> next(Kind.EXPORT, type == null ? EXPORT_TYPES.get(0) : type, Duration.ZERO);
            case IDS -> next(Kind.PROBE, NumberSearch.IMPOSSIBLE, Duration.ZERO);
            case RULES -> next(Kind.RULES, location(0), Duration.ZERO);
            case REPORT -> next(Kind.REPORT, "", Duration.ZERO);
        }
    }

    private String location(int index) {
        return Integer.toString(target.watch().locations().get(index));
    }

    WatchStep step() {
        return step;
    }

    /** How long to wait before {@link #step}. */
    Duration delay() {
        return delay;
    }

    /** Whether the round is over; {@link #problem} says why it was not complete. */
    boolean isOver() {
        return complete || problem != null;
    }

    /** Null if the round is complete or goes on. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Whether a reply to the step was handled. */
    boolean hasReply() {
        return handled != null;
    }

    /** The latest list; null before the first one. */
    @Nullable
    JobList list() {
        return list;
    }

    private void next(Kind kind, String argument, Duration wait) {
        step = step(kind, argument);
        delay = wait;
    }

    private WatchStep step(Kind kind, String argument) {
        steps++;
        return new WatchStep(target, kind, argument, kind == Kind.EXPORT ? round.days() : 0, steps);
    }

    /**
     * Handles the reply to the step.
     *
     * @return the updates to be recorded before {@link #recorded}; null if there are none
     */
    @Nullable
    List<StatusUpdate> handle(WatchReply reply) {
        state = null;
        handled = step.kind();
        if (reply instanceof WatchReply.Unusable unusable && step.kind() != Kind.DELETE) {
            unusable(unusable);
            return null;
        }
        switch (step.kind()) {
            case EXPORT -> exportStarted((WatchReply.Job) reply);
            case EXPORT_STATE -> exportState((WatchReply.Job) reply);
            case DOWNLOAD -> downloaded(((WatchReply.Listed) reply).list());
            case DELETE -> {}
            case PROBE -> probed(((WatchReply.Job) reply).state());
            case NUMBER -> {
                return numbered((WatchReply.Job) reply);
            }
            case RULES -> rulesListed(((WatchReply.Rules) reply).jobs());
            case REPORT -> next(Kind.REPORT_CONTENT, ((WatchReply.Report) reply).path(), Duration.ZERO);
            case REPORT_CONTENT -> {
                return ((WatchReply.TaskList) reply).tasks().updates(store.board());
            }
            case JOB -> {
                state = ((WatchReply.Job) reply).state();
                return tracker().updates(state);
            }
        }
        return null;
    }

    /** After an outage, a list of so many days may be too large: better the usual days than none. */
    private void unusable(WatchReply.Unusable reply) {
        int usual = WatchWindow.days(target.watch().maxAge());
        if (step.kind() != Kind.DOWNLOAD || !reply.tooLarge() || round.days() <= usual) {
            problem = reply.problem();
            return;
        }
        LOG.warn(
                "Watch of {}: the export of {} days cannot be read: {}; only {} day(s) are exported, so jobs that ended"
                        + " earlier are not recorded",
                target.name(),
                round.days(),
                reply.problem(),
                usual);
        round = round.withDays(usual);
        next(Kind.EXPORT, exportType, Duration.ZERO);
    }

    private void exportStarted(WatchReply.Job reply) {
        exportType = step.argument();
        if (reply.jobId() == null || reply.state() instanceof JobState.Ended ended && ended.status() != Status.OK) {
            String what = reply.state() instanceof JobState.Missing
                    ? "EPM does not know the application " + target.application()
                            + ", or not the job Export Job Console; set \"application\" of the server: "
                    : "EPM does not start the export of the job console: ";
            exportFailed(what + WatchCalls.text(reply.state()));
            return;
        }
        // Whatever EPM calls it, it is not a job of the customer.
        cursor().close(reply.jobId(), clock.instant());
        if (reply.state() instanceof JobState.Ended) {
            exported(reply.jobId());
        } else {
            next(Kind.EXPORT_STATE, reply.jobId(), round.pause());
        }
    }

    private void exportState(WatchReply.Job reply) {
        if (reply.state() instanceof JobState.Ended ended) {
            if (ended.status() == Status.OK) {
                exported(step.argument());
            } else {
                exportFailed("the export of the job console failed: " + WatchCalls.text(ended));
            }
            return;
        }
        Duration running = Duration.between(round.steady(), clock.steady());
        if (running.compareTo(MAX_EXPORT) >= 0) {
            problem = "the export of the job console (EPM job " + step.argument() + ") did not end within "
                    + MAX_EXPORT.toMinutes() + " min: " + WatchCalls.text(reply.state());
            return;
        }
        round = round.withLongerPause();
        next(Kind.EXPORT_STATE, step.argument(), round.pause());
    }

    /** Another environment may know the job by its other name. */
    private void exportFailed(String why) {
        if (round.otherTypes().isEmpty()) {
            problem = why;
            return;
        }
        String other = round.otherTypes().get(0);
        round = round.withoutOtherTypes();
        next(Kind.EXPORT, other, Duration.ZERO);
    }

    private void exported(String exportJob) {
        cursor().exportType(exportType);
        next(Kind.DOWNLOAD, exportJob, Duration.ZERO);
    }

    private void downloaded(JobList downloaded) {
        list = downloaded;
        WatchCursor known = cursor();
        ListedJob own = downloaded.own();
        known.times(known.times().calibrated(own == null ? null : own.start(), round.start()));
        tracker = tracker(downloaded.matching());
        next(Kind.DELETE, "", Duration.ZERO);
    }

    private JobTracker tracker(List<JobList.Match> jobs) {
        WatchCursor known = cursor();
        JobTracker.Window window = WatchWindow.of(target.watch(), known.complete(), round, clock.instant());
        return new JobTracker(store, known, updates, window, jobs);
    }

    private void rulesListed(List<ListedJob> jobs) {
        locations++;
        listed.addAll(jobs);
        if (locations < target.watch().locations().size()) {
            next(Kind.RULES, location(locations), Duration.ZERO);
            return;
        }
        list = JobList.of(listed, target.matcher());
        tracker = tracker(list.matching());
    }

    private void probed(JobState answer) {
        if (!(answer instanceof JobState.Missing)) {
            problem = NumberSearch.unclear(answer);
            return;
        }
        long highest = Math.max(cursor().highest(), NumberSearch.highestOn(store.board(), target.matcher()));
        if (highest == 0) {
            problem = "no job is known yet whose number could be counted from; post one with its epm_job_id";
            return;
        }
        search = new NumberSearch(highest);
        nextNumber();
    }

    private @Nullable List<StatusUpdate> numbered(WatchReply.Job reply) {
        if (reply.state() instanceof JobState.Missing) {
            return null;
        }
        NumberSearch numbers = search();
        numbers.found();
        if (reply.name() == null) {
            return null;
        }
        ListedJob job = new ListedJob(step.argument(), reply.name(), null, null, null, null, null);
        JobList found = JobList.of(List.of(job), target.matcher());
        tracker = tracker(found.matching());
        if (tracker().next() == null) {
            return null;
        }
        state = reply.state();
        return tracker().updates(reply.state());
    }

    private void nextNumber() {
        String number = search().next();
        if (number != null) {
            next(Kind.NUMBER, number, Duration.ZERO);
        } else {
            numbersEnded = true;
        }
    }

    private NumberSearch search() {
        return Objects.requireNonNull(search, "a search has begun");
    }

    /** The updates of the reply are recorded, or there were none. */
    void recorded() throws IOException {
        JobState requested = state;
        if (isOver()) {
            return;
        }
        if (handled == null) {
            problem = "the route of epm-polls:watch must call watchSchedule.handleReply";
        } else if (handled == Kind.JOB && requested != null) {
            skipped.remove(step.argument());
            tracker().recorded(requested);
            nextJob();
        } else if (handled == Kind.NUMBER) {
            if (requested != null) {
                tracker().recorded(requested);
            }
            nextNumber();
            cursor().highest(search().highest());
        } else if (handled == Kind.DELETE || handled == Kind.RULES && tracker != null) {
            nextJob();
        }
        if (numbersEnded || handled == Kind.REPORT_CONTENT) {
            complete();
        }
        handled = null;
    }

    /** Whether the round may go on without the reply to the step, which is about one job. */
    boolean canSkip() {
        return handled == null && step.kind() == Kind.JOB && skipped.mayAdd();
    }

    /** The state of a job cannot be read. It stays unknown, so that the next round requests it again. */
    void skip(String why) throws IOException {
        skipped.add(target, step.argument(), why);
        nextJob();
    }

    /** The file could not be deleted. The next export replaces it, so the round goes on. */
    void deleteFailed() throws IOException {
        state = null;
        handled = Kind.DELETE;
        recorded();
    }

    private void nextJob() throws IOException {
        ListedJob job = tracker().next();
        if (job != null) {
            next(Kind.JOB, job.id(), Duration.ZERO);
            return;
        }
        complete();
    }

    private void complete() throws IOException {
        cursor().complete(round.start());
        cursor().write(documents, target.document());
        complete = true;
    }

    private JobTracker tracker() {
        return Objects.requireNonNull(tracker, "a list was downloaded");
    }

    private WatchCursor cursor() {
        return Objects.requireNonNull(cursor, "a round has begun");
    }
}
