package org.epmpulse.epm;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.Source;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.work.Work;
import org.epmpulse.work.WorkSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which jobs to poll, and what EPM's answers mean for the board. The endpoint {@code epm-polls:jobs} sends each poll through
 * the route {@code epm-poll}, which reports the answer to {@link #answered}. Each interval a round begins: it reads from
 * the board what runs, so nothing is forgotten over a restart. Thread-safe.
 */
public final class PollSchedule implements WorkSource<Poll> {

    /** So many jobs of one environment are polled at the same time. */
    public static final int AT_ONCE = 4;

    private static final Logger LOG = LoggerFactory.getLogger(PollSchedule.class);

    private final AppsConfig config;
    private final Supplier<Board> board;
    private final Duration interval;
    private final InstantSource clock;
    private final PollMetrics metrics;
    private final Map<String, EnvironmentState> pods = new LinkedHashMap<>();
    private final PolledJobs jobs;
    private final PollNotes remarks;
    private Instant nextRound = Instant.MIN;
    private boolean missingAnswerLogged;
    private boolean stopped;

    /**
     * @param interval from one round of polls to the next, more than 0
     * @param zone of the times shown to people
     */
    public PollSchedule(
            AppsConfig config,
            Supplier<Board> board,
            Duration interval,
            ZoneId zone,
            InstantSource clock,
            MeterRegistry meters) {
        this.config = config;
        this.board = board;
        this.interval = interval;
        this.clock = clock;
        this.metrics = new PollMetrics(config.servers().values(), meters);
        for (AppsConfig.Server server : config.polledServers()) {
            pods.put(server.id(), new EnvironmentState(server, interval, zone, clock));
        }
        this.jobs = new PolledJobs(config, pods);
        this.remarks = new PollNotes(config, pods);
    }

    @Override
    public synchronized List<Poll> poll(int max) {
        if (stopped) {
            return List.of();
        }
        Instant now = clock.instant();
        // A round that is further away than an interval was planned before the clock was set back.
        if (!now.isBefore(nextRound) || nextRound.isAfter(now.plus(interval))) {
            beginRound(now);
        }
        List<Poll> polls = new ArrayList<>();
        for (EnvironmentState pod : pods.values()) {
            while (polls.size() < max) {
                PolledJob job = pod.next(AT_ONCE, now);
                if (job == null) {
                    break;
                }
                polls.add(job.poll());
            }
        }
        return polls;
    }

    private void beginRound(Instant now) {
        Instant regular = nextRound.plus(interval);
        Instant latest = now.plus(interval);
        nextRound = regular.isAfter(now) && regular.isBefore(latest) ? regular : latest;
        jobs.follow(board.get());
        for (PolledJob job : jobs.all()) {
            if (job.due(config.pull().maxDuration(), now)) {
                pod(job.poll()).enqueue(job);
            }
        }
        remarks.update(jobs.all(), now);
    }

    private EnvironmentState pod(Poll poll) {
        return Objects.requireNonNull(pods.get(poll.server().id()), "a configured server");
    }

    @Override
    public synchronized @Nullable Duration untilNextPoll() {
        if (stopped || pods.isEmpty()) {
            return null;
        }
        Instant now = clock.instant();
        Duration until = now.isBefore(nextRound) ? Duration.between(now, nextRound) : Duration.ZERO;
        for (EnvironmentState pod : pods.values()) {
            Duration wait = pod.untilNext(AT_ONCE, now);
            if (wait != null && wait.compareTo(until) < 0) {
                until = wait;
            }
        }
        return until;
    }

    /** Never called back: time and the ends of polls are all that makes a job due. */
    @Override
    public void onPending(Runnable listener) {}

    /** The message is the poll, which is also its variable {@code poll}; null if the job does not run any more. */
    @Override
    public synchronized @Nullable Work begin(Poll poll) {
        EnvironmentState pod = pod(poll);
        PolledJob job = pod.inFlight(poll);
        if (!stopped && job != null && job.isRunning(board.get())) {
            return new Work(poll, Map.of("poll", poll));
        }
        pod.released();
        ended(poll, clock.instant());
        return null;
    }

    /**
     * What an answer means for the board: the ends of the domains that wait for the job, to be recorded before the route
     * ends; null if there is nothing to record.
     */
    public synchronized @Nullable List<StatusUpdate> answered(Poll poll, JobState answer) {
        Instant now = clock.instant();
        pod(poll).answered(poll, now);
        PolledJob job = jobs.get(poll);
        List<StatusUpdate> ends = null;
        if (answer instanceof JobState.Ended end) {
            metrics.count(poll, PollMetrics.Result.ENDED);
            ends = job == null ? null : ends(job, end);
        } else if (answer instanceof JobState.Running) {
            metrics.count(poll, PollMetrics.Result.RUNNING);
            if (job != null) {
                job.runs();
            }
        } else {
            metrics.count(poll, PollMetrics.Result.UNKNOWN);
            if (job != null && answer instanceof JobState.Missing missing) {
                job.missing(missing.text());
            } else if (job != null && answer instanceof JobState.Unknown unknown) {
                job.unclear(unknown.text());
            }
        }
        remarks.update(jobs.all(), now);
        return ends;
    }

    private static List<StatusUpdate> ends(PolledJob job, JobState.Ended end) {
        List<StatusUpdate> updates = new ArrayList<>();
        job.domains()
                .forEach((id, status) -> updates.add(new StatusUpdate(
                        id.app(),
                        id.domain(),
                        end.status().label(),
                        status.jobId(),
                        end.message(),
                        null,
                        job.poll().epmJobId(),
                        Source.EPM,
                        null)));
        return updates;
    }

    @Override
    public synchronized void succeeded(Poll poll) {
        EnvironmentState pod = pod(poll);
        PolledJob job = pod.inFlight(poll);
        if (job != null && !job.isAnswered()) {
            pod.released();
            logMissingAnswer(poll, pod);
        }
        ended(poll, clock.instant());
    }

    /** Once: it is the route that has to be corrected, and it does so with each poll. */
    private void logMissingAnswer(Poll poll, EnvironmentState pod) {
        if (!missingAnswerLogged && !stopped) {
            missingAnswerLogged = true;
            LOG.warn(
                    "The poll of job {} of {} ended without an answer: the route of epm-polls:jobs must call"
                            + " pollSchedule.answered; the job stays Loading and is polled again",
                    poll.epmJobId(),
                    pod.name());
        }
    }

    private void ended(Poll poll, Instant now) {
        PolledJob job = pod(poll).ended(poll);
        if (job != null) {
            job.ended(interval, config.pull().maxDuration(), now);
            remarks.update(jobs.all(), now);
        }
    }

    /** There was no answer that says anything of the job, or the answer could not be recorded. */
    @Override
    public synchronized void failed(Poll poll, Throwable failure) {
        Instant now = clock.instant();
        EnvironmentState pod = pod(poll);
        PolledJob job = pod.inFlight(poll);
        if (job == null || stopped) {
            pod.ended(poll);
        } else if (job.isAnswered()) {
            LOG.warn(
                    "The end of job {} of {} could not be recorded, it is asked for again: {}",
                    poll.epmJobId(),
                    pod.name(),
                    failure.toString());
            ended(poll, now);
        } else if (failure instanceof EpmUnauthorizedException && job.retry()) {
            // The token that was refused is not used again; a new one may do.
            pod.released();
            pod.ended(poll);
            pod.enqueueFirst(job);
        } else {
            unanswered(poll, pod, failure, now);
            ended(poll, now);
        }
    }

    /** It is polled in the next round. */
    @Override
    public synchronized void released(Poll poll) {
        pod(poll).released();
        ended(poll, clock.instant());
    }

    private void unanswered(Poll poll, EnvironmentState pod, Throwable cause, Instant now) {
        PollFailure failure = PollFailure.of(cause);
        switch (failure.kind()) {
            case REFUSED -> {
                metrics.count(poll, PollMetrics.Result.AUTH_FAILED);
                pod.refused(failure, now);
            }
            case UNAVAILABLE -> {
                metrics.count(poll, PollMetrics.Result.UNAVAILABLE);
                pod.unavailable(failure, cause, now);
            }
            case UNEXPECTED -> {
                LOG.error("Asking {} for job {} failed, it is asked for again", pod.name(), poll.epmJobId(), cause);
                pod.released();
            }
        }
    }

    /** Nothing more is polled, and how polls in flight end says nothing. */
    public synchronized void stop() {
        stopped = true;
    }

    /** What is known beside the statuses; another object whenever that changes. */
    public DomainNotes remarks() {
        return remarks.remarks();
    }

    /**
     * Sets who is notified whenever {@link #remarks} becomes another object. The listener returns at once and may be
     * called from any thread, under any lock; it replaces the one before.
     */
    public void onRemarksChanged(Runnable listener) {
        remarks.onChanged(listener);
    }

    /** How EPM is, as health shows it. */
    public synchronized String health() {
        return remarks.health();
    }
}
