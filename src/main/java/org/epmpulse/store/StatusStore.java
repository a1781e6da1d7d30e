package org.epmpulse.store;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.epmpulse.status.Board;
import org.epmpulse.status.CheckedUpdate;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.jspecify.annotations.Nullable;

/** Keeps what is accepted. Thread-safe. */
public interface StatusStore extends AutoCloseable {

    /**
     * Records the updates of one request, all or nothing.
     *
     * @param updates at least one
     * @param batch whether they came as a batch, be it of one
     * @param idempotency null if the request had no idempotency key; a repeated request gets the first one's entries
     * @return the entries in the order of the updates, once they are on disk; fails with {@link
     *     StoreUnavailableException} if they cannot be written, then nothing was recorded, or with {@link
     *     IdempotencyConflictException}. Completed on the store's own thread, which nothing may hold up.
     */
    CompletableFuture<List<Entry>> record(
            List<CheckedUpdate> updates, boolean batch, @Nullable Idempotency idempotency);

    /** What is on disk. */
    Board board();

    /** Changes whenever revisions may begin anew, as after a restore. */
    String id();

    /**
     * What was accepted, the latest first, read from the journal's files.
     *
     * @throws StoreUnavailableException if the files cannot be read
     * @throws IllegalArgumentException if the cursor is none that this store gave
     */
    HistoryPage history(HistoryQuery query);

    /** Why nothing can be written, for a person; null while all is well. */
    @Nullable
    String problem();

    /** How many damaged pieces lie in quarantine and wait for a person to look at them and remove them. */
    int quarantined();

    /** Writes what is queued, and the snapshot. */
    @Override
    void close();
}
