package org.epmpulse.epm;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Auth;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.threads.TimeSource;
import org.epmpulse.work.Work;
import org.epmpulse.work.WorkSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which jobs to poll, and turns the ends of jobs into status updates. The endpoint {@code epm-polls:jobs} sends
 * each poll through the route {@code epm-poll}, which passes the response to {@link #handleResponse}. A round begins
 * each interval: it reads the running jobs from the board, so a restart loses nothing. Thread-safe.
 */
public final class PollSchedule implements WorkSource<Poll> {

    /** How many jobs of one environment are polled at the same time. */
    public static final int MAX_CONCURRENT = 4;

    private static final Logger LOG = LoggerFactory.getLogger(PollSchedule.class);

    private final AppsConfig config;
    private final Supplier<Board> board;
    private final Duration interval;
    private final TimeSource clock;
    private final PollMetrics metrics;
    private final Map<String, EnvironmentState> environments = new LinkedHashMap<>();
    private final PolledJobs jobs;
    private final PollNotes notes;
    private @Nullable Instant lastRound;
    private Instant nextRound = Instant.MIN;
    private boolean missingResponseLogged;
    private boolean stopped;

    /**
     * @param interval from the start of one round to the start of the next, more than 0
     * @param zone time zone of the times in texts for people
     */
    public PollSchedule(
            AppsConfig config,
            Supplier<Board> board,
            Duration interval,
            ZoneId zone,
            TimeSource clock,
            MeterRegistry meters) {
        this.config = config;
        this.board = board;
        this.interval = interval;
        this.clock = clock;
        this.metrics = new PollMetrics(config.servers().values(), meters);
        for (AppsConfig.Server server : config.polledServers()) {
            environments.put(server.id(), new EnvironmentState(server, interval, zone, clock));
        }
        this.jobs = new PolledJobs(config, environments);
        this.notes = new PollNotes(config, environments);
    }

    @Override
    public synchronized List<Poll> poll(int max) {
        if (stopped) {
            return List.of();
        }
        Instant now = clock.steady();
        if (!now.isBefore(nextRound)) {
            beginRound(now);
        }
        List<Poll> polls = new ArrayList<>();
        for (EnvironmentState environment : environments.values()) {
            while (polls.size() < max) {
                PolledJob job = environment.next(maxConcurrent(environment), now);
                if (job == null) {
                    break;
                }
                polls.add(job.poll());
            }
        }
        return polls;
    }

    /** One with a password: an account may be locked after three wrong ones. */
    private static int maxConcurrent(EnvironmentState environment) {
        return environment.server().auth() instanceof Auth.Basic ? 1 : MAX_CONCURRENT;
    }

    private void beginRound(Instant now) {
        Instant regular = nextRound.plus(interval);
        Instant latest = now.plus(interval);
        nextRound = regular.isAfter(now) && regular.isBefore(latest) ? regular : latest;
        Duration sinceLastRound =
                lastRound == null ? ChronoUnit.FOREVER.getDuration() : Duration.between(lastRound, now);
        lastRound = now;
        jobs.refresh(board.get());
        for (PolledJob job : jobs.all()) {
            job.updateAge(clock.instant(), now, sinceLastRound);
            if (job.markPendingIfDue(config.pull().maxDuration(), now)) {
                environment(job.poll()).enqueue(job);
            }
        }
        notes.update(jobs.all());
    }

    private EnvironmentState environment(Poll poll) {
        return Objects.requireNonNull(environments.get(poll.server().id()), "a configured server");
    }

    @Override
    public synchronized @Nullable Duration untilNextPoll() {
        if (stopped || environments.isEmpty()) {
            return null;
        }
        Instant now = clock.steady();
        Duration until = now.isBefore(nextRound) ? Duration.between(now, nextRound) : Duration.ZERO;
        for (EnvironmentState environment : environments.values()) {
            Duration wait = environment.untilNext(maxConcurrent(environment), now);
            if (wait != null && wait.compareTo(until) < 0) {
                until = wait;
            }
        }
        return until;
    }

    /** The listener is never called: only time and the end of a poll make a job due. */
    @Override
    public void onPending(Runnable listener) {}

    /** The message body and its variable {@code poll} are the poll; null if the job is no longer running. */
    @Override
    public synchronized @Nullable Work begin(Poll poll) {
        EnvironmentState environment = environment(poll);
        PolledJob job = environment.inFlight(poll);
        if (!stopped && job != null && job.isRunning(board.get())) {
            return new Work(poll, Map.of("poll", poll));
        }
        released(poll);
        return null;
    }

    /**
     * Handles EPM's response to a poll.
     *
     * @return the updates of the job's domains, which the route must record; null if there is nothing to record
     */
    public synchronized @Nullable List<StatusUpdate> handleResponse(Poll poll, JobState state) {
        environment(poll).recordResponse(poll);
        PolledJob job = jobs.get(poll);
        List<StatusUpdate> updates = null;
        if (state instanceof JobState.Ended end) {
            metrics.count(poll, PollMetrics.Result.ENDED);
            updates = job == null ? null : job.updates(end);
        } else if (state instanceof JobState.Running) {
            metrics.count(poll, PollMetrics.Result.RUNNING);
            if (job != null && job.problem().recordGood()) {
                LOG.info("{}: job {} can be polled again", environment(poll).name(), poll.epmJobId());
            }
        } else {
            metrics.count(poll, PollMetrics.Result.UNKNOWN);
            if (state instanceof JobState.Missing missing) {
                recordProblem(job, JobProblem.Source.MISSING, "missing", missing.text());
            } else if (state instanceof JobState.Unknown unknown) {
                recordProblem(job, JobProblem.Source.RESPONSE, unknown.kind(), unknown.text());
            }
        }
        notes.update(jobs.all());
        return updates;
    }

    private void recordProblem(@Nullable PolledJob job, JobProblem.Source source, String kind, String text) {
        if (job != null && job.problem().record(source, kind, text)) {
            LOG.warn(
                    "{}: job {} cannot be polled: {}; its domains stay Loading, and it is polled less often",
                    environment(job.poll()).name(),
                    job.poll().epmJobId(),
                    text);
        }
    }

    @Override
    public synchronized void succeeded(Poll poll) {
        EnvironmentState environment = environment(poll);
        PolledJob job = environment.inFlight(poll);
        if (job != null && !job.hasResponse()) {
            environment.releasePermission();
            logMissingResponse(poll, environment);
        }
        finishPoll(poll);
    }

    /** Logs only once: the fault is in the route, so every poll has it. */
    private void logMissingResponse(Poll poll, EnvironmentState environment) {
        if (!missingResponseLogged && !stopped) {
            missingResponseLogged = true;
            LOG.warn(
                    "{}: poll of job {} finished without a response: the route of epm-polls:jobs must call"
                            + " pollSchedule.handleResponse; the job stays Loading and is polled again",
                    environment.name(),
                    poll.epmJobId());
        }
    }

    private void finishPoll(Poll poll) {
        PolledJob job = environment(poll).removeInFlight(poll);
        if (job != null) {
            job.finishPoll(interval, config.pull().maxDuration(), clock.steady());
            notes.update(jobs.all());
        }
    }

    /** EPM's response did not contain the job's state, or the update could not be recorded. */
    @Override
    public synchronized void failed(Poll poll, Throwable failure) {
        EnvironmentState environment = environment(poll);
        PolledJob job = environment.inFlight(poll);
        if (job == null || stopped) {
            environment.removeInFlight(poll);
        } else if (job.hasResponse()) {
            LOG.warn(
                    "{}: the end of job {} could not be recorded: {}; the job is polled again",
                    environment.name(),
                    poll.epmJobId(),
                    failure.toString());
            finishPoll(poll);
        } else if (failure instanceof EpmUnauthorizedException && job.retryOnce()) {
            // The rejected token was discarded; a new one may be accepted.
            environment.releasePermission();
            environment.removeInFlight(poll);
            environment.enqueueFirst(job);
        } else if (failure instanceof EpmDeferredException) {
            environment.defer(job);
        } else {
            recordFailure(job, environment, failure);
            finishPoll(poll);
        }
    }

    /** The job is polled in the next round. */
    @Override
    public synchronized void released(Poll poll) {
        EnvironmentState environment = environment(poll);
        environment.releasePermission();
        PolledJob job = environment.removeInFlight(poll);
        if (job != null) {
            job.release();
        }
    }

    private void recordFailure(PolledJob job, EnvironmentState environment, Throwable cause) {
        Poll poll = job.poll();
        PollFailure failure = PollFailure.of(cause);
        boolean onlyThisJob = isOnlyThisJob(job, environment, failure);
        job.recordFailure();
        if (failure.kind() == PollFailure.Kind.UNEXPECTED) {
            environment.releasePermission();
            if (job.problem().record(JobProblem.Source.RESPONSE, "unexpected", "its poll failed, see EPMPulse's log")) {
                LOG.error(
                        "{}: poll of job {} failed; the job is polled again, less often",
                        environment.name(),
                        poll.epmJobId(),
                        cause);
            }
            return;
        }
        boolean denied = failure.kind() == PollFailure.Kind.ACCESS_DENIED;
        metrics.count(poll, denied ? PollMetrics.Result.AUTH_FAILED : PollMetrics.Result.UNAVAILABLE);
        if (onlyThisJob) {
            environment.recordJobFailure();
            recordProblem(job, JobProblem.Source.FAILURE, failure.kind().name(), failure.cause());
        } else if (denied) {
            environment.recordAccessDenied(failure);
        } else {
            environment.recordUnavailable(failure, cause);
        }
    }

    /**
     * Whether a failure concerns only its job: EPM answered the latest poll of another job of the environment, and fewer
     * than five jobs have failed since its latest response. In an outage no job is answered, so it is found when each
     * job, or five of them, have failed; with a time-out that takes at most two of them, as four are polled at once.
     */
    private boolean isOnlyThisJob(PolledJob failed, EnvironmentState environment, PollFailure failure) {
        return failure.scope().isPossiblyOneJob()
                && !environment.countFailure(failed)
                && environment.outage() == null
                && jobs.all().stream()
                        .anyMatch(job -> job != failed
                                && environment(job.poll()) == environment
                                && job.isAnswered(config.pull().maxDuration()));
    }

    /**
     * Whether the time of the environment's daily maintenance must be read: after the first response to a poll, then
     * once a day.
     */
    public synchronized boolean shouldReadMaintenance(Poll poll) {
        return !stopped && environment(poll).shouldReadMaintenance();
    }

    /**
     * Sets the time of the environment's daily maintenance: an outage that begins in it is called maintenance.
     *
     * @param window null if it cannot be read; what is known stays
     */
    public synchronized void setMaintenance(Poll poll, @Nullable MaintenanceWindow window) {
        if (window != null) {
            environment(poll).maintenance(window);
        }
    }

    /** The environment has answered its watch: an outage has ended. */
    public synchronized void recordWatchResponse(String server) {
        EnvironmentState environment = environments.get(server);
        if (environment != null && environment.recordWatchResponse()) {
            notes.update(jobs.all());
        }
    }

    /**
     * Records why a request of a watch failed.
     *
     * @return null if the environment has an outage, which is shown and logged like one of the polls; else the cause
     *     in one line
     */
    public synchronized @Nullable String recordWatchFailure(String server, Throwable cause) {
        PollFailure failure = PollFailure.of(cause);
        EnvironmentState environment = environments.get(server);
        if (environment == null
                || failure.kind() == PollFailure.Kind.UNEXPECTED
                || failure.scope() == EpmUnavailableException.Scope.POSSIBLY_ONE_JOB) {
            return failure.cause();
        }
        environment.recordWatchOutage(failure);
        notes.update(jobs.all());
        return null;
    }

    /** Follows the {@code Retry-After} of a response to a watch, for the polls of the environment, too. */
    public synchronized void followRetryAfter(String server, Throwable cause) {
        PollFailure failure = PollFailure.of(cause);
        EnvironmentState environment = environments.get(server);
        if (environment != null
                && failure.retryAfter() != null
                && !failure.scope().isPossiblyOneJob()) {
            environment.holdBack(failure.retryAfter());
        }
    }

    /** When the environment may be called again, by the steady clock; a response may have set a {@code Retry-After}. */
    public synchronized Instant notBefore(String server) {
        EnvironmentState environment = environments.get(server);
        return environment == null ? Instant.MIN : environment.notBefore();
    }

    /** Sets why the jobs of an environment are not watched, for the board and health; null if they are. */
    public synchronized void watchProblem(String server, @Nullable String problem) {
        EnvironmentState environment = environments.get(server);
        if (environment != null) {
            environment.watchProblem(problem);
            notes.update(jobs.all());
        }
    }

    /** Stops polling; the results of polls in flight are ignored. */
    public synchronized void stop() {
        stopped = true;
    }

    /** The notes on domains and applications; a new object whenever they change. */
    public DomainNotes notes() {
        return notes.current();
    }

    /**
     * Sets the listener that is called whenever {@link #notes} changes; it replaces the previous one. The listener must
     * return at once; it may be called from any thread, under any lock.
     */
    public void onNotesChanged(Runnable listener) {
        notes.onChanged(listener);
    }

    /** EPM's state, as the health endpoint shows it. */
    public synchronized String health() {
        return notes.health();
    }
}
