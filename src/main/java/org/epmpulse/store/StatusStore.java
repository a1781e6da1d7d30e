package org.epmpulse.store;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.epmpulse.status.Board;
import org.epmpulse.status.DailyRunCounts;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.ValidatedUpdate;
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
     *     IdempotencyConflictException}, or with {@link IllegalStateException} where that is a bug: then whether the
     *     updates were recorded is not known. Completed on a thread of the store's for replies.
     */
    CompletableFuture<List<Entry>> record(
            List<ValidatedUpdate> updates, boolean batch, @Nullable Idempotency idempotency);

    /** What is on disk. */
    Board board();

    /**
     * The board as it was, its jobs left out, from the journal.
     *
     * @param at by when its updates were received; the board of now if none was received later
     * @throws HistoryGoneException if the journal does not tell it any more
     * @throws StoreUnavailableException if the files cannot be read
     */
    Board boardAt(Instant at);

    /** Changes whenever revisions may begin anew, as after a restore. */
    String id();

    /**
     * What was accepted, the latest first, read from the journal's files.
     *
     * @throws StoreUnavailableException if the files cannot be read
     * @throws IllegalArgumentException if the cursor is none that this store gave
     */
    HistoryPage history(HistoryQuery query);

    /**
     * How the runs of domains ended on each of the last {@value DailyRunCounts#DAYS} days, by when that was received.
     *
     * @param today the last of the days
     * @param zone where a day begins and ends
     * @throws StoreUnavailableException if the files cannot be read
     */
    DailyRunCounts runEnds(Collection<DomainId> ids, LocalDate today, ZoneId zone);

    /** Why nothing can be written, for a person; null while all is well. */
    @Nullable
    String problem();

    /** How many damaged pieces lie in quarantine and wait for a person to look at them and remove them. */
    int quarantined();

    /** Writes what is queued, and the snapshot. */
    @Override
    void close();
}
