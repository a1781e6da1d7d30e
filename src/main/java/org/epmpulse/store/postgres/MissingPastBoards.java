package org.epmpulse.store.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.store.NameInterner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the past boards that the table {@code checkpoint} lacks, such as in a database that was restored without it.
 * Without them a board of the past is computed from all rows before it. One board is in memory at a time. For one
 * thread of the active node.
 */
final class MissingPastBoards {

    private static final Logger LOG = LoggerFactory.getLogger(MissingPastBoards.class);

    /** Rows of one query, all of which are in memory. */
    private static final int ROWS = 4_000;

    private static final String STORED =
            "SELECT seq, received FROM checkpoint WHERE kind = '" + SqlCheckpoints.DAY + "' AND seq < ? ORDER BY seq";

    private static final String ROW_BETWEEN =
            "SELECT EXISTS (SELECT 1 FROM journal WHERE seq > ? AND seq < ? AND received >= ? AND received < ?)";

    private final Database database;
    private final SqlCheckpoints checkpoints;
    private final ActiveWrites writes;
    private final Catalog catalog;
    private final CountDownLatch closing;
    private long stored;

    /** @param closing ends the work early */
    MissingPastBoards(
            Database database,
            SqlCheckpoints checkpoints,
            ActiveWrites writes,
            Catalog catalog,
            CountDownLatch closing) {
        this.database = database;
        this.checkpoints = checkpoints;
        this.writes = writes;
        this.catalog = catalog;
        this.closing = closing;
    }

    /**
     * A stored board, or an end of the journal.
     *
     * @param day of its last update; null before the first row
     */
    private record Mark(long seq, @Nullable LocalDate day) {}

    /**
     * Stores what is missing.
     *
     * @param now the current board
     * @throws IOException if the database does not answer, or this node is not active any more
     */
    void store(Board now) throws IOException {
        stored = 0;
        List<Mark> marks = database.read(reader -> marks(reader, now));
        for (int i = 1; i < marks.size() && closing.getCount() > 0; i++) {
            Mark from = marks.get(i - 1);
            Mark to = marks.get(i);
            if (isTooFar(from, to, now)) {
                fill(from, to);
            }
        }
        if (stored > 0) {
            LOG.info("Checkpoint: stored {} boards of the past, which were missing", stored);
        }
    }

    private static List<Mark> marks(Connection reader, Board now) throws SQLException {
        List<Mark> marks = new ArrayList<>();
        if (SqlBoards.firstRow(reader) == 1) {
            marks.add(new Mark(0, null));
        }
        try (PreparedStatement select = reader.prepareStatement(STORED)) {
            select.setLong(1, now.sequence());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Instant time = row.getObject(2, OffsetDateTime.class).toInstant();
                    marks.add(new Mark(row.getLong(1), PastBoardRule.day(time)));
                }
            }
        }
        marks.add(new Mark(now.sequence(), PastBoardRule.day(now.lastUpdated())));
        return marks;
    }

    /** Whether a board is missing between two others; the active node stores one some seconds after it is due. */
    private boolean isTooFar(Mark from, Mark to, Board now) throws IOException {
        if (to.seq() - from.seq() > 2 * PastBoardRule.rowsBetween(now)) {
            return true;
        }
        LocalDate first = from.day() == null ? LocalDate.EPOCH : from.day().plusDays(1);
        LocalDate end = to.day();
        if (end == null || !first.isBefore(end)) {
            return false;
        }
        return database.read(reader -> {
            try (PreparedStatement select = reader.prepareStatement(ROW_BETWEEN)) {
                Database.bind(select, from.seq(), to.seq(), midnight(first), midnight(end));
                try (ResultSet row = select.executeQuery()) {
                    return row.next() && row.getBoolean(1);
                }
            }
        });
    }

    private static OffsetDateTime midnight(LocalDate day) {
        return day.atStartOfDay().atOffset(ZoneOffset.UTC);
    }

    private void fill(Mark from, Mark to) throws IOException {
        NameInterner names = new NameInterner(catalog);
        Board start = from.seq() == 0
                ? Board.EMPTY
                : database.read(reader -> checkpoints.latestDay(reader, from.seq(), names));
        PastBoardRule rule = new PastBoardRule(start.sequence(), start.lastUpdated());
        SqlBoards.Replay replay = new SqlBoards.Replay(start, Board::applyToDomains);
        long end = to.seq() - 1;
        try {
            while (replay.seq() < end && closing.getCount() > 0) {
                long last = Math.min(end, replay.seq() + ROWS);
                database.read(reader -> {
                    SqlBoards.rows(reader, replay.seq(), last, names, row -> {
                        replay.apply(row);
                        storeIfDue(rule, replay.board(), row.seq());
                    });
                    return replay.seq();
                });
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (IOException e) {
            if (!(e.getCause() instanceof MissingRowException)) {
                throw e;
            }
            LOG.warn(
                    "Checkpoint: boards between rows {} and {} cannot be computed: {}; requests for them fail",
                    replay.seq(),
                    to.seq(),
                    e.getCause().getMessage());
        }
    }

    private void storeIfDue(PastBoardRule rule, Board board, long seq) {
        if (!rule.isDue(board, seq)) {
            return;
        }
        try {
            SqlCheckpoints.Checkpoint checkpoint = checkpoints.render(SqlCheckpoints.DAY, board.withoutJobs(seq));
            writes.run(database, (connection, epoch) -> SqlCheckpoints.write(connection, checkpoint));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        rule.stored(board, seq);
        stored++;
    }
}
