package org.epmpulse.epm;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An EPM environment: its pending polls, the polls in flight and its outage. Guarded by {@link PollSchedule}. */
final class EnvironmentState {

    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentState.class);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm zzz", Locale.ENGLISH);
    private static final Duration MIN_OPEN = Duration.ofSeconds(2);
    private static final Duration MAX_OPEN = Duration.ofSeconds(60);
    private static final int INTERVALS_OPEN = 10;
    private static final int FAILURES_TO_OPEN = 5;

    /** A daily maintenance takes up to an hour; after this it is an outage like any other. */
    private static final Duration MAX_MAINTENANCE = Duration.ofMinutes(90);

    private static final Duration MAINTENANCE_READ = Duration.ofDays(1);
    private static final Duration MAINTENANCE_RETRY = Duration.ofHours(6);

    /** Of a poll that waits for the outcome of another one. */
    private static final Duration DEFERRAL = Duration.ofSeconds(1);

    /** The circuit breaker permits a trial only after the end of its wait, not at it. */
    private static final Duration CLOCK_STEP = Duration.ofMillis(1);

    private final AppsConfig.Server server;
    private final TimeSource clock;
    private final DateTimeFormatter time;
    private final Duration openDuration;
    private final CircuitBreaker circuit;
    private final Deque<PolledJob> pending = new ArrayDeque<>();
    private final Map<Poll, PolledJob> inFlight = new HashMap<>();
    private final Set<Poll> failedSinceResponse = new HashSet<>();
    private boolean contacted;
    private Instant notBefore = Instant.MIN;
    private Instant trialAt = Instant.MIN;
    private @Nullable Outage outage;
    private @Nullable MaintenanceWindow maintenance;
    private Instant readMaintenanceAt = Instant.MIN;
    private @Nullable String watchProblem;

    /** What the environment is said to be. */
    enum Condition {
        NOT_REACHABLE("not reachable"),
        /** In its daily maintenance, or its responses say that it is in maintenance. */
        IN_MAINTENANCE("in maintenance"),
        /** It rejects the credentials, or the role is missing. */
        ACCESS_DENIED("access denied");

        private final String text;

        Condition(String text) {
            this.text = text;
        }
    }

    /**
     * Why the environment cannot be polled.
     *
     * @param since by the wall clock, for people
     * @param began the same by the steady clock
     * @param cause one line, for an operator
     * @param summary such as {@code Planning EPM not reachable}
     * @param sentence the summary with the time, for the board
     */
    record Outage(Instant since, Instant began, Condition condition, String cause, String summary, String sentence) {

        Outage with(String newCause, String newSentence) {
            return new Outage(since, began, condition, newCause, summary, newSentence);
        }
    }

    /** @param zone time zone of the times in texts for people */
    EnvironmentState(AppsConfig.Server server, Duration pollInterval, ZoneId zone, TimeSource clock) {
        this.server = server;
        this.clock = clock;
        this.time = TIME.withZone(zone);
        this.openDuration = openDuration(pollInterval);
        this.circuit = CircuitBreaker.of(
                server.id(),
                CircuitBreakerConfig.custom()
                        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(FAILURES_TO_OPEN)
                        .minimumNumberOfCalls(FAILURES_TO_OPEN)
                        .failureRateThreshold(100)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .waitDurationInOpenState(openDuration)
                        .clock(clock.steadySource().withZone(ZoneOffset.UTC))
                        .currentTimestampFunction(ignored -> clock.steady().toEpochMilli(), TimeUnit.MILLISECONDS)
                        .build());
    }

    static Duration openDuration(Duration pollInterval) {
        Duration open = pollInterval.multipliedBy(INTERVALS_OPEN);
        return open.compareTo(MIN_OPEN) < 0 ? MIN_OPEN : open.compareTo(MAX_OPEN) > 0 ? MAX_OPEN : open;
    }

    AppsConfig.Server server() {
        return server;
    }

    /** The name in texts for people. */
    String name() {
        return server.name().contains("EPM") ? server.name() : server.name() + " EPM";
    }

    void enqueue(PolledJob job) {
        pending.add(job);
    }

    void enqueueFirst(PolledJob job) {
        pending.addFirst(job);
    }

    /**
     * Takes the next pending job and marks it as in flight; null if there is none, or the environment may not be polled
     * now.
     */
    @Nullable
    PolledJob next(int maxConcurrent, Instant now) {
        pending.removeIf(job -> job.domains().isEmpty());
        PolledJob next = firstPending(now);
        if (next == null
                || now.isBefore(next.earliestPoll())
                || inFlight.size() >= maxConcurrent
                || now.isBefore(notBefore)
                || !circuit.tryAcquirePermission()) {
            return null;
        }
        pending.remove(next);
        next.begin();
        inFlight.put(next.poll(), next);
        return next;
    }

    /** The pending job that may be polled first; of several that may be now, the one that has waited longest. */
    private @Nullable PolledJob firstPending(Instant now) {
        return pending.stream()
                .filter(job -> !inFlight.containsKey(job.poll()))
                .min(Comparator.comparing(job -> job.earliestPoll().isAfter(now) ? job.earliestPoll() : Instant.MIN))
                .orElse(null);
    }

    /** How long until the next pending job may be polled; null if none is pending, or a poll must finish first. */
    @Nullable
    Duration untilNext(int maxConcurrent, Instant now) {
        CircuitBreaker.State state = circuit.getState();
        PolledJob next = firstPending(now);
        if (state == CircuitBreaker.State.HALF_OPEN || inFlight.size() >= maxConcurrent || next == null) {
            return null;
        }
        Instant earliest = later(notBefore, next.earliestPoll());
        if (state == CircuitBreaker.State.OPEN) {
            earliest = later(earliest, trialAt);
        }
        return now.isBefore(earliest) ? Duration.between(now, earliest) : Duration.ZERO;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** The job of a poll in flight; null if the poll is not in flight. */
    @Nullable
    PolledJob inFlight(Poll poll) {
        return inFlight.get(poll);
    }

    /** Removes a poll and returns its job; null if the poll was not in flight. */
    @Nullable
    PolledJob removeInFlight(Poll poll) {
        return inFlight.remove(poll);
    }

    void recordResponse(Poll poll) {
        PolledJob job = inFlight.get(poll);
        if (job != null) {
            job.recordResponse();
        }
        contacted = true;
        failedSinceResponse.clear();
        circuit.onSuccess(0, TimeUnit.MILLISECONDS);
        Outage before = outage;
        clearOutage();
        if (before != null) {
            LOG.info(
                    "{}: available again after {} s",
                    name(),
                    Duration.between(before.began(), clock.steady()).toSeconds());
        }
    }

    void recordUnavailable(PollFailure failure, Throwable cause) {
        Instant now = clock.steady();
        contacted = true;
        boolean wasOpen = circuit.getState() == CircuitBreaker.State.OPEN;
        circuit.onError(0, TimeUnit.MILLISECONDS, cause);
        if (!wasOpen && circuit.getState() == CircuitBreaker.State.OPEN) {
            trialAt = now.plus(openDuration).plus(CLOCK_STEP);
        }
        outage = outage(unavailable(failure), failure.cause());
        if (failure.retryAfter() != null) {
            holdBack(failure.retryAfter());
        }
    }

    /** The poll was not sent: it is repeated soon. */
    void defer(PolledJob job) {
        circuit.releasePermission();
        inFlight.remove(job.poll());
        job.defer();
        pending.addFirst(job);
        holdBack(DEFERRAL);
    }

    /** For at least this time the environment is neither polled nor watched. */
    void holdBack(Duration time) {
        notBefore = later(notBefore, clock.steady().plus(time));
    }

    /** When the environment may be polled and watched again; by the steady clock. */
    Instant notBefore() {
        return notBefore;
    }

    /** Opens the circuit at once: further requests with rejected credentials could lock the account. */
    void recordAccessDenied(PollFailure failure) {
        contacted = true;
        circuit.transitionToOpenState();
        trialAt = clock.steady().plus(openDuration).plus(CLOCK_STEP);
        outage = outage(Condition.ACCESS_DENIED, failure.cause());
    }

    /**
     * A maintenance is one that its response names, or an outage that begins in the window. It stays one, whatever the
     * later failures are, but no longer than a maintenance can take.
     */
    private Condition unavailable(PollFailure failure) {
        if (failure.scope().namesMaintenance()) {
            return Condition.IN_MAINTENANCE;
        }
        if (outage == null || outage.condition() == Condition.ACCESS_DENIED) {
            boolean inWindow = maintenance != null && maintenance.contains(clock.instant());
            return inWindow ? Condition.IN_MAINTENANCE : Condition.NOT_REACHABLE;
        }
        boolean overdue = Duration.between(outage.began(), clock.steady()).compareTo(MAX_MAINTENANCE) > 0;
        return overdue ? Condition.NOT_REACHABLE : outage.condition();
    }

    /** A running outage keeps its start and summary; only its cause is updated. */
    private Outage outage(Condition condition, String cause) {
        if (outage != null && outage.condition() == condition) {
            return outage.with(cause, sentence(outage.summary(), condition, outage.since()));
        }
        String summary = name() + " " + condition.text;
        String next = "its jobs stay Loading until EPM can be polled and reports their end";
        if (condition == Condition.IN_MAINTENANCE) {
            LOG.info("{}: {}; {}", summary, cause, next);
        } else {
            LOG.warn("{}: {}; {}", summary, cause, next);
        }
        Outage before = outage;
        boolean continues =
                before != null && before.condition() != Condition.ACCESS_DENIED && condition != Condition.ACCESS_DENIED;
        Instant since = before != null && continues ? before.since() : clock.instant();
        Instant began = before != null && continues ? before.began() : clock.steady();
        return new Outage(since, began, condition, cause, summary, sentence(summary, condition, since));
    }

    /** The end of a maintenance is shown if its window is known, and not over. */
    private String sentence(String summary, Condition condition, Instant since) {
        String sentence = summary + " since " + time.format(since);
        Instant end =
                maintenance == null || condition != Condition.IN_MAINTENANCE ? null : maintenance.end(clock.instant());
        return end == null ? sentence : sentence + ", until " + time.format(end);
    }

    /** The environment cannot be watched; no poll is in flight for this, so the circuit stays as it is. */
    void recordWatchOutage(PollFailure failure) {
        contacted = true;
        boolean denied = failure.kind() == PollFailure.Kind.ACCESS_DENIED;
        outage = outage(denied ? Condition.ACCESS_DENIED : unavailable(failure), failure.cause());
    }

    /** The environment has answered a request of its watch; true if that ends an outage. */
    boolean recordWatchResponse() {
        contacted = true;
        boolean ends = outage != null && (circuit.getState() == CircuitBreaker.State.CLOSED || pending.isEmpty());
        if (ends) {
            LOG.info("{}: available again", name());
            circuit.transitionToClosedState();
            clearOutage();
        }
        return ends;
    }

    /** Why its jobs are not watched, as a sentence; null if they are. */
    @Nullable
    String watchProblem() {
        return watchProblem;
    }

    void watchProblem(@Nullable String problem) {
        watchProblem = problem == null ? null : "Jobs of " + name() + " are not watched: " + problem;
    }

    /**
     * Counts a failure of a job without a known problem; true if so many different jobs have failed since the latest
     * response that the environment does not respond.
     */
    boolean countFailure(PolledJob job) {
        if (job.problem().reason() == null && failedSinceResponse.size() < FAILURES_TO_OPEN) {
            failedSinceResponse.add(job.poll());
        }
        return failedSinceResponse.size() >= FAILURES_TO_OPEN;
    }

    /** A request for one job failed, while the environment responds to others; see {@link JobProblem}. */
    void recordJobFailure() {
        contacted = true;
        circuit.releasePermission();
    }

    /** Whether to read the time of the daily maintenance now; true only once, until {@link #maintenance} or 6 h later. */
    boolean shouldReadMaintenance() {
        Instant now = clock.steady();
        if (now.isBefore(readMaintenanceAt)) {
            return false;
        }
        readMaintenanceAt = now.plus(MAINTENANCE_RETRY);
        return true;
    }

    /** Sets the daily maintenance; it is read again in a day. */
    void maintenance(MaintenanceWindow window) {
        maintenance = window;
        readMaintenanceAt = clock.steady().plus(MAINTENANCE_READ);
    }

    /** Returns the circuit's permission: the poll had neither success nor failure. */
    void releasePermission() {
        circuit.releasePermission();
    }

    void clearOutage() {
        outage = null;
    }

    boolean contacted() {
        return contacted;
    }

    @Nullable
    Outage outage() {
        return outage;
    }
}
