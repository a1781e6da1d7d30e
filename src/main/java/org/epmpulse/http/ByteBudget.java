package org.epmpulse.http;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits the bytes that requests use at the same time, for each holder and in total. Thread-safe; stores one entry for
 * each holder that uses bytes now.
 *
 * <p>A holder without bytes gets its first ones even if they exceed its own limit, so that the size of a single reply is
 * not limited. The same applies to the first bytes of all.
 */
public final class ByteBudget {

    /**
     * The limits in bytes, each 1 or more.
     *
     * @param total for all holders together
     * @param perKey for each key
     * @param anonymous for all clients without a key together
     * @param perAddress for each of them
     */
    record Limits(long total, long perKey, long anonymous, long perAddress) {}

    private final Limits limits;
    private final Map<Holder, Long> used = new HashMap<>();
    private long total;
    private long anonymous;

    ByteBudget(Limits limits) {
        this.limits = limits;
    }

    /** Bytes that a holder uses until they are released. Thread-safe. */
    public final class Lease implements AutoCloseable {

        private final Holder holder;
        private long bytes;
        private boolean closed;

        private Lease(Holder holder) {
            this.holder = holder;
        }

        /** Adds bytes; false if that exceeds a limit, and then nothing is added. Not to be used after {@link #close}. */
        boolean grow(long more) {
            synchronized (ByteBudget.this) {
                if (closed || !fits(holder, more)) {
                    return false;
                }
                add(holder, more);
                bytes += more;
                return true;
            }
        }

        /** Releases the bytes. Later calls have no effect. */
        @Override
        public void close() {
            synchronized (ByteBudget.this) {
                if (!closed) {
                    closed = true;
                    add(holder, -bytes);
                }
            }
        }
    }

    /** Bytes for a holder, to be released with {@link Lease#close}; null if they exceed a limit. */
    public @Nullable Lease acquire(Holder holder, long bytes) {
        Lease lease = new Lease(holder);
        return lease.grow(bytes) ? lease : null;
    }

    /** Bytes for a holder without regard to the limits; they count for further requests. */
    Lease acquireAlways(Holder holder, long bytes) {
        Lease lease = new Lease(holder);
        synchronized (this) {
            add(holder, bytes);
            lease.bytes = bytes;
        }
        return lease;
    }

    /** Whether so many bytes would not exceed a limit now. */
    synchronized boolean fits(Holder holder, long bytes) {
        long own = used.getOrDefault(holder, 0L);
        if (exceeds(total, bytes, limits.total())) {
            return false;
        }
        return holder.anonymous()
                ? !exceeds(own, bytes, limits.perAddress()) && !exceeds(anonymous, bytes, limits.anonymous())
                : !exceeds(own, bytes, limits.perKey());
    }

    private static boolean exceeds(long used, long more, long limit) {
        return used > 0 && used + more > limit;
    }

    private void add(Holder holder, long bytes) {
        total += bytes;
        anonymous += holder.anonymous() ? bytes : 0;
        long own = used.getOrDefault(holder, 0L) + bytes;
        if (own == 0) {
            used.remove(holder);
        } else {
            used.put(holder, own);
        }
    }

    /** The bytes that all holders use now. */
    public synchronized long total() {
        return total;
    }

    /** The number of holders that use bytes now. */
    synchronized int holders() {
        return used.size();
    }
}
