package org.epmpulse.epm;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Remarks;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
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
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm zzz", Locale.ENGLISH);

    private final AppsConfig config;
    private final Supplier<Board> board;
    private final Duration interval;
    private final ZoneId zone;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private final Map<String, PodState> pods = new LinkedHashMap<>();
    private final Map<Poll, PolledJob> jobs = new LinkedHashMap<>();
    private volatile Remarks remarks = Remarks.NONE;
    private boolean stopped;

    /** What became of a question, as the metric names it. */
    private enum Result {
        RUNNING,
        ENDED,
        UNAVAILABLE,
        AUTH_FAILED,
        UNKNOWN;

        private final String label = name().toLowerCase(Locale.ROOT);
    }

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
        this.zone = zone;
        this.clock = clock;
        this.meters = meters;
        for (AppsConfig.Server server : config.polledServers()) {
            pods.put(server.id(), new PodState(server, interval, clock));
        }
        for (AppsConfig.Server server : config.servers().values()) {
            for (Result result : Result.values()) {
                counter(server, result);
            }
        }
    }

    private Counter counter(AppsConfig.Server server, Result result) {
        return Counter.builder("epmpulse.epm.polls")
                .description("Questions to EPM about a job, by what became of them")
                .tag("server", server.id())
                .tag("result", result.label)
                .register(meters);
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
        follow(board.get());
        List<Poll> due = new ArrayList<>();
        for (PolledJob job : jobs.values()) {
            if (job.due(config.pull().maxDuration(), now)) {
                pod(job.poll()).enqueue(job);
            }
        }
        for (PodState pod : pods.values()) {
            for (PolledJob job = pod.next(AT_ONCE, now); job != null; job = pod.next(AT_ONCE, now)) {
                due.add(job.poll());
            }
        }
        remark(now);
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

    /** Learns from the board what runs. */
    private void follow(Board current) {
        jobs.values().forEach(job -> job.domains().clear());
        for (AppsConfig.App app : config.apps().values()) {
            PodState pod = app.server() == null ? null : pods.get(app.server());
            if (pod == null) {
                continue;
            }
            for (String domain : app.domains()) {
                DomainId id = new DomainId(app.id(), domain);
                DomainStatus status = current.of(id);
                if (status.status() == Status.LOADING && status.epmJobId() != null) {
                    Poll poll = new Poll(pod.server(), application(pod.server(), app), status.epmJobId());
                    jobs.computeIfAbsent(poll, PolledJob::new).domains().put(id, status);
                }
            }
        }
        jobs.values().removeIf(job -> job.domains().isEmpty());
        for (PodState pod : pods.values()) {
            // Nobody asks it any more, so nobody knows how it is.
            if (jobs.keySet().stream().noneMatch(poll -> poll.server().equals(pod.server()))) {
                pod.clear();
            }
        }
    }

    private static String application(AppsConfig.Server server, AppsConfig.App app) {
        return server.application() == null ? app.id() : server.application();
    }

    /**
     * What an answer means for the board: the ends of the domains that wait for the job, after which {@link #recorded} or
     * {@link #failed} must follow, or null if there is no news.
     */
    public synchronized @Nullable List<StatusUpdate> answered(Poll poll, JobAnswer answer) {
        Instant now = clock.instant();
        PodState pod = pod(poll);
        pod.ended(poll);
        PodState.Trouble ended = pod.answered();
        if (ended != null) {
            LOG.info(
                    "{} answers again, after {} s",
                    pod.name(),
                    Duration.between(ended.since(), now).toSeconds());
        }
        PolledJob job = jobs.get(poll);
        if (answer instanceof JobAnswer.Ended end) {
            counter(poll.server(), Result.ENDED).increment();
            if (job != null) {
                remark(now);
                return ends(job, end);
            }
        } else if (answer instanceof JobAnswer.Running) {
            counter(poll.server(), Result.RUNNING).increment();
            if (job != null) {
                job.runs();
            }
        } else {
            counter(poll.server(), Result.UNKNOWN).increment();
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
        remark(now);
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
        if (isRefusal(failure)) {
            counter(poll.server(), Result.AUTH_FAILED).increment();
            pod.refused(trouble(pod, true, String.valueOf(failure.getMessage()), now));
        } else if (failure instanceof EpmUnavailableException unavailable) {
            counter(poll.server(), Result.UNAVAILABLE).increment();
            String why = String.valueOf(failure.getMessage());
            pod.unavailable(trouble(pod, false, why, now), failure, unavailable.retryAfter(), now);
        } else if (failure instanceof IOException) {
            counter(poll.server(), Result.UNAVAILABLE).increment();
            pod.unavailable(trouble(pod, false, why(failure), now), failure, null, now);
        } else {
            LOG.error("Asking {} for job {} failed, it is asked for again", pod.name(), poll.epmJobId(), failure);
            pod.released();
        }
        asked(jobs.get(poll), now);
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof EpmUnauthorizedException
                || failure instanceof EpmForbiddenException
                || failure instanceof EpmCredentialsException;
    }

    /** Nothing more is asked, and what is not answered says nothing. */
    public synchronized void stop() {
        stopped = true;
    }

    /** What is wrong, in the words of the first time as long as it goes on. */
    private PodState.Trouble trouble(PodState pod, boolean credentials, String why, Instant now) {
        PodState.Trouble before = pod.trouble();
        if (before != null && before.credentials() == credentials) {
            return before.saying(why);
        }
        String what = pod.name() + (credentials ? " refuses our credentials" : " not reachable");
        String sentence = what + " since " + TIME.format(now.atZone(zone));
        LOG.warn("{}: {}; its jobs stay Loading", what, why);
        return new PodState.Trouble(now, credentials, why, what, sentence);
    }

    private static String why(Throwable failure) {
        if (failure instanceof UnknownHostException) {
            return "its host name is not known";
        }
        if (failure instanceof InterruptedIOException) {
            return "no answer in time";
        }
        if (failure instanceof SSLException) {
            return "no secure connection: " + failure.getMessage();
        }
        return failure instanceof ConnectException ? "no connection" : "the connection broke: " + failure.getMessage();
    }

    /** Says anew what is known beside the statuses; the same object as long as that is the same. */
    private void remark(Instant now) {
        Map<DomainId, String> reasons = new HashMap<>();
        for (PolledJob job : jobs.values()) {
            PodState.Trouble trouble = pod(job.poll()).trouble();
            String reason = trouble == null ? job.reason(config.pull().maxDuration(), now) : trouble.sentence();
            if (reason != null) {
                job.domains().keySet().forEach(id -> reasons.put(id, reason));
            }
        }
        Map<String, String> outages = new HashMap<>();
        for (AppsConfig.App app : config.apps().values()) {
            PodState pod = app.server() == null ? null : pods.get(app.server());
            PodState.Trouble trouble = pod == null ? null : pod.trouble();
            if (trouble != null) {
                outages.put(app.id(), trouble.sentence());
            }
        }
        Remarks news = new Remarks(reasons, outages);
        if (!news.equals(remarks)) {
            remarks = news;
        }
    }

    /** What is known beside the statuses; another object whenever that changes. */
    public Remarks remarks() {
        return remarks;
    }

    /** How EPM is, as health tells it. */
    public synchronized String health() {
        if (pods.isEmpty()) {
            return "not_configured";
        }
        for (PodState pod : pods.values()) {
            PodState.Trouble trouble = pod.trouble();
            if (trouble != null) {
                Instant since = trouble.since().truncatedTo(ChronoUnit.SECONDS);
                return "error: " + pod.server().id() + ": " + trouble.what() + " since " + since + ": " + trouble.why();
            }
        }
        return pods.values().stream().anyMatch(PodState::contacted) ? "ok" : "not_contacted";
    }
}
