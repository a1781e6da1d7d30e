package org.epmpulse.store.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.StatusChange;
import org.epmpulse.store.ChangeReader.Page;
import org.epmpulse.store.NameInterner;
import org.jspecify.annotations.Nullable;

/** Reads changes after a revision from the table {@code journal}, beginning with a past board. Not thread-safe. */
final class SqlChanges {

    /** Rows in memory at a time, also of a reader that wants few changes. */
    private static final int MAX_ROWS = 2_000;

    private final Database database;
    private final SqlCheckpoints checkpoints;
    private final NameInterner names;

    /** Of the last change that was read. */
    private long revision;

    private @Nullable Cursor cursor;

    /**
     * How far the journal was read.
     *
     * @param board without jobs
     * @param seq of the last row; 0 before the first
     */
    private record Cursor(Board board, long seq) {}

    SqlChanges(Database database, SqlCheckpoints checkpoints, Catalog catalog, long revision) {
        this.database = database;
        this.checkpoints = checkpoints;
        this.names = new NameInterner(catalog);
        this.revision = revision;
    }

    /** @param now what this node knows; later rows are not read */
    Page next(int limit, Board now) throws SQLException {
        if (now.revision() <= revision) {
            return new Page(List.of(), 0);
        }
        try (Connection reader = database.reader()) {
            Cursor known = cursor;
            // Rows after the cursor may have been deleted.
            Cursor from = known != null && known.seq() + 1 >= SqlBoards.firstRow(reader)
                    ? known
                    : find(reader, now.sequence());
            Reading reading = new Reading(from, revision);
            int rows = Math.min(limit, MAX_ROWS);
            long before = -1;
            while (reading.changes.isEmpty() && reading.seq < now.sequence() && reading.seq != before) {
                before = reading.seq;
                SqlBoards.rows(reader, before, Math.min(before + rows, now.sequence()), names, reading::add);
            }
            cursor = new Cursor(reading.board, reading.seq);
            revision = reading.revision;
            return new Page(reading.changes, reading.lost);
        }
    }

    /** The latest past board up to the revision; the first one after it, if the rows before that were deleted. */
    private Cursor find(Connection reader, long end) throws SQLException {
        long first = SqlBoards.firstRow(reader);
        Cursor earliest = null;
        Board board = checkpoints.latestDay(reader, end, names);
        while (board.sequence() > 0 && board.revision() > revision) {
            earliest = board.sequence() + 1 >= first ? new Cursor(board, board.sequence()) : earliest;
            board = checkpoints.latestDay(reader, board.sequence() - 1, names);
        }
        if (board.sequence() + 1 >= first) {
            return new Cursor(board, board.sequence());
        }
        return earliest == null ? new Cursor(board, first - 1) : earliest;
    }

    /** What one call reads; it counts only if no query fails. */
    private static final class Reading {
        private final List<StatusChange> changes = new ArrayList<>();
        private Board board;
        private long seq;
        private long revision;
        private long lost;

        Reading(Cursor from, long revision) {
            this.board = from.board();
            this.seq = from.seq();
            this.revision = revision;
        }

        void add(EntryRows.Row row) {
            Entry entry = row.entry();
            DomainStatus before = board.of(entry.id());
            board = board.applyToDomains(entry);
            seq = row.seq();
            Long next = entry.revision();
            if (entry.outcome() == Outcome.RECORDED && next != null && next > revision) {
                lost += next - revision - 1;
                revision = next;
                changes.add(new StatusChange(next, entry.id(), before, board.of(entry.id()), entry.answer()));
            }
        }
    }
}
