package org.epmpulse.epm.watch;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.epmpulse.cluster.NotActiveException;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.epm.EpmCredentialsException;
import org.epmpulse.epm.EpmDeferredException;
import org.epmpulse.epm.EpmUnauthorizedException;
import org.epmpulse.epm.PollSchedule;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.store.Documents;
import org.epmpulse.store.StatusStore;
import org.epmpulse.threads.TimeSource;
import org.epmpulse.work.Work;
import org.epmpulse.work.WorkSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds jobs that nobody posts, in rounds. The endpoint {@code epm-polls:watch} sends each request of a round through
 * the route {@code epm-watch}, which passes the reply to {@link #handleReply}. A running job that was found is recorded
 * as Loading; then {@link PollSchedule} polls it like any other. Thread-safe.
 */
public final class WatchSchedule implements WorkSource<WatchStep> {

    private static final Logger LOG = LoggerFactory.getLogger(WatchSchedule.class);

    /** After failures in a row the rounds become rarer: each leaves a row in the job console. */
    private static final int MAX_FACTOR = 6;

    /** Of a step that waits for the outcome of another request. */
    private static final Duration DEFERRAL = Duration.ofSeconds(1);

    /** After a position that cannot be read; EPM was not called. */
    private static final Duration READ_AGAIN = Duration.ofSeconds(30);

    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final PollSchedule polls;
    private final TimeSource clock;
    private boolean stopped;

    /** An application and its place in time. */
    private static final class Slot {

        private final WatchedApplication application;
        private final WatchMetrics metrics;
        private Instant dueAt = Instant.MIN;
        private Instant roundStart = Instant.MIN;
        private boolean inRound;
        private boolean inFlight;
        /** Since the step in flight began, this node has taken over. */
        private boolean takenOver;

        private boolean retried;
        private int failures;
        private @Nullable String shownProblem;

        Slot(WatchedApplication application, WatchMetrics metrics) {
            this.application = application;
            this.metrics = metrics;
        }

        WatchTarget target() {
            return application.target();
        }

        /** Another node may have watched meanwhile, so the next round reads its position. */
        void startAgain() {
            application.forgetCursor();
            inRound = false;
            takenOver = false;
        }

        void endStep() {
            inFlight = false;
            if (takenOver) {
                startAgain();
            }
        }
    }

    /**
     * Creates a schedule whose first rounds are due at once.
     *
     * @param zone time zone of the times in texts for people
     */
    public WatchSchedule(
            AppsConfig config,
            StatusStore store,
            Documents documents,
            PollSchedule polls,
            ZoneId zone,
            TimeSource clock,
            MeterRegistry meters) {
        this.polls = polls;
        this.clock = clock;
        RunUpdates updates = new RunUpdates(zone);
        for (WatchTarget target : WatchTarget.of(config)) {
            WatchedApplication application = new WatchedApplication(target, store, documents, updates, clock);
            slots.put(target.id(), new Slot(application, new WatchMetrics(target, meters)));
        }
    }

    @Override
    public synchronized void takeOver() {
        for (Slot slot : slots.values()) {
            if (slot.inFlight) {
                slot.takenOver = true;
            } else {
                slot.startAgain();
            }
        }
    }

    @Override
    public synchronized List<WatchStep> poll(int max) {
        List<WatchStep> due = new ArrayList<>();
        if (stopped) {
            return due;
        }
        Instant now = clock.steady();
        for (Slot slot : slots.values()) {
            if (due.size() < max && !slot.inFlight && !now.isBefore(dueAt(slot)) && isReady(slot, now)) {
                slot.inFlight = true;
                due.add(slot.application.step());
            }
        }
        return due;
    }

    /** Not before a {@code Retry-After} of the environment has passed, also of a response to a poll. */
    private Instant dueAt(Slot slot) {
        Instant notBefore = polls.notBefore(slot.target().server().id());
        return slot.dueAt.isAfter(notBefore) ? slot.dueAt : notBefore;
    }

    private boolean isReady(Slot slot, Instant now) {
        if (slot.inRound) {
            return true;
        }
        try {
            slot.application.begin();
            slot.inRound = true;
            slot.retried = false;
            slot.roundStart = now;
            return true;
        } catch (IOException | RuntimeException e) {
            slot.roundStart = now;
            endRound(slot, "the position of the watch cannot be read: " + e.getMessage());
            slot.dueAt = now.plus(READ_AGAIN);
            return false;
        }
    }

    @Override
    public synchronized @Nullable Duration untilNextPoll() {
        if (stopped) {
            return null;
        }
        Instant now = clock.steady();
        return slots.values().stream()
                .filter(slot -> !slot.inFlight)
                .map(this::dueAt)
                .map(due -> now.isBefore(due) ? Duration.between(now, due) : Duration.ZERO)
                .min(Duration::compareTo)
                .orElse(null);
    }

    /** The message body is the step; the variable {@code poll} is a request to the same environment. */
    @Override
    public synchronized @Nullable Work begin(WatchStep step) {
        Slot slot = slot(step);
        if (stopped) {
            slot.endStep();
            return null;
        }
        return new Work(step, Map.of("step", step, "poll", step.target().poll("1")));
    }

    private Slot slot(WatchStep step) {
        return Objects.requireNonNull(slots.get(step.target().id()), "a watched application");
    }

    /**
     * Handles the reply to a step, on the thread of the step.
     *
     * @return the updates that the route must record; null if there is nothing to record
     */
    public @Nullable List<StatusUpdate> handleReply(WatchStep step, WatchReply reply) {
        polls.recordWatchResponse(step.target().server().id());
        return application(step).handle(reply);
    }

    private synchronized WatchedApplication application(WatchStep step) {
        return slot(step).application;
    }

    @Override
    public void succeeded(WatchStep step) {
        finish(step, application(step)::recorded);
    }

    /** There was no reply that can be used, or the updates could not be recorded. */
    @Override
    public void failed(WatchStep step, Throwable failure) {
        if (failure instanceof EpmDeferredException) {
            defer(step);
            return;
        }
        WatchedApplication application = application(step);
        polls.followRetryAfter(step.target().server().id(), failure);
        if (step.kind() == WatchStep.Kind.DELETE && !isDenied(failure)) {
            // The next export replaces the file, so the round goes on.
            finish(step, application::deleteFailed);
            return;
        }
        if (isOverOrRetried(step, failure)) {
            return;
        }
        String problem = problem(application, step, failure);
        LOG.debug("Watch of {}: {} failed", step.target().name(), step.kind().what(), failure);
        if (!problem.isEmpty() && application.canSkip()) {
            finish(step, () -> application.skip(problem));
            return;
        }
        synchronized (this) {
            Slot slot = slot(step);
            endRound(slot, problem, isDenied(failure) || !problem.isEmpty());
            slot.endStep();
        }
    }

    /** The step was not sent: it is repeated soon. */
    private synchronized void defer(WatchStep step) {
        Slot slot = slot(step);
        slot.dueAt = clock.steady().plus(DEFERRAL);
        slot.endStep();
    }

    private synchronized boolean isOverOrRetried(WatchStep step, Throwable failure) {
        Slot slot = slot(step);
        boolean retry = failure instanceof EpmUnauthorizedException && !slot.retried;
        if (retry) {
            // The rejected token was discarded; a new one may be accepted.
            slot.retried = true;
            slot.dueAt = clock.steady();
        }
        if (stopped || retry) {
            slot.endStep();
        }
        return stopped || retry;
    }

    /** Empty if the environment has an outage. */
    private String problem(WatchedApplication application, WatchStep step, Throwable failure) {
        if (application.hasReply()) {
            return "what was found cannot be recorded: " + failure.getMessage();
        }
        String cause = polls.recordWatchFailure(step.target().server().id(), failure);
        return cause == null ? "" : step.kind().what() + " failed: " + cause;
    }

    private static boolean isDenied(Throwable failure) {
        return failure instanceof EpmUnauthorizedException || failure instanceof EpmCredentialsException;
    }

    /** What an application does after a step. */
    private interface Continuation {
        void run() throws IOException;
    }

    private void finish(WatchStep step, Continuation continuation) {
        WatchedApplication application = application(step);
        String failure = null;
        try {
            continuation.run();
        } catch (IOException | RuntimeException e) {
            if (NotActiveException.isCauseOf(e)) {
                released(step);
                return;
            }
            failure = "what is known about jobs cannot be read or written: " + e.getMessage();
            LOG.debug("Watch of {}: the round failed", step.target().name(), e);
        }
        synchronized (this) {
            Slot slot = slot(step);
            if (failure != null || application.isOver()) {
                endRound(slot, failure != null ? failure : application.problem());
            } else {
                slot.dueAt = clock.steady().plus(application.delay());
            }
            slot.endStep();
        }
    }

    /** The step is due again. */
    @Override
    public synchronized void released(WatchStep step) {
        slot(step).endStep();
    }

    /**
     * Ends a round.
     *
     * @param problem null if the round was complete; empty if the environment has an outage, which is already shown
     */
    private void endRound(Slot slot, @Nullable String problem) {
        endRound(slot, problem, problem != null && !problem.isEmpty());
    }

    /** @param rarer whether the rounds become rarer if this goes on */
    private void endRound(Slot slot, @Nullable String problem, boolean rarer) {
        slot.inRound = false;
        slot.failures = problem == null ? 0 : slot.failures + 1;
        int factor = rarer ? Math.min(slot.failures, MAX_FACTOR) : 1;
        Duration interval = slot.target().watch().interval();
        Instant from = problem == null ? slot.roundStart : clock.steady();
        slot.dueAt = from.plus(interval.multipliedBy(factor));
        slot.metrics.count(problem);
        JobList list = slot.application.list();
        if (list != null) {
            slot.metrics.list(list);
        }
        String shown = problem == null || problem.isEmpty() ? null : problem;
        if (shown != null && !shown.equals(slot.shownProblem)) {
            LOG.warn(
                    "Watch of {}: {}; jobs that nobody posts are not found, trying again in {} min",
                    slot.target().name(),
                    shown,
                    interval.multipliedBy(factor).toMinutes());
        } else if (problem == null && slot.shownProblem != null) {
            LOG.info("Watch of {}: complete again", slot.target().name());
        }
        if (problem == null || shown != null) {
            slot.shownProblem = shown;
        }
        polls.watchProblem(slot.target().server().id(), problemOf(slot.target().server()));
    }

    /** An environment may have several applications. */
    private @Nullable String problemOf(AppsConfig.Server server) {
        return slots.values().stream()
                .filter(slot -> slot.target().server().equals(server))
                .map(slot -> slot.shownProblem)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** The listener is never called: only time and the end of a step make the next one due. */
    @Override
    public void onPending(Runnable listener) {}

    /** Stops watching; the replies of steps in flight are ignored. */
    public synchronized void stop() {
        stopped = true;
    }
}
