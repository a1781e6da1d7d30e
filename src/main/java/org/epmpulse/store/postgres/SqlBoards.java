package org.epmpulse.store.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.IdempotencyIndex;
import org.epmpulse.store.NameInterner;
import org.epmpulse.store.ReceiptTime;
import org.jspecify.annotations.Nullable;

/** Computes boards from a checkpoint and the rows after it. Thread-safe. */
final class SqlBoards {

    /** Rows in memory at a time. */
    private static final int FETCH = 2_000;

    private static final String ROWS =
            "SELECT " + EntryRows.COLUMNS + " FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq";

    private final Database database;
    private final SqlCheckpoints checkpoints;
    private final Catalog catalog;

    SqlBoards(Database database, SqlCheckpoints checkpoints, Catalog catalog) {
        this.database = database;
        this.checkpoints = checkpoints;
        this.catalog = catalog;
    }

    /**
     * The current state, for the start of a node.
     *
     * @param keys the rows with idempotency keys that may still be valid, in their order
     * @param now the time by the clock of the database
     * @param replayed number of rows after the checkpoint
     */
    record Loaded(JournalView.SqlState state, List<EntryRows.Row> keys, Instant now, long replayed) {

        /** Adds the keys with their ages. */
        void addKeysTo(IdempotencyIndex<Long> index) {
            keys.forEach(row -> index.add(row.entry(), row.seq()));
            index.recovered(now, state.board().lastUpdated());
        }
    }

    /**
     * Loads the current state: the last checkpoint with jobs and the rows after it.
     *
     * @param generation of the store
     */
    Loaded load(long generation) throws SQLException {
        try (Connection reader = database.reader()) {
            return load(reader, generation);
        }
    }

    /** The same as a transaction sees it. */
    Loaded load(Connection reader, long generation) throws SQLException {
        NameInterner names = new NameInterner(catalog);
        Board board = checkpoints.latestStart(reader, names);
        Instant now = now(reader);
        List<EntryRows.Row> keys = keys(reader, board.sequence(), now);
        Replay replay = new Replay(board, Board::apply);
        Long chain = Lineage.chain(reader, board.sequence());
        if (chain == null) {
            throw new MissingRowException(board.sequence());
        }
        replay.chain = chain;
        rows(reader, board.sequence(), Long.MAX_VALUE, names, row -> {
            replay.apply(row);
            if (row.entry().idempotency() != null) {
                keys.add(row);
            }
        });
        JournalView.SqlState state = new JournalView.SqlState(
                replay.board, replay.chain, lastReceived(reader, replay.board.sequence()), generation);
        return new Loaded(state, keys, now, replay.board.sequence() - board.sequence());
    }

    private static Instant now(Connection reader) throws SQLException {
        try (Statement statement = reader.createStatement();
                ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    private static List<EntryRows.Row> keys(Connection reader, long end, Instant now) throws SQLException {
        String sql = "SELECT " + EntryRows.COLUMNS + " FROM journal WHERE idempotency_key IS NOT NULL AND seq <= ?"
                + " AND received > ? ORDER BY seq";
        List<EntryRows.Row> keys = new ArrayList<>();
        try (PreparedStatement statement = reader.prepareStatement(sql)) {
            statement.setLong(1, end);
            statement.setObject(
                    2, SqlHistory.time(now.minus(IdempotencyIndex.MAX_AGE).minus(ReceiptTime.MAX_HELD)));
            statement.setFetchSize(FETCH);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    keys.add(EntryRows.read(rows, null));
                }
            }
        }
        return keys;
    }

    private static @Nullable Instant lastReceived(Connection reader, long seq) throws SQLException {
        try (PreparedStatement statement = reader.prepareStatement("SELECT received FROM journal WHERE seq = ?")) {
            statement.setLong(1, seq);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getObject(1, OffsetDateTime.class).toInstant() : null;
            }
        }
    }

    /**
     * The board after the last row that was received at a time or before, without jobs. After a large step of the clock
     * of the database it is the last such row before the next checkpoint. One at a time, to limit the memory.
     *
     * @param end number of the last acknowledged row
     */
    synchronized Board boardAt(Instant at, long end) throws SQLException {
        NameInterner names = new NameInterner(catalog);
        try (Connection reader = database.reader()) {
            Board start = checkpoints.latestDay(reader, end, at, names);
            long first = firstRow(reader);
            if (first > start.sequence() + 1) {
                throw new HistoryGoneException(checkpoints.earliestTime(reader));
            }
            long next = Math.min(end, checkpoints.nextDay(reader, start.sequence(), at));
            Replay replay = new Replay(start, Board::applyToDomains);
            rows(reader, start.sequence(), lastUpTo(reader, at, start.sequence(), next), names, replay::apply);
            return replay.board;
        }
    }

    /** Reads the changes after a revision. */
    SqlChanges changesAfter(long revision) {
        return new SqlChanges(database, checkpoints, catalog, revision);
    }

    /** Number of the last row that was received at a time or before; 0 if there is none. */
    private static long lastUpTo(Connection reader, Instant at, long after, long end) throws SQLException {
        try (PreparedStatement statement = reader.prepareStatement(
                "SELECT coalesce(max(seq), 0) FROM journal WHERE received <= ? AND seq > ? AND seq <= ?")) {
            Database.bind(statement, SqlHistory.time(at), after, end);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Number of the first row that is kept; 1 if there is none. */
    static long firstRow(Connection reader) throws SQLException {
        try (PreparedStatement statement = reader.prepareStatement("SELECT seq FROM journal ORDER BY seq LIMIT 1");
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : 1;
        }
    }

    /** Receives rows in their order. */
    interface RowConsumer {
        void accept(EntryRows.Row row) throws SQLException;
    }

    static void rows(Connection reader, long after, long upTo, NameInterner names, RowConsumer consumer)
            throws SQLException {
        try (PreparedStatement statement = reader.prepareStatement(ROWS)) {
            statement.setLong(1, after);
            statement.setLong(2, upTo);
            statement.setFetchSize(FETCH);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    consumer.accept(EntryRows.read(rows, names));
                }
            }
        }
    }

    /** Applies rows one after the other. */
    static final class Replay {
        private final BiFunction<Board, Entry, Board> next;
        private Board board;
        private long chain;
        private long seq;

        Replay(Board start, BiFunction<Board, Entry, Board> next) {
            this.board = start;
            this.next = next;
            this.seq = start.sequence();
        }

        Board board() {
            return board;
        }

        /** Number of the last row. */
        long seq() {
            return seq;
        }

        /** @throws MissingRowException if the row does not follow the last one */
        void apply(EntryRows.Row row) throws SQLException {
            Entry entry = row.entry();
            Long revision = entry.revision();
            boolean follows =
                    entry.outcome() != Outcome.RECORDED || revision == null || revision == board.revision() + 1;
            if (row.seq() != seq + 1 || !follows) {
                throw new MissingRowException(seq + 1);
            }
            seq = row.seq();
            chain = row.chain();
            board = next.apply(board, entry);
        }
    }
}
