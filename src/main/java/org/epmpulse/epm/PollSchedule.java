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
import org.epmpulse.status.Remarks;
import org.epmpulse.status.Source;
import org.epmpulse.status.StatusUpdate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which jobs to ask EPM for, and what its answers mean for the board. The routes {@code epm-poll} and {@code epm-ask}
 * call it. What runs is read from the board, so nothing is forgotten over a restart. Thread-safe.
 */
public final class PollSchedule {

    /** So many jobs of one environment are asked for at the same time. */
    public static final int AT_ONCE = 4;

    private static final Logger LOG = LoggerFactory.getLogger(PollSchedule.class);

    private final AppsConfig config;
    private final Supplier<Board> board;
    private final Duration interval;
    private final InstantSource clock;
    private final PollMetrics metrics;
    private final Map<String, PodState> pods = new LinkedHashMap<>();
    private final PolledJobs jobs;
    private final PollRemarks remarks;
    private boolean stopped;

    /**
     * @param interval from one round of questions to the next, more than 0
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
            pods.put(server.id(), new PodState(server, interval, zone, clock));
        }
        this.jobs = new PolledJobs(config, pods);
        this.remarks = new PollRemarks(config, pods);
    }

    /**
     * Begins a round: the questions to ask now. What an environment is not asked at once follows by {@link #next}, so
     * the end of each question must be told.
     */
    public synchronized List<Poll> due() {
        if (stopped) {
            return List.of();
        }
        Instant now = clock.instant();
        jobs.follow(board.get());
        List<Poll> due = new ArrayList<>();
        for (PolledJob job : jobs.all()) {
            if (job.due(config.pull().maxDuration(), now)) {
                pod(job.poll()).enqueue(job);
            }
        }
        for (PodState pod : pods.values()) {
            for (PolledJob job = pod.next(AT_ONCE, now); job != null; job = pod.next(AT_ONCE, now)) {
                due.add(job.poll());
            }
        }
        remarks.update(jobs.all(), now);
        return due;
    }

    /** The question to ask after this one has ended; null if there is none. */
    public synchronized @Nullable Poll next(Poll ended) {
        PolledJob job = stopped ? null : pod(ended).next(AT_ONCE, clock.instant());
        return job == null ? null : job.poll();
    }

    private PodState pod(Poll poll) {
        return Objects.requireNonNull(pods.get(poll.server().id()), "a configured server");
    }

    /**
     * What an answer means for the board: the ends of the domains that wait for the job, after which {@link #recorded} or
     * {@link #failed} must follow, or null if there is no news.
     */
    public synchronized @Nullable List<StatusUpdate> answered(Poll poll, JobAnswer answer) {
        Instant now = clock.instant();
        PodState pod = pod(poll);
        pod.ended(poll);
        pod.answered(now);
        PolledJob job = jobs.get(poll);
        if (answer instanceof JobAnswer.Ended end) {
            metrics.count(poll, PollMetrics.Result.ENDED);
            if (job != null) {
                remarks.update(jobs.all(), now);
                return ends(job, end);
            }
        } else if (answer instanceof JobAnswer.Running) {
            metrics.count(poll, PollMetrics.Result.RUNNING);
            if (job != null) {
                job.runs();
            }
        } else {
            metrics.count(poll, PollMetrics.Result.UNKNOWN);
            if (job != null && answer instanceof JobAnswer.Missing missing) {
                job.missing(missing.text());
            } else if (job != null && answer instanceof JobAnswer.Unknown unknown) {
                job.unclear(unknown.text());
            }
        }
        asked(job, now);
        return null;
    }

    /** The ends are on the board; until then the job was not asked for again. */
    public synchronized void recorded(Poll poll) {
        asked(jobs.get(poll), clock.instant());
    }

    private static List<StatusUpdate> ends(PolledJob job, JobAnswer.Ended end) {
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

    private void asked(@Nullable PolledJob job, Instant now) {
        if (job != null) {
            job.asked(interval, config.pull().maxDuration(), now);
        }
        remarks.update(jobs.all(), now);
    }

    /** The question got no answer that says anything of the job, or its answer could not be recorded. */
    public synchronized void failed(Poll poll, Throwable failure) {
        if (stopped) {
            return;
        }
        Instant now = clock.instant();
        PodState pod = pod(poll);
        if (!pod.ended(poll)) {
            LOG.warn(
                    "The end of job {} of {} could not be recorded, it is asked for again: {}",
                    poll.epmJobId(),
                    pod.name(),
                    failure.toString());
            asked(jobs.get(poll), now);
            return;
        }
        unanswered(poll, pod, failure, now);
        asked(jobs.get(poll), now);
    }

    private void unanswered(Poll poll, PodState pod, Throwable cause, Instant now) {
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

    /** Nothing more is asked, and what is not answered says nothing. */
    public synchronized void stop() {
        stopped = true;
    }

    /** What is known beside the statuses; another object whenever that changes. */
    public Remarks remarks() {
        return remarks.remarks();
    }

    /** How EPM is, as health tells it. */
    public synchronized String health() {
        return remarks.health();
    }
}
