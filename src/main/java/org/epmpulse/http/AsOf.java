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
