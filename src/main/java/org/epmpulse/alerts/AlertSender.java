package org.epmpulse.alerts;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.epmpulse.alerts.AlertCounters.Result;
import org.epmpulse.alerts.AlertTakeover.Period;
import org.epmpulse.cluster.NotActiveException;
import org.epmpulse.status.Board;
import org.epmpulse.status.StatusChange;
import org.epmpulse.threads.TimeSource;
import org.epmpulse.work.Work;
import org.epmpulse.work.WorkSource;
import org.jspecify.annotations.Nullable;

/**
 * Sends the alerts of one sink: each channel is notified once when a domain turns Warning and once when it is OK again,
 * and gets reminders and digests, see {@link AlertRules}. An item is the id of a channel whose next message is due. The
 * state is on disk before the next message of a channel is sent, so an alert is sent twice only if the process ends in
 * between.
 *
 * <p>With several nodes, a message gets a claim in that state before it is sent, and a receipt after the sink has
 * accepted it. A node that takes over and finds a claim waits for the receipt; without one it sends the message again.
 *
 * <p>Thread-safe; its memory is bounded by domains and channels. The file is written without holding the lock that
 * {@link #enqueue} needs.
 */
public final class AlertSender implements WorkSource<String> {

    /** How often the board is compared, to find dropped changes. */
    private static final Duration COMPARE_INTERVAL = Duration.ofSeconds(30);

    /** After a takeover, the changes since the other node's last ones arrive before the board is compared. */
    private static final Duration REPLAY_TIME = Duration.ofSeconds(5);

    private final AlertSink sink;
    private final AlertRules rules;
    private final AlertRenderer renderer;
    private final RandomGenerator random;
    private final AlertPersistence persistence;
    private final SinkHealth health;
    private final AlertOutcomes outcomes;
    private final AlertCounters counters;
    private final Supplier<Board> board;
    private final AlertDeadlines deadlines;
    private final TimeSource clock;
    private final AlertTakeover takeover;
    private final ReceiptWriter receipts;
    private final Object writeLock = new Object();

    /** By channel. */
    private final Map<String, Flight> inFlight = new HashMap<>();

    private AlertPolicy policy;
    private Period period = Period.NONE;
    private Instant compareAt = Instant.MIN;
    private volatile Runnable pendingListener = () -> {};

    /**
     * A message that was due.
     *
     * @param policy of the period in which it was due
     * @param claim null before the call, and with a single node
     */
    private record Flight(AlertPolicy policy, @Nullable UUID claim) {}

    /** @param store holds the state of this sink only */
    public AlertSender(AlertSink sink, AlertStore store, AlertRules rules, AlertParts parts) {
        this.sink = sink;
        this.rules = rules;
        this.renderer = parts.renderer();
        this.random = parts.random();
        this.takeover = parts.takeover();
        this.clock = parts.clock();
        this.board = parts.board();
        this.deadlines = parts.deadlines();
        this.receipts = new ReceiptWriter(takeover.receipts(), sink.name());
        this.counters = new AlertCounters(sink.channels(), parts.meters());
        this.policy = newPolicy();
        this.persistence = new AlertPersistence(store, clock.steadySource());
        this.health = new SinkHealth(sink.name(), sink.channels());
        this.outcomes = new AlertOutcomes(sink, health);
    }

    private AlertPolicy newPolicy() {
        return new AlertPolicy(
                sink.channels(),
                sink.limits(),
                rules,
                random,
                channel -> counters.count(channel, Result.MUTED),
                clock.steady());
    }

    /** Restores the saved state of a single node. Called once, before the first update is accepted. */
    public void open() {
        AlertState state = persistence.read(sink.channels());
        synchronized (this) {
            Instant steady = clock.steady();
            policy.restore(state, board.get(), clock.instant(), steady);
            compareAt = steady.plus(COMPARE_INTERVAL);
        }
        save();
    }

    /** Restores the state of the node that was active before, unless that was done in this period. */
    @Override
    public void takeOver() {
        Period current = takeover.period();
        synchronized (writeLock) {
            synchronized (this) {
                if (current.equals(period) || current.equals(Period.NONE)) {
                    return;
                }
            }
            AlertState state = persistence.read(sink.channels());
            List<StatusChange> notSaved = takeover.changesMissingIn(state, current.storeId());
            synchronized (this) {
                policy = newPolicy();
                Instant now = clock.instant();
                Instant steady = clock.steady();
                policy.takeOver(state, current.storeId(), board.get(), inFlight.keySet(), now, steady);
                notSaved.forEach(change -> policy.apply(change, now, steady));
                compareAt = steady.plus(REPLAY_TIME);
                period = current;
            }
        }
        pendingListener.run();
    }

    /** Applies changes in their order and makes their alerts pending; returns at once. */
    public void enqueue(List<StatusChange> changes) {
        if (takeover.isPossible()) {
            takeOver();
        }
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
        if (takeover.isPossible()) {
            takeOver();
            receipts.writeMissing();
            checkClaims();
        }
        if (compare()) {
            sink.prepare();
        }
        save();
        return pollDue(max);
    }

    /** Compares the board if it is time. Returns whether an alert is pending. */
    private synchronized boolean compare() {
        Instant steady = clock.steady();
        policy.tick(clock.instant(), steady);
        if (!steady.isBefore(compareAt)) {
            compareAt = steady.plus(COMPARE_INTERVAL);
            policy.compare(board.get(), deadlines.now(), clock.instant(), steady);
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
            inFlight.put(channel, new Flight(policy, null));
            channels.add(channel);
        }
        return channels;
    }

    /** Looks for the receipts of messages that another node was sending. */
    private void checkClaims() {
        AlertPolicy checked;
        Map<String, AlertQueue.OpenClaim> claims;
        synchronized (this) {
            checked = policy;
            claims = policy.claimsToCheck(clock.steady());
        }
        claims.forEach((channel, claim) -> {
            boolean sent = receipts.contains(claim.claim());
            synchronized (this) {
                if (sent) {
                    checked.receiptFound(channel, clock.steady(), clock.instant());
                } else if (checked.receiptMissing(channel, claim, clock.steady())) {
                    counters.count(channel, Result.REPEATED);
                    health.repeated(channel);
                }
            }
        });
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

    /**
     * The body is an {@link AlertMessage}, or an {@link Alert} if each alert is a message; the variable {@code channel}
     * is the channel's id.
     */
    @Override
    public @Nullable Work begin(String channelId) {
        PendingAlerts.Content content;
        boolean plain;
        synchronized (this) {
            Flight flight = Objects.requireNonNull(inFlight.get(channelId), "a channel that was due");
            if (flight.policy() != policy) {
                throw new UncheckedIOException(new NotActiveException());
            }
            content = policy.message(channelId, board.get(), clock.instant());
            plain = policy.isPlain(channelId);
            if (content == null) {
                inFlight.remove(channelId);
                policy.released(channelId);
                return null;
            }
            if (takeover.isPossible()) {
                UUID claim = UUID.randomUUID();
                policy.claim(channelId, claim);
                inFlight.put(channelId, new Flight(policy, claim));
            }
        }
        if (takeover.isPossible()) {
            saveClaim();
        }
        AlertMessage message = renderer.message(channelId, content, plain);
        return new Work(
                rules.group() ? message : renderer.single(message), Map.of("channel", channelId, "plain", plain));
    }

    /** Nothing may be sent without the claim: a node that takes over would not know of it. */
    private void saveClaim() {
        synchronized (writeLock) {
            Period current = takeover.period();
            AlertState state;
            synchronized (this) {
                if (!current.equals(period)) {
                    throw new UncheckedIOException(new NotActiveException());
                }
                policy.clearDirty();
                state = policy.state(current.storeId());
            }
            if (!persistence.write(state)) {
                markDirty();
                if (takeover.period().equals(current)) {
                    throw new AlertPersistence.NotSavedException();
                }
                throw new UncheckedIOException(new NotActiveException());
            }
        }
    }

    @Override
    public void succeeded(String channelId) {
        Flight flight = land(channelId);
        if (flight.claim() != null) {
            receipts.write(flight.claim());
        }
        synchronized (this) {
            if (flight.policy() == policy) {
                policy.sent(channelId, clock.steady(), clock.instant());
                health.sent(channelId);
            } else {
                policy.released(channelId);
            }
        }
        counters.count(channelId, Result.SENT);
        save();
        pendingListener.run();
    }

    @Override
    public void failed(String channelId, Throwable failure) {
        Flight flight = land(channelId);
        AlertFailure classified = outcomes.classify(failure);
        Result result;
        synchronized (this) {
            if (flight.policy() != policy) {
                policy.released(channelId);
                return;
            }
            result = outcomes.failed(policy, channelId, classified, failure, clock.steady(), clock.instant());
            markUnclaimed(flight);
        }
        counters.count(channelId, result);
        save();
        pendingListener.run();
    }

    @Override
    public synchronized void released(String channelId) {
        Flight flight = land(channelId);
        policy.released(channelId);
        markUnclaimed(flight);
    }

    private synchronized Flight land(String channelId) {
        return Objects.requireNonNull(inFlight.remove(channelId), "a channel that was due");
    }

    /** The message has no claim any more; that is to be saved. */
    private void markUnclaimed(Flight flight) {
        if (flight.claim() != null && flight.policy() == policy) {
            policy.markDirty();
        }
    }

    @Override
    public void onPending(Runnable listener) {
        pendingListener = listener;
    }

    /** Saves the state if it changed, and this node is active. */
    public void save() {
        synchronized (writeLock) {
            if (takeover.isPossible() && !isCurrent(takeover.period())) {
                return;
            }
            AlertState state = takeDirtyState();
            if (state != null && !persistence.write(state)) {
                markDirty();
            }
        }
    }

    private synchronized boolean isCurrent(Period current) {
        return !current.equals(Period.NONE) && current.equals(period);
    }

    private synchronized @Nullable AlertState takeDirtyState() {
        boolean write = !clock.steady().isBefore(persistence.nextWriteAt()) && policy.clearDirty();
        return write ? policy.state(takeover.isPossible() ? period.storeId() : null) : null;
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

    /** The service of the sink has accepted a call of any kind, and with it the credential. */
    synchronized void available(boolean credentialWasRefused) {
        health.available(credentialWasRefused);
        if (credentialWasRefused) {
            policy.credentialAccepted();
            pendingListener.run();
        }
    }
}
