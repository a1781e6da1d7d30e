package org.epmpulse.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Selects runs. A null filter matches everything.
 *
 * @param since earliest time of receipt of the last update of a run, inclusive; runs that are running match, too
 * @param until latest time of receipt, exclusive
 * @param asOf the runs are listed as they were known at this time
 * @param limit 1 to {@value HistoryQuery#MAX_LIMIT}
 * @param cursor of an earlier page; null for the first
 */
public record RunQuery(
        @Nullable String app,
        @Nullable String domain,
        @Nullable Instant since,
        @Nullable Instant until,
        Instant asOf,
        int limit,
        @Nullable String cursor) {}
