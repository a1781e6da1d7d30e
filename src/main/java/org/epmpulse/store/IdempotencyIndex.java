package org.epmpulse.store;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Where in the journal the first request with an idempotency key stands. The replies are read from there, so that the
 * memory does not grow with them. Not thread-safe: the store's writer owns it.
 *
 * @param <P> a place in the journal
 */
public final class IdempotencyIndex<P> {

    /** For how long a request is remembered. */
    public static final Duration AGE = Duration.ofHours(24);

    /** More are forgotten, the oldest first. */
    static final int LIMIT = 100_000;

    /**
     * The first request with a key.
     *
     * @param position of its first line
     * @param count of its lines
     */
    public record First<P>(String bodySha256, P position, int count, Instant received) {}

    /** 128 bits of a hash: who sent it, to which path, with which key. */
    private record Scope(long high, long low) {}

    private final Map<Scope, First<P>> firsts = new LinkedHashMap<>();

    /**
     * The first request with this key, or null if there was none within {@link #AGE}.
     *
     * @param sender name of the API key; null if it came without one
     */
    public @Nullable First<P> find(@Nullable String sender, boolean batch, Idempotency idempotency, Instant now) {
        First<P> first = firsts.get(scope(sender, batch, idempotency));
        return first == null || first.received().plus(AGE).isBefore(now) ? null : first;
    }

    /** Remembers a request by its first line; the other lines of its batch are not told. */
    public void add(Entry entry, P position) {
        Idempotency idempotency = entry.idempotency();
        Entry.Place place = entry.place();
        if (idempotency == null || (place != null && place.part() > 1)) {
            return;
        }
        Scope scope = scope(entry.key(), place != null, idempotency);
        firsts.remove(scope);
        firsts.put(
                scope,
                new First<>(idempotency.bodySha256(), position, place == null ? 1 : place.of(), entry.received()));
        forget(entry.received());
    }

    private void forget(Instant now) {
        Iterator<First<P>> oldest = firsts.values().iterator();
        while (oldest.hasNext()) {
            boolean old = oldest.next().received().plus(AGE).isBefore(now);
            if (!old && firsts.size() <= LIMIT) {
                return;
            }
            oldest.remove();
        }
    }

    private static Scope scope(@Nullable String sender, boolean batch, Idempotency idempotency) {
        ByteBuffer longs = ByteBuffer.wrap(Sha256.of(sender + "\n" + batch + "\n" + idempotency.key()));
        return new Scope(longs.getLong(), longs.getLong());
    }
}
