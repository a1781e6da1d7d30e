package org.epmpulse.http;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
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
     * Up to when the content of a time is complete.
     *
     * @param asOf up to when all content is complete; null if that is now
     * @param at the time in the past that is shown; null for now
     * @return null if the content is complete
     */
    public static @Nullable Instant at(@Nullable Instant asOf, @Nullable Instant at) {
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
