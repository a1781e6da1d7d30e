package org.epmpulse.store.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.epmpulse.status.Board;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Inserts the entries of a journal of files as rows, and the past boards between them. For one thread, in one
 * transaction.
 */
final class ImportedRows {

    /** Rows of one statement. */
    private static final int GROUP = 2_000;

    /** The column {@code node} of the rows. */
    private static final String NODE = "files";

    private final Connection connection;
    private final SqlCheckpoints checkpoints;
    private final JournalCopy copy;
    private final List<EntryRows.Row> group = new ArrayList<>(GROUP);
    private long seq;

    /** After the last entry, without jobs; null while it is not known, because older entries were deleted. */
    private @Nullable Board board;

    private final PastBoardRule pastBoards;

    /**
     * @param copy gets the entries
     * @param before number before that of the first row
     */
    ImportedRows(Connection connection, SqlCheckpoints checkpoints, JournalCopy copy, long before) {
        this.connection = connection;
        this.checkpoints = checkpoints;
        this.copy = copy;
        this.seq = before;
        this.pastBoards = new PastBoardRule(before, null);
    }

    /**
     * Adds the next entry.
     *
     * @param stored the board after this entry; null if the files have none there
     */
    void add(Entry entry, @Nullable Board stored) throws IOException, SQLException {
        seq++;
        group.add(new EntryRows.Row(seq, entry, copy.add(entry), NODE));
        if (group.size() >= GROUP) {
            flush();
        }
        boolean isGap = applyToBoard(entry, stored);
        Board after = board;
        if (after != null && (isGap || pastBoards.isDue(after, seq))) {
            checkpoints.write(connection, SqlCheckpoints.DAY, after.withoutJobs(seq));
            pastBoards.stored(after, seq);
        }
    }

    /** Returns whether revisions are missing before the entry, so that its row does not follow from the one before. */
    private boolean applyToBoard(Entry entry, @Nullable Board stored) {
        Long revision = entry.outcome() == Outcome.RECORDED ? entry.revision() : null;
        Board before = board;
        if (before == null && revision != null && revision == 1) {
            before = Board.EMPTY;
        }
        boolean isGap = before != null && revision != null && revision != before.revision() + 1;
        if (stored != null) {
            board = Microseconds.of(stored, seq);
        } else if (before != null) {
            board = before.applyToDomains(entry);
        }
        return isGap;
    }

    /** Inserts the rows that are still in memory. */
    void flush() throws SQLException {
        if (group.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement(EntryRows.INSERT)) {
            EntryRows.bind(insert, group);
            insert.executeUpdate();
        }
        group.clear();
    }

    /** Number of the last row. */
    long seq() {
        return seq;
    }
}
