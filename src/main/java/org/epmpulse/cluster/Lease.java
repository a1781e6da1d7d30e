package org.epmpulse.cluster;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one node at a time the active one, by a lease in the database. No two clocks are compared: the holder stops
 * {@link #VALID} after it sent its last successful renewal, and another node takes the lease only after it has itself
 * seen no renewal for {@link #EXPIRED_AFTER}. {@link #poll} must be called when it says, by one thread; the other methods are
 * thread-safe.
 */
public final class Lease implements Activity {

    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    /** Interval between two looks at the lease of another node, and between two attempts. */
    public static final Duration INTERVAL = Duration.ofMillis(500);

    /** How long a renewal lasts, from when it was sent. */
    static final Duration VALID = Duration.ofSeconds(4);

    /** How long another node must see no renewal. */
    static final Duration EXPIRED_AFTER = Duration.ofSeconds(6);

    /** Interval between two renewals. */
    private static final Duration RENEWAL = Duration.ofSeconds(1);

    /** A larger difference of both clocks means that the monotonic one stood still, as in a suspended machine. */
    private static final Duration MAX_SKEW = Duration.ofSeconds(1);

    private final UUID node;
    private final LeaseTable table;
    private final TimeSource clock;
    private final Counter taken;
    private final Counter released;
    private final Counter expired;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** The lease that this node holds; null if it holds none. */
    private volatile @Nullable Held held;

    /** Whether the listeners know this node as active. */
    private boolean announced;

    private LeaseTable.@Nullable Row seen;
    private Instant seenSince = Instant.EPOCH;
    private boolean stopping;
    private @Nullable String failure;

    /**
     * A lease.
     *
     * @param sent when the last successful renewal was sent, by the steady clock
     * @param sentWall the same by the wall clock
     */
    private record Held(long epoch, Instant sent, Instant sentWall) {}

    /**
     * Creates the lease; this node is passive.
     *
     * @param node unique id of this process
     */
    public Lease(UUID node, LeaseTable table, TimeSource clock, MeterRegistry meters) {
        this.node = node;
        this.table = table;
        this.clock = clock;
        this.taken = changes("taken", meters);
        this.released = changes("released", meters);
        this.expired = changes("expired", meters);
    }

    private static Counter changes(String why, MeterRegistry meters) {
        return Counter.builder("epmpulse.lease.changes")
                .description("How often this node took, released or lost the lease of the active node")
                .tag("why", why)
                .register(meters);
    }

    @Override
    public boolean active() {
        return isValid(held);
    }

    @Override
    public long epoch() {
        Held current = held;
        return current != null && isValid(current) ? current.epoch() : 0;
    }

    private boolean isValid(@Nullable Held current) {
        if (current == null) {
            return false;
        }
        Duration monotonic = Duration.between(current.sent(), clock.steady());
        Duration wall = Duration.between(current.sentWall(), clock.instant());
        return monotonic.compareTo(VALID) < 0 && wall.minus(monotonic).abs().compareTo(MAX_SKEW) <= 0;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void remove(Runnable listener) {
        listeners.remove(listener);
    }

    /**
     * Renews the lease, or takes it if it has expired.
     *
     * @return time until the next call: {@link #INTERVAL}, or {@link #RENEWAL} if this node holds the lease
     */
    public synchronized Duration poll() {
        // A lease that has lapsed since the last call may be renewed now; both are announced.
        announce();
        try {
            Held current = held;
            if (current != null) {
                renew(current);
            } else if (!stopping) {
                takeIfExpired();
            }
            failure = null;
        } catch (IOException e) {
            // What was seen before says nothing about the time without a connection.
            seen = null;
            if (failure == null) {
                LOG.warn("Cluster: the lease cannot be read or renewed: {}; retrying", e.getMessage());
            }
            failure = e.getMessage();
        }
        announce();
        return failure == null && active() ? RENEWAL : INTERVAL;
    }

    private void renew(Held current) throws IOException {
        Instant now = clock.steady();
        boolean valid = isValid(current);
        if (valid && Duration.between(current.sent(), now).compareTo(RENEWAL) < 0) {
            return;
        }
        Instant wall = clock.instant();
        if (!table.renew(node, current.epoch())) {
            drop("another node has taken the lease");
        } else {
            // It may have lapsed during the call.
            announce();
            held = new Held(current.epoch(), now, wall);
        }
    }

    private void takeIfExpired() throws IOException {
        LeaseTable.Row row = table.read();
        Instant now = clock.steady();
        if (!row.equals(seen)) {
            seen = row;
            seenSince = now;
        }
        boolean expired = Duration.between(seenSince, now).compareTo(EXPIRED_AFTER) >= 0;
        if (row.holder() != null && !expired) {
            return;
        }
        Instant wall = clock.instant();
        if (table.take(node, row)) {
            held = new Held(row.epoch() + 1, now, wall);
        }
        seen = null;
    }

    private void drop(String reason) {
        LOG.warn("Cluster: this node is not active any more: {}", reason);
        held = null;
        seen = null;
    }

    private void announce() {
        boolean active = active();
        if (active == announced) {
            return;
        }
        announced = active;
        if (active) {
            taken.increment();
            LOG.info(
                    "Cluster: this node is active now (epoch {}); it publishes canvases, sends alerts and polls EPM",
                    epoch());
        } else if (held != null) {
            LOG.warn(
                    "Cluster: this node is not active any more: the lease was not renewed for {} s", VALID.toSeconds());
        }
        if (!active) {
            (stopping ? released : expired).increment();
        }
        listeners.forEach(Runnable::run);
    }

    /** Releases the lease, so that another node can take it at once. This node does not take it again. */
    public synchronized void release() {
        stopping = true;
        Held current = held;
        held = null;
        announce();
        if (current != null) {
            try {
                table.release(node, current.epoch());
            } catch (IOException e) {
                LOG.warn(
                        "Cluster: releasing the lease failed: {}; another node takes it after {} s",
                        e.getMessage(),
                        EXPIRED_AFTER.toSeconds());
            }
        }
    }
}
