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
 * The position in the journal of the first request with each idempotency key. The replies are read from there, so they
 * need no memory. Not thread-safe: the store's writer owns it.
 *
 * @param <P> a position in the journal
 */
public final class IdempotencyIndex<P> {

    /** How long a request is remembered. */
    public static final Duration MAX_AGE = Duration.ofHours(24);

    /** More are removed, the oldest first. */
    static final int LIMIT = 100_000;

    /**
     * The first request with a key.
     *
     * @param position of its first line
     * @param count of its lines
     */
    public record FirstRequest<P>(String bodySha256, P position, int count, Instant received) {}

    /** 128 bits of a hash of the sender, the path and the key. */
    private record Scope(long high, long low) {}

    private final Map<Scope, FirstRequest<P>> requests = new LinkedHashMap<>();

    /**
     * The first request with this key, or null if there was none within {@link #MAX_AGE}.
     *
     * @param sender name of the API key; null if there was none
     */
    public @Nullable FirstRequest<P> find(
            @Nullable String sender, boolean batch, Idempotency idempotency, Instant now) {
        FirstRequest<P> first = requests.get(scope(sender, batch, idempotency));
        return first == null || first.received().plus(MAX_AGE).isBefore(now) ? null : first;
    }

    /** Adds a request at its first line; other lines of a batch are ignored. */
    public void add(Entry entry, P position) {
        Idempotency idempotency = entry.idempotency();
        Entry.Place place = entry.place();
        if (idempotency == null || (place != null && place.part() > 1)) {
            return;
        }
        Scope scope = scope(entry.key(), place != null, idempotency);
        requests.remove(scope);
        requests.put(
                scope,
                new FirstRequest<>(
                        idempotency.bodySha256(), position, place == null ? 1 : place.of(), entry.received()));
        removeOld(entry.received());
    }

    private void removeOld(Instant now) {
        Iterator<FirstRequest<P>> oldest = requests.values().iterator();
        while (oldest.hasNext()) {
            boolean old = oldest.next().received().plus(MAX_AGE).isBefore(now);
            if (!old && requests.size() <= LIMIT) {
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
