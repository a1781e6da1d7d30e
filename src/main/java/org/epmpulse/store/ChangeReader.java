package org.epmpulse.store;

import java.util.List;
import org.epmpulse.status.StatusChange;

/** Reads past changes of the board from the journal, in the order of their revisions. Not thread-safe. */
public interface ChangeReader {

    /**
     * Consecutive changes.
     *
     * @param changes empty if everything that this node knows has been read
     * @param lost how many changes before and between them the journal does not hold any more
     */
    record Page(List<StatusChange> changes, long lost) {

        public Page {
            changes = List.copyOf(changes);
        }
    }

    /**
     * The next changes. After an exception the same ones are read again.
     *
     * @param limit 1 or more
     * @throws StoreUnavailableException if the journal cannot be read
     */
    Page next(int limit);
}
