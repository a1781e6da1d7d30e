package org.epmpulse.store;

import java.time.Instant;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of the journal to read. A null filter lets everything pass.
 *
 * @param since the earliest time of receipt
 * @param until the time of receipt from which on entries are left out
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
