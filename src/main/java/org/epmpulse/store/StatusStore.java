package org.epmpulse.store;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.epmpulse.status.Board;
import org.epmpulse.status.DailyRunCounts;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.NoProblemException;
import org.epmpulse.status.ValidatedAnswer;
import org.epmpulse.status.ValidatedUpdate;
import org.jspecify.annotations.Nullable;

/** Stores accepted updates. Thread-safe. */
public interface StatusStore extends AutoCloseable {

    /**
     * Records the updates of one request, all or none.
     *
     * @param updates at least one
     * @param batch whether they were sent as a batch, also one with a single update
     * @param idempotency null if the request had no idempotency key; a repeated request gets the first one's entries
     * @return the entries in the order of the updates, once they are on disk. Fails with {@link
     *     StoreUnavailableException} if they cannot be written, or with {@link IdempotencyConflictException}; nothing
     *     was recorded then. Fails with {@link StateUnknownException} if a database did not tell whether they were
     *     recorded, and with {@link IllegalStateException} after a bug; it is then unknown, too. Completed on a reply thread of the store.
     */
    CompletableFuture<List<Entry>> record(
            List<ValidatedUpdate> updates, boolean batch, @Nullable Idempotency idempotency);

    /**
     * Records an answer to the alerts of a domain, as {@link #record} records updates.
     *
     * @param idempotency null if the request had no idempotency key
     * @return its entry, once it is on disk. Fails as {@link #record} does, and with {@link NoProblemException} if it
     *     acknowledges a domain that is not Warning
     */
    CompletableFuture<Entry> answer(ValidatedAnswer answer, @Nullable Idempotency idempotency);

    /** The board of all entries on disk, as far as this node knows them. */
    Board board();

    /**
     * The board with everything that any node had recorded when this method was called. Completed with what this node
     * knows, if the store does not answer in time.
     */
    default CompletableFuture<Board> latest() {
        return CompletableFuture.completedFuture(board());
    }

    /**
     * Since when this node does not know what others have recorded; null while it knows. To be read before the board that it
     * is about, which may become complete meanwhile.
     */
    @Nullable
    default Instant asOf() {
        return null;
    }

    /**
     * The board at a past time without its jobs, computed from the journal.
     *
     * @param at latest time of receipt of its updates; the current board if no update was received later
     * @throws HistoryGoneException if the journal does not hold that time any more
     * @throws StoreUnavailableException if the files cannot be read
     */
    Board boardAt(Instant at);

    /**
     * Reads the changes after a revision from the journal, also those that {@link #board()} will have later.
     *
     * @param revision 0 for all changes
     */
    ChangeReader changesAfter(long revision);

    /** Changes whenever revisions may restart, as after a restore. */
    String id();

    /**
     * A page of accepted updates, the latest first, read from the journal's files.
     *
     * @throws StoreUnavailableException if the files cannot be read
     * @throws IllegalArgumentException if the cursor is not from this store
     */
    HistoryPage history(HistoryQuery query);

    /**
     * A page of runs, the one with the latest update first. A run begins at Loading and ends at OK or Warning. An end
     * without a start is a run, too; a Loading that was replaced by another run or by Blank is none.
     *
     * @throws HistoryGoneException if the journal does not hold the board of {@link RunQuery#asOf} any more
     * @throws StoreUnavailableException if the files cannot be read
     * @throws IllegalArgumentException if the cursor is not from this store
     */
    default RunPage runs(RunQuery query) {
        return RunReader.read(
                new RunReader.Source() {
                    @Override
                    public HistoryPage entries(HistoryQuery page, Supplier<Board> board) {
                        return history(page);
                    }

                    @Override
                    public int entriesPerRun() {
                        return 3;
                    }
                },
                this::boardAt,
                query);
    }

    /**
     * Numbers of OK and Warning updates on each of the last {@value DailyRunCounts#DAYS} days, by time of receipt.
     *
     * @param today the last of the days
     * @param zone time zone of the days
     * @throws StoreUnavailableException if the files cannot be read
     */
    DailyRunCounts dailyRunCounts(Collection<DomainId> ids, LocalDate today, ZoneId zone);

    /** Why the store cannot write, as a text for people; null if it can. */
    @Nullable
    String problem();

    /**
     * Why the state file for other programs is behind, as a text for people; null if it is not. Updates are recorded all
     * the same.
     */
    @Nullable
    default String stateFileProblem() {
        return null;
    }

    /** Number of damaged pieces in quarantine; a person must check and remove them. */
    int quarantined();

    /** Writes the queued updates and the snapshot. */
    @Override
    void close();
}
