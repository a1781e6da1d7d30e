package org.epmpulse.store.postgres;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.store.NameInterner;
import org.epmpulse.store.journal.Snapshot;
import org.epmpulse.store.journal.SnapshotReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes boards in the table {@code checkpoint}. They are a cache: a damaged one costs only time.
 */
final class SqlCheckpoints {

    private static final Logger LOG = LoggerFactory.getLogger(SqlCheckpoints.class);

    /** With jobs, for the start of a node. */
    static final String START = "start";

    /** Without jobs, for past boards. */
    static final String DAY = "day";

    /** Checkpoints for the start that are kept. */
    private static final int STARTS = 2;

    /** How much is unpacked at a time, in bytes. */
    private static final int BUFFER = 1 << 16;

    private final String storeId;

    SqlCheckpoints(String storeId) {
        this.storeId = storeId;
    }

    /** The newest intact board with its jobs; the empty one if there is none. */
    Board latestStart(Connection reader, NameInterner names) throws SQLException {
        return latest(reader, START, Long.MAX_VALUE, null, names);
    }

    /** The newest intact board up to a row, without jobs; the empty one if there is none. */
    Board latestDay(Connection reader, long upTo, NameInterner names) throws SQLException {
        return latest(reader, DAY, upTo, null, names);
    }

    /** The same, of those whose last update was received at a time or before. */
    Board latestDay(Connection reader, long upTo, Instant at, NameInterner names) throws SQLException {
        return latest(reader, DAY, upTo, SqlHistory.time(at), names);
    }

    /**
     * Number of the row of the next past board whose last update was received after a time; {@link Long#MAX_VALUE} if
     * there is none.
     */
    long nextDay(Connection reader, long after, Instant at) throws SQLException {
        String sql = "SELECT min(seq) FROM checkpoint WHERE kind = '" + DAY + "' AND seq > ? AND received > ?";
        try (PreparedStatement statement = reader.prepareStatement(sql)) {
            Database.bind(statement, after, SqlHistory.time(at));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long seq = row.getLong(1);
                return row.wasNull() ? Long.MAX_VALUE : seq;
            }
        }
    }

    private Board latest(Connection reader, String kind, long upTo, @Nullable OffsetDateTime at, NameInterner names)
            throws SQLException {
        long last = upTo;
        String sql = "SELECT seq, content FROM checkpoint WHERE kind = ? AND seq <= ? AND received <= ?"
                + " ORDER BY seq DESC LIMIT 1";
        while (true) {
            try (PreparedStatement statement = reader.prepareStatement(sql)) {
                Database.bind(statement, kind, last, at == null ? OffsetDateTime.MAX : at);
                try (ResultSet row = statement.executeQuery()) {
                    if (!row.next()) {
                        return Board.EMPTY;
                    }
                    long seq = row.getLong(1);
                    Board board = read(kind, seq, row.getBytes(2), names);
                    if (board != null) {
                        return board;
                    }
                    last = seq - 1;
                }
            }
        }
    }

    private @Nullable Board read(String kind, long seq, byte[] content, NameInterner names) {
        try {
            Snapshot snapshot =
                    SnapshotReader.readIntact(new GZIPInputStream(new ByteArrayInputStream(content), BUFFER), names);
            if (snapshot == null) {
                throw new IOException("its checksum is wrong");
            }
            if (snapshot.board().sequence() != seq || !snapshot.storeId().equals(storeId)) {
                throw new IOException("it belongs to another row or store");
            }
            return snapshot.board();
        } catch (IOException e) {
            LOG.warn("Checkpoint {} {}: cannot be read: {}; using an earlier one", kind, seq, e.getMessage());
            return null;
        }
    }

    /** Time of the first past board; null if there is none. */
    @Nullable
    Instant earliestTime(Connection reader) throws SQLException {
        String sql = "SELECT received FROM checkpoint WHERE kind = '" + DAY + "' ORDER BY seq LIMIT 1";
        try (PreparedStatement statement = reader.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getObject(1, OffsetDateTime.class).toInstant() : null;
        }
    }

    /**
     * A checkpoint that is ready to be written.
     *
     * @param seq of the last row
     * @param content as in the table
     */
    record Checkpoint(String kind, long seq, Instant received, byte[] content) {}

    /**
     * Renders a checkpoint: with many jobs this takes seconds, so not in a transaction.
     *
     * @return null if the board is empty
     */
    @Nullable
    Checkpoint render(String kind, Board board) throws IOException {
        Instant time = board.lastUpdated();
        if (time == null) {
            return null;
        }
        Board content = kind.equals(START) ? board : board.withoutJobs(board.sequence());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            new Snapshot(storeId, time, content, null).writeWithChecksum(new Catalog(Map.of()), out);
        }
        return new Checkpoint(kind, board.sequence(), time, bytes.toByteArray());
    }

    /** Renders a checkpoint and writes it, on a connection that holds no lock that another one waits for. */
    void write(Connection connection, String kind, Board board) throws SQLException, IOException {
        write(connection, render(kind, board));
    }

    /**
     * Writes a checkpoint and removes those for the start that are not needed any more.
     *
     * @param connection in a transaction of the active node
     * @param checkpoint null writes nothing
     */
    static void write(Connection connection, @Nullable Checkpoint checkpoint) throws SQLException {
        if (checkpoint == null) {
            return;
        }
        Database.update(
                connection,
                "INSERT INTO checkpoint (kind, seq, received, content) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                checkpoint.kind(),
                checkpoint.seq(),
                checkpoint.received().atOffset(ZoneOffset.UTC),
                checkpoint.content());
        if (checkpoint.kind().equals(START)) {
            String delete = "DELETE FROM checkpoint WHERE kind = ? AND seq NOT IN (SELECT seq FROM checkpoint WHERE"
                    + " kind = ? ORDER BY seq DESC LIMIT " + STARTS + ")";
            Database.update(connection, delete, START, START);
        }
    }
}
