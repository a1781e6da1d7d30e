package org.epmpulse.store;

import java.util.List;
import org.epmpulse.status.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Entries of the journal, the latest first.
 *
 * @param next cursor of the next page; null if this is the last
 */
public record HistoryPage(List<Entry> entries, @Nullable String next) {

    public HistoryPage {
        entries = List.copyOf(entries);
    }
}
