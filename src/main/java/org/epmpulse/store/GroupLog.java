package org.epmpulse.store;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.epmpulse.status.Board;
import org.epmpulse.status.Entry;

/**
 * What groups of updates are written to. Used by the thread of one {@link GroupWriter}; only {@link #entries} is also
 * called by others.
 *
 * @param <P> a place in the log
 */
public interface GroupLog<P> {

    /**
     * Until the turn ends nobody else can write. Waits for others who write.
     *
     * @throws IOException if nothing can be written now, with a message for the operator
     */
    Turn begin() throws IOException;

    /** The right to write one group. */
    interface Turn extends AutoCloseable {

        /** What the group is decided against: everything that was written before. */
        Board board();

        /** When the group was received, in milliseconds. */
        Instant received();

        /**
         * Makes all lines durable, or none, adds their idempotency keys to the index, and shows the new board. Also called
         * with no lines: the replies may rely on what others have written.
         *
         * @param after the board with these lines
         * @throws IOException if nothing was written, with a message for the operator
         */
        void commit(List<Entry> lines, Board after) throws IOException;

        /** Without a commit nothing was written. */
        @Override
        void close();
    }

    /**
     * Finds out whether it can be written again; leaves nothing behind.
     *
     * @throws IOException if not
     */
    void probe() throws IOException;

    /** The lines from a place on, as they were committed. Thread-safe. */
    List<Entry> entries(P first, int count) throws IOException;
}
