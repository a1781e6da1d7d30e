package org.epmpulse.alerts;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.epmpulse.alerts.AlertCounters.Result;
import org.epmpulse.status.Board;
import org.epmpulse.status.StatusChange;
import org.epmpulse.work.Work;
import org.epmpulse.work.WorkSource;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one sink: when a domain turns Warning and when it is OK again, each channel gets it once. An item is
 * the id of a channel that may get its next message. What was sent is on disk before the next message of the channel, so
 * a problem is sent again only if the process ends in between.
 *
 * <p>Thread-safe; its memory is bounded by domains and channels. The file is written outside of the lock that changes
 * need.
 */
public final class AlertSender implements WorkSource<String> {

    /** How often the board is compared, for changes that were dropped. */
    private static final Duration COMPARE_INTERVAL = Duration.ofSeconds(30);

    private final AlertSink sink;
    private final AlertPolicy policy;
    private final SavedAlerts saved;
    private final SinkHealth health;
    private final AlertCounters counters;
    private final Supplier<Board> board;
    private final InstantSource clock;
    private final Object writing = new Object();

    private Instant compareAt = Instant.MIN;
    private volatile Runnable pendingListener = () -> {};

    /**
     * @param log of this sink alone
     * @param random spreads retries
     */
    public AlertSender(
            AlertSink sink,
            AlertLog log,
            Supplier<Board> board,
            InstantSource clock,
            RandomGenerator random,
            MeterRegistry meters) {
        this.sink = sink;
        this.policy = new AlertPolicy(sink.channels(), sink.limits(), random, clock.instant());
        this.saved = new SavedAlerts(log, clock);
        this.health = new SinkHealth(sink.name(), sink.channels());
        this.counters = new AlertCounters(sink.channels(), meters);
        this.board = board;
        this.clock = clock;
    }

    /** Goes on where the process before ended. Called once, before the first update is taken. */
    public void open() {
        AlertState state = saved.read(sink.channels());
        synchronized (this) {
            Instant now = clock.instant();
            policy.begin(state, board.get(), now);
            compareAt = now.plus(COMPARE_INTERVAL);
        }
        save();
    }

    /** Takes note of changes, in their order; returns at once. */
    public void changed(List<StatusChange> changes) {
        if (note(changes)) {
            pendingListener.run();
        }
    }

    private synchronized boolean note(List<StatusChange> changes) {
        Instant now = clock.instant();
        boolean matters = false;
        for (StatusChange change : changes) {
            matters |= policy.changed(change, now);
        }
        return matters;
    }

    @Override
    public List<String> poll(int max) {
        if (compare()) {
            sink.prepare();
        }
        save();
        return due(max);
    }

    /** Returns whether something is pending. */
    private synchronized boolean compare() {
        Instant now = clock.instant();
        if (!now.isBefore(compareAt)) {
            compareAt = now.plus(COMPARE_INTERVAL);
            policy.compare(board.get(), now);
        }
        return policy.isPending();
    }

    private synchronized List<String> due(int max) {
        Instant now = clock.instant();
        List<String> channels = new ArrayList<>();
        while (channels.size() < max) {
            String channel = policy.due(now);
            if (channel == null) {
                break;
            }
            channels.add(channel);
        }
        return channels;
    }

    @Override
    public synchronized Duration untilNextPoll() {
        Instant next = compareAt;
        Instant dueAt = policy.nextDueAt();
        if (dueAt != null && dueAt.isBefore(next)) {
            next = dueAt;
        }
        if (policy.isUnsaved() && saved.writableAt().isBefore(next)) {
            next = saved.writableAt();
        }
        Instant now = clock.instant();
        return next.isAfter(now) ? Duration.between(now, next) : Duration.ZERO;
    }

    /** Its body is an {@link AlertMessage}; the variable {@code channel} is the channel's id. */
    @Override
    public synchronized Work begin(String channelId) {
        return new Work(policy.message(channelId), Map.of("channel", channelId));
    }

    @Override
    public void succeeded(String channelId) {
        synchronized (this) {
            policy.sent(channelId, clock.instant());
            health.sent(channelId);
        }
        counters.count(channelId, Result.SENT);
        save();
        pendingListener.run();
    }

    @Override
    public void failed(String channelId, Throwable failure) {
        AlertFailure classified = classify(failure);
        Result result;
        synchronized (this) {
            result = note(channelId, classified, failure, clock.instant());
        }
        counters.count(channelId, result);
        save();
        pendingListener.run();
    }

    /** A sink that cannot classify a failure must not keep its channel in flight. */
    private AlertFailure classify(Throwable failure) {
        try {
            return sink.classify(failure);
        } catch (RuntimeException e) {
            e.addSuppressed(failure);
            return AlertFailure.of(AlertFailure.Kind.UNEXPECTED, e.toString());
        }
    }

    @Override
    public synchronized void released(String channelId) {
        policy.released(channelId);
    }

    private Result note(String channelId, AlertFailure failure, Throwable cause, Instant now) {
        switch (failure.kind()) {
            case RATE_LIMITED -> {
                policy.rateLimited(channelId, failure.retryAfter(), now);
                health.rateLimited(failure.retryAfter());
                return Result.RATE_LIMITED;
            }
            case UNAVAILABLE -> {
                policy.unavailable(channelId, now);
                health.unavailable(channelId, failure.problem());
                return Result.UNAVAILABLE;
            }
            case UNEXPECTED -> {
                policy.unavailable(channelId, now);
                health.failedUnexpectedly(channelId, failure.problem(), cause);
                return Result.UNAVAILABLE;
            }
            case CREDENTIAL_REFUSED -> {
                policy.credentialRefused(channelId, now);
                health.credentialRefused(failure.problem());
            }
            case CHANNEL_REFUSED -> {
                policy.channelRefused(channelId, now);
                health.channelRefused(channelId, failure.problem());
            }
            case CONTENT_REFUSED -> {
                boolean plainFollows = policy.contentRefused(channelId, now);
                health.contentRefused(channelId, failure.problem(), plainFollows);
            }
        }
        return Result.REFUSED;
    }

    @Override
    public void onPending(Runnable listener) {
        pendingListener = listener;
    }

    /** Writes what is not on disk yet. */
    public void save() {
        synchronized (writing) {
            AlertState state = takeUnsaved();
            if (state != null && !saved.write(state)) {
                saveFailed();
            }
        }
    }

    private synchronized @Nullable AlertState takeUnsaved() {
        return clock.instant().isBefore(saved.writableAt()) || !policy.takeUnsaved() ? null : policy.state();
    }

    private synchronized void saveFailed() {
        policy.saveFailed();
    }

    /** What is wrong with alerts, for health; null while all is well. */
    public synchronized @Nullable String problem() {
        for (String problem : new @Nullable String[] {health.sinkProblem(), saved.problem(), health.channelProblem()}) {
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }
}
