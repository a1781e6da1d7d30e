package org.epmpulse.alerts;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.epmpulse.alerts.AlertCounters.Result;
import org.epmpulse.status.Board;
import org.epmpulse.status.StatusChange;
import org.epmpulse.threads.TimeSource;
import org.epmpulse.work.Work;
import org.epmpulse.work.WorkSource;
import org.jspecify.annotations.Nullable;

/**
 * Sends the alerts of one sink: each channel is notified once when a domain turns Warning and once when it is OK again.
 * An item is the id of a channel whose next message is due. The state is on disk before the next message of a channel
 * is sent, so an alert is sent twice only if the process ends in between.
 *
 * <p>Thread-safe; its memory is bounded by domains and channels. The file is written without holding the lock that
 * {@link #enqueue} needs.
 */
public final class AlertSender implements WorkSource<String> {

    /** How often the board is compared, to find dropped changes. */
    private static final Duration COMPARE_INTERVAL = Duration.ofSeconds(30);

    private final AlertSink sink;
    private final AlertPolicy policy;
    private final AlertPersistence persistence;
    private final SinkHealth health;
    private final AlertCounters counters;
    private final Supplier<Board> board;
    private final TimeSource clock;
    private final Object writeLock = new Object();

    private Instant compareAt = Instant.MIN;
    private volatile Runnable pendingListener = () -> {};

    /**
     * @param store holds the state of this sink only
     * @param random adds jitter to retries
     */
    public AlertSender(
            AlertSink sink,
            AlertStore store,
            Supplier<Board> board,
            TimeSource clock,
            RandomGenerator random,
            MeterRegistry meters) {
        this.sink = sink;
        this.policy = new AlertPolicy(sink.channels(), sink.limits(), random, clock.steady());
        this.persistence = new AlertPersistence(store, clock.steadySource());
        this.health = new SinkHealth(sink.name(), sink.channels());
        this.counters = new AlertCounters(sink.channels(), meters);
        this.board = board;
        this.clock = clock;
    }

    /** Restores the saved state. Called once, before the first update is accepted. */
    public void open() {
        AlertState state = persistence.read(sink.channels());
        synchronized (this) {
            Instant steady = clock.steady();
            policy.restore(state, board.get(), clock.instant(), steady);
            compareAt = steady.plus(COMPARE_INTERVAL);
        }
        save();
    }

    /** Applies changes in their order and makes their alerts pending; returns at once. */
    public void enqueue(List<StatusChange> changes) {
        if (apply(changes)) {
            pendingListener.run();
        }
    }

    private synchronized boolean apply(List<StatusChange> changes) {
        Instant now = clock.instant();
        Instant steady = clock.steady();
        boolean changed = false;
        for (StatusChange change : changes) {
            changed |= policy.apply(change, now, steady);
        }
        return changed;
    }

    @Override
    public List<String> poll(int max) {
        if (compare()) {
            sink.prepare();
        }
        save();
        return pollDue(max);
    }

    /** Compares the board if it is time. Returns whether an alert is pending. */
    private synchronized boolean compare() {
        Instant steady = clock.steady();
        if (!steady.isBefore(compareAt)) {
            compareAt = steady.plus(COMPARE_INTERVAL);
            policy.compare(board.get(), clock.instant(), steady);
        }
        return policy.isPending();
    }

    private synchronized List<String> pollDue(int max) {
        Instant now = clock.steady();
        List<String> channels = new ArrayList<>();
        while (channels.size() < max) {
            String channel = policy.pollDue(now);
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
        if (policy.isDirty() && persistence.nextWriteAt().isBefore(next)) {
            next = persistence.nextWriteAt();
        }
        Instant now = clock.steady();
        return next.isAfter(now) ? Duration.between(now, next) : Duration.ZERO;
    }

    /** The body is an {@link AlertMessage}; the variable {@code channel} is the channel's id. */
    @Override
    public synchronized Work begin(String channelId) {
        return new Work(policy.message(channelId), Map.of("channel", channelId));
    }

    @Override
    public void succeeded(String channelId) {
        synchronized (this) {
            policy.sent(channelId, clock.steady());
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
            result = recordFailure(channelId, classified, failure, clock.steady());
        }
        counters.count(channelId, result);
        save();
        pendingListener.run();
    }

    /** A sink that fails to classify a failure must not keep its channel in flight. */
    private AlertFailure classify(Throwable failure) {
        try {
            return sink.classify(failure);
        } catch (RuntimeException e) {
            e.addSuppressed(failure);
            return AlertFailure.of(AlertFailure.Kind.UNEXPECTED, "unexpected error, see the log");
        }
    }

    @Override
    public synchronized void released(String channelId) {
        policy.released(channelId);
    }

    private Result recordFailure(String channelId, AlertFailure failure, Throwable cause, Instant now) {
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
                boolean plainTextFollows = policy.contentRefused(channelId, now);
                health.contentRefused(channelId, failure.problem(), plainTextFollows);
            }
        }
        return Result.REFUSED;
    }

    @Override
    public void onPending(Runnable listener) {
        pendingListener = listener;
    }

    /** Saves the state if it changed. */
    public void save() {
        synchronized (writeLock) {
            AlertState state = takeDirtyState();
            if (state != null && !persistence.write(state)) {
                markDirty();
            }
        }
    }

    private synchronized @Nullable AlertState takeDirtyState() {
        return clock.steady().isBefore(persistence.nextWriteAt()) || !policy.clearDirty() ? null : policy.state();
    }

    private synchronized void markDirty() {
        policy.markDirty();
    }

    /** Called before the calls to the sink are aborted; what is not sent is saved and sent after a restart. */
    public synchronized void stop() {
        health.stop();
    }

    /** The current problem of alerts, for the health check; null if there is none. */
    public synchronized @Nullable String problem() {
        for (String problem :
                new @Nullable String[] {health.sinkProblem(), persistence.problem(), health.channelProblem()}) {
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }
}
