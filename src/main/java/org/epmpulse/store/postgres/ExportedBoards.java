package org.epmpulse.store.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.epmpulse.status.Board;
import org.epmpulse.store.NameInterner;
import org.jspecify.annotations.Nullable;

/** The past boards that go with the rows of a database when they are copied to files. Not thread-safe. */
final class ExportedBoards {

    /** Rows between two boards of a day; the files store fewer. */
    private static final long ROWS = 50_000;

    private final Connection connection;
    private final SqlCheckpoints checkpoints;
    private final NameInterner names;

    /** Numbers of the rows with a checkpoint. */
    private final Set<Long> stored = new HashSet<>();

    /** After the last row, without jobs; null while it is not known, because older rows were deleted. */
    private @Nullable Board board;

    private @Nullable LocalDate day;
    private long rows;

    ExportedBoards(Connection connection, SqlCheckpoints checkpoints, NameInterner names) throws SQLException {
        this.connection = connection;
        this.checkpoints = checkpoints;
        this.names = names;
        long before = SqlBoards.firstRow(connection) - 1;
        Board start = checkpoints.latestDay(connection, before, names);
        this.board = start.sequence() == before ? start : null;
        try (PreparedStatement select = connection.prepareStatement("SELECT seq FROM checkpoint WHERE kind = ?")) {
            select.setString(1, SqlCheckpoints.DAY);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    stored.add(row.getLong(1));
                }
            }
        }
    }

    /** Applies the next row. Returns the board after it if one is due, else null. */
    @Nullable
    Board after(EntryRows.Row row) throws SQLException {
        Board before = board;
        Board after = before == null ? null : before.applyToDomains(row.entry());
        if (stored.contains(row.seq())) {
            Board checkpoint = checkpoints.latestDay(connection, row.seq(), names);
            after = checkpoint.sequence() == row.seq() ? checkpoint : after;
        }
        board = after;
        rows++;
        LocalDate rowDay = PastBoardRule.day(row.entry().received());
        if (after == null || (Objects.equals(rowDay, day) && rows < ROWS)) {
            return null;
        }
        day = rowDay;
        rows = 0;
        return after;
    }
}
