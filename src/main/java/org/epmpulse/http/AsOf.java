package org.epmpulse.http;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/**
 * Marks replies whose content may be older than what other nodes have recorded, because the database they share does not
 * answer.
 */
public final class AsOf {

    /** The header with the time up to which the content is complete. */
    public static final String HEADER = "EPMPulse-As-Of";

    private AsOf() {}

    /**
     * Up to when the content of a time is complete. For now, waits on a worker until the store knows what other nodes have
     * recorded. To be called before the content is read, which may become complete meanwhile.
     *
     * @param at the time in the past that is shown; null for now
     * @return null if the content is complete
     */
    public static @Nullable Instant await(StatusStore store, @Nullable Instant at) {
        if (at == null) {
            store.latest().join();
        }
        return at(store, at);
    }

    /** As {@link #await}, without waiting. */
    public static @Nullable Instant at(StatusStore store, @Nullable Instant at) {
        Instant asOf = store.asOf();
        return asOf == null || at == null || at.isAfter(asOf) ? asOf : null;
    }

    /**
     * The same reply with the header.
     *
     * @param asOf null if the content is complete: the reply stays as it is
     */
    public static Reply mark(Reply reply, @Nullable Instant asOf) {
        return asOf == null
                ? reply
                : reply.withHeaders(
                        Map.of(HEADER, asOf.truncatedTo(ChronoUnit.MILLIS).toString()));
    }
}
