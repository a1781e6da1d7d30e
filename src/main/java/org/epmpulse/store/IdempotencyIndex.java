package org.epmpulse.store;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.epmpulse.status.Answer;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * The position in the journal of the first request with each idempotency key. The replies are read from there, so they
 * need no memory. Ages are counted by a steady clock; only over a restart by the times of receipt, where one that is
 * later than that of a later request, or than the start, counts as that. Thread-safe.
 *
 * @param <P> a position in the journal
 */
public final class IdempotencyIndex<P> {

    /** How long a request is remembered. */
    public static final Duration MAX_AGE = Duration.ofHours(24);

    /** An age beyond {@link #MAX_AGE}. */
    private static final Duration FORGOTTEN = MAX_AGE.plusSeconds(1);

    /** More are removed, the oldest first. */
    static final int LIMIT = 100_000;

    /**
     * The first request with a key.
     *
     * @param position of its first line
     * @param count of its lines
     * @param added by the steady clock
     */
    public record FirstRequest<P>(String bodySha256, P position, int count, Instant received, Instant added) {

        private FirstRequest<P> addedAt(Instant time) {
            return new FirstRequest<>(bodySha256, position, count, received, time);
        }
    }

    /** 128 bits of a hash of the sender, the path and the key. */
    private record Scope(long high, long low) {}

    private final Map<Scope, FirstRequest<P>> requests = new LinkedHashMap<>();
    private final InstantSource steady;

    /** @param steady a clock that is never set */
    public IdempotencyIndex(InstantSource steady) {
        this.steady = steady;
    }

    /**
     * Computes the ages of the requests that were added from the journal at a start.
     *
     * @param now by the wall clock
     * @param last time of receipt of the last update; null if there is none
     */
    public synchronized void recovered(Instant now, @Nullable Instant last) {
        Instant steadyNow = steady.instant();
        List<Scope> latestFirst = new ArrayList<>(requests.keySet());
        Collections.reverse(latestFirst);
        Instant latest = last == null || last.isAfter(now) ? now : last;
        for (Scope scope : latestFirst) {
            FirstRequest<P> request = Objects.requireNonNull(requests.get(scope), "a key of the map");
            latest = request.received().isBefore(latest) ? request.received() : latest;
            Duration age = Duration.between(latest, now);
            requests.put(scope, request.addedAt(steadyNow.minus(age.compareTo(MAX_AGE) > 0 ? FORGOTTEN : age)));
        }
        removeOld();
    }

    /**
     * The first request with this key, or null if there was none within {@link #MAX_AGE}.
     *
     * @param sender name of the API key; null if there was none
     * @param path see {@link #path}
     */
    public synchronized @Nullable FirstRequest<P> find(@Nullable String sender, String path, Idempotency idempotency) {
        FirstRequest<P> first = requests.get(scope(sender, path, idempotency));
        return first == null || isOld(first, steady.instant()) ? null : first;
    }

    private static boolean isOld(FirstRequest<?> request, Instant now) {
        return request.added().plus(MAX_AGE).isBefore(now);
    }

    /** Adds a request at its first line; other lines of a batch are ignored. */
    public synchronized void add(Entry entry, P position) {
        Idempotency idempotency = entry.idempotency();
        Entry.Place place = entry.place();
        if (idempotency == null || (place != null && place.part() > 1)) {
            return;
        }
        Scope scope = scope(entry.key(), path(place != null, entry.answer(), entry.id()), idempotency);
        requests.remove(scope);
        requests.put(
                scope,
                new FirstRequest<>(
                        idempotency.bodySha256(),
                        position,
                        place == null ? 1 : place.of(),
                        entry.received(),
                        steady.instant()));
        removeOld();
    }

    /** Removes all requests, because the journal was replaced by another one. */
    public synchronized void clear() {
        requests.clear();
    }

    private void removeOld() {
        Instant now = steady.instant();
        Iterator<FirstRequest<P>> oldest = requests.values().iterator();
        while (oldest.hasNext()) {
            boolean old = isOld(oldest.next(), now);
            if (!old && requests.size() <= LIMIT) {
                return;
            }
            oldest.remove();
        }
    }

    /**
     * The path of the request that an entry came with, in a form of its own.
     *
     * @param answer null for an update
     */
    public static String path(boolean batch, @Nullable Answer answer, DomainId id) {
        return answer == null ? Boolean.toString(batch) : answer.kind().label() + " " + id;
    }

    private static Scope scope(@Nullable String sender, String path, Idempotency idempotency) {
        ByteBuffer longs = ByteBuffer.wrap(Sha256.of(sender + "\n" + path + "\n" + idempotency.key()));
        return new Scope(longs.getLong(), longs.getLong());
    }
}
