package org.epmpulse.store;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.epmpulse.status.Board;
import org.epmpulse.status.Entry;
import org.epmpulse.status.StatusChange;

/**
 * The log that groups of updates are written to. Used by the thread of one {@link GroupWriter}; only {@link #entries}
 * is also called by other threads.
 *
 * @param <P> a position in the log
 */
public interface GroupLog<P> {

    /**
     * Begins a transaction. Only one is open at a time; waits for the others.
     *
     * @throws IOException if nothing can be written now, with a message for the operator
     */
    Transaction begin() throws IOException;

    /** Writes one group. */
    interface Transaction extends AutoCloseable {

        /** The board after everything that was written before; the group is decided against it. */
        Board board();

        /** Time of receipt of the group, in whole milliseconds. */
        Instant received();

        /**
         * Makes all lines durable, or none, adds their idempotency keys to the index, and publishes the new board. Also
         * called without lines: the replies may depend on entries that another writer has written.
         *
         * @param after the board with these lines
         * @param changes of these lines; for a log that passes on the changes of all writers in one order
         * @throws UnknownEndException if it is not known whether they were made durable; {@link #settle} must follow
         * @throws IOException if nothing was written, with a message for the operator
         */
        void commit(List<Entry> lines, Board after, List<StatusChange> changes) throws IOException;

        /** Ends the transaction; without a commit nothing was written. */
        @Override
        void close();
    }

    /** The end of a commit. */
    enum End {
        /** The lines are durable, and the board is published. */
        WRITTEN,
        /** Nothing was written. */
        NOT_WRITTEN,
        /** Not known yet. */
        UNKNOWN
    }

    /**
     * Finds out how the last commit ended. Called after an {@link UnknownEndException}, until it is known.
     *
     * @param patience how long it may take
     */
    End settle(Duration patience) throws InterruptedException;

    /**
     * Checks about once a second, while nothing is written, that the log can still be written. Must be fast.
     *
     * @throws IOException if it cannot, with a message for the operator
     */
    default void check() throws IOException {}

    /**
     * Tests whether the log is writable again, without changing it.
     *
     * @throws IOException if it is not
     */
    void probe() throws IOException;

    /** Reads committed entries, starting at a position. Thread-safe. */
    List<Entry> entries(P first, int count) throws IOException;
}
