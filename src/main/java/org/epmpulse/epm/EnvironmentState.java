package org.epmpulse.epm;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.epmpulse.config.AppsConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is known of an EPM environment and what is to be asked of it. Guarded by {@link PollSchedule}. */
final class EnvironmentState {

    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentState.class);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm zzz", Locale.ENGLISH);
    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(2);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final int INTERVALS_TO_WAIT = 10;
    private static final int FAILURES_TO_OPEN = 5;

    /** The circuit lets a trial through after its wait, not yet at the end of it. */
    private static final Duration CLOCK_STEP = Duration.ofMillis(1);

    private final AppsConfig.Server server;
    private final DateTimeFormatter time;
    private final Duration circuitWait;
    private final CircuitBreaker circuit;
    private final Deque<PolledJob> waiting = new ArrayDeque<>();
    private final Map<Poll, PolledJob> inFlight = new HashMap<>();
    private boolean contacted;
    private Instant notBefore = Instant.MIN;
    private Instant trialAt = Instant.MIN;
    private @Nullable Trouble trouble;

    /**
     * Why it cannot be asked.
     *
     * @param what such as {@code Planning EPM not reachable}
     * @param sentence the same with the time, for those who look at the board
     */
    record Trouble(Instant since, boolean credentials, String why, String what, String sentence) {

        /** The same, which goes on for another reason. */
        Trouble saying(String newWhy) {
            return new Trouble(since, credentials, newWhy, what, sentence);
        }
    }

    /** @param zone of the times shown to people */
    EnvironmentState(AppsConfig.Server server, Duration pollInterval, ZoneId zone, InstantSource clock) {
        this.server = server;
        this.time = TIME.withZone(zone);
        this.circuitWait = waitWhenOpen(pollInterval);
        this.circuit = CircuitBreaker.of(
                server.id(),
                CircuitBreakerConfig.custom()
                        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(FAILURES_TO_OPEN)
                        .minimumNumberOfCalls(FAILURES_TO_OPEN)
                        .failureRateThreshold(100)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .waitDurationInOpenState(circuitWait)
                        .clock(clock.withZone(ZoneOffset.UTC))
                        .currentTimestampFunction(ignored -> clock.instant().toEpochMilli(), TimeUnit.MILLISECONDS)
                        .build());
    }

    static Duration waitWhenOpen(Duration pollInterval) {
        Duration wait = pollInterval.multipliedBy(INTERVALS_TO_WAIT);
        return wait.compareTo(SHORTEST_WAIT) < 0
                ? SHORTEST_WAIT
                : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    AppsConfig.Server server() {
        return server;
    }

    /** As people call it. */
    String name() {
        return server.name().contains("EPM") ? server.name() : server.name() + " EPM";
    }

    void enqueue(PolledJob job) {
        waiting.add(job);
    }

    void enqueueFirst(PolledJob job) {
        waiting.addFirst(job);
    }

    /**
     * The next job to poll, which is in flight then; null if there is none, enough are in flight, or it is left in peace
     * for now.
     */
    @Nullable
    PolledJob next(int atOnce, Instant now) {
        waiting.removeIf(job -> job.domains().isEmpty());
        PolledJob next = firstWaiting();
        if (next == null || inFlight.size() >= atOnce || now.isBefore(notBefore) || !circuit.tryAcquirePermission()) {
            return null;
        }
        waiting.remove(next);
        next.begin();
        inFlight.put(next.poll(), next);
        return next;
    }

    private @Nullable PolledJob firstWaiting() {
        return waiting.stream()
                .filter(job -> !inFlight.containsKey(job.poll()))
                .findFirst()
                .orElse(null);
    }

    /** How long until time alone lets the next job be polled; null if none waits, or the end of a poll must come first. */
    @Nullable
    Duration untilNext(int atOnce, Instant now) {
        CircuitBreaker.State state = circuit.getState();
        if (state == CircuitBreaker.State.HALF_OPEN || inFlight.size() >= atOnce || firstWaiting() == null) {
            return null;
        }
        boolean trialIsLast = state == CircuitBreaker.State.OPEN && trialAt.isAfter(notBefore);
        Instant free = trialIsLast ? trialAt : notBefore;
        return now.isBefore(free) ? Duration.between(now, free) : Duration.ZERO;
    }

    /** The job whose poll is in flight; null if it is not. */
    @Nullable
    PolledJob inFlight(Poll poll) {
        return inFlight.get(poll);
    }

    /** The job whose poll was in flight until now; null if it was not. */
    @Nullable
    PolledJob ended(Poll poll) {
        return inFlight.remove(poll);
    }

    /** It answered. */
    void answered(Poll poll, Instant now) {
        PolledJob job = inFlight.get(poll);
        if (job != null) {
            job.answered();
        }
        contacted = true;
        circuit.onSuccess(0, TimeUnit.MILLISECONDS);
        Trouble ended = trouble;
        clear();
        if (ended != null) {
            LOG.info(
                    "{} answers again, after {} s",
                    name(),
                    Duration.between(ended.since(), now).toSeconds());
        }
    }

    /** It did not answer as it should. */
    void unavailable(PollFailure failure, Throwable cause, Instant now) {
        contacted = true;
        boolean wasOpen = circuit.getState() == CircuitBreaker.State.OPEN;
        circuit.onError(0, TimeUnit.MILLISECONDS, cause);
        if (!wasOpen && circuit.getState() == CircuitBreaker.State.OPEN) {
            trialAt = now.plus(circuitWait).plus(CLOCK_STEP);
        }
        trouble = trouble(false, failure.why(), now);
        if (failure.retryAfter() != null) {
            notBefore = now.plus(failure.retryAfter());
        }
    }

    /** It will not answer us: accounts get locked by those who go on asking. */
    void refused(PollFailure failure, Instant now) {
        contacted = true;
        circuit.transitionToOpenState();
        trialAt = now.plus(circuitWait).plus(CLOCK_STEP);
        trouble = trouble(true, failure.why(), now);
    }

    /** What is wrong, in the words of the first time as long as it goes on. */
    private Trouble trouble(boolean credentials, String why, Instant now) {
        if (trouble != null && trouble.credentials() == credentials) {
            return trouble.saying(why);
        }
        String what = name() + (credentials ? " refuses our credentials" : " not reachable");
        LOG.warn("{}: {}; its jobs stay Loading", what, why);
        return new Trouble(now, credentials, why, what, what + " since " + time.format(now));
    }

    /** The poll says nothing of how it is. */
    void released() {
        circuit.releasePermission();
    }

    /** Nothing is to be asked any more, so nothing is known any more either. */
    void clear() {
        trouble = null;
    }

    boolean contacted() {
        return contacted;
    }

    @Nullable
    Trouble trouble() {
        return trouble;
    }
}
