package org.epmpulse.store;

import java.time.Instant;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/**
 * Selects entries of the journal. A null filter matches everything.
 *
 * @param since earliest time of receipt, inclusive
 * @param until latest time of receipt, exclusive
 * @param limit 1 to {@value #MAX_LIMIT}
 * @param cursor of an earlier page; null for the first
 */
public record HistoryQuery(
        @Nullable String app,
        @Nullable String domain,
        @Nullable String jobId,
        @Nullable Status status,
        @Nullable Instant since,
        @Nullable Instant until,
        int limit,
        @Nullable String cursor) {

    public static final int MAX_LIMIT = 1000;
}
