package org.epmpulse.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs, the one with the latest update first.
 *
 * @param next cursor of the next page, which may be empty; null if this is the last
 * @param asOf the runs are listed as they were known at this time
 */
public record RunPage(List<Run> runs, @Nullable String next, Instant asOf) {

    public RunPage {
        runs = List.copyOf(runs);
    }
}
