package org.epmpulse.store.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import org.epmpulse.cluster.DocumentPositions;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.store.IdempotencyIndex;
import org.epmpulse.store.NameInterner;
import org.epmpulse.store.journal.JournalFiles;
import org.epmpulse.store.journal.JournalFilesWriter;
import org.epmpulse.threads.TimeSource;

/**
 * Copies a whole journal between the files of a data folder and a database, in both directions. The copy is compared
 * before it is used. The source stays as it is, and an interrupted copy can be repeated: in the database it is one
 * transaction, and an incomplete folder is marked. The service must not run meanwhile. For one thread.
 */
public final class Migration {

    private static final String DOCUMENTS = "SELECT name, content FROM document WHERE name NOT LIKE 'quarantine/%'";

    private final Database database;
    private final Catalog catalog;
    private final TimeSource clock;

    /**
     * What was copied.
     *
     * @param entries number of accepted updates
     * @param revision of the last one
     * @param wasThere whether an earlier run had copied them already, and this one only compared
     */
    public record Result(long entries, long revision, boolean wasThere) {}

    /** @param catalog the configured apps and domains */
    public Migration(Database database, Catalog catalog, TimeSource clock) {
        this.database = database;
        this.catalog = catalog;
        this.clock = clock;
    }

    /**
     * Copies the journal of a data folder to the database, and marks the folder as moved.
     *
     * @param target the database, for people
     * @throws DatabaseConfigurationException if the database cannot be used until somebody changes it
     * @throws IOException if nothing was copied, with a message for the operator
     */
    public Result toDatabase(Path from, String target) throws IOException {
        try (JournalFiles files = JournalFiles.open(from, catalog, clock)) {
            long entries = files.count();
            if (entries == 0) {
                throw new IOException("there are no updates in " + from
                        + ", so there is nothing to copy; start EPMPulse with the empty database");
            }
            Schema.prepare(database);
            // After damage the state file may know fewer or more entries than the files have.
            long last = Math.max(entries, files.board().sequence());
            createBlocks(last - entries + 1, last);
            Result result;
            try (Connection connection = database.openForCopy()) {
                result = toDatabase(connection, files, entries, last);
            }
            markMoved(files, target);
            return result;
        } catch (SQLException e) {
            throw Database.commandFailure(e);
        }
    }

    private void markMoved(JournalFiles files, String target) throws IOException {
        try {
            files.markMoved(target, clock.instant());
        } catch (IOException e) {
            throw new IOException(
                    "the updates are in the database, but the folder could not be marked: " + e.getMessage()
                            + "; do not start EPMPulse with the files; run this command again",
                    e);
        }
    }

    private void createBlocks(long first, long last) throws SQLException {
        try (Connection connection = database.open()) {
            connection.setAutoCommit(false);
            JournalBlocks blocks = new JournalBlocks();
            for (long seq = first; seq < last; seq += JournalBlocks.SIZE) {
                blocks.ensure(connection, seq);
            }
            blocks.ensure(connection, last);
        }
    }

    private Result toDatabase(Connection connection, JournalFiles files, long entries, long last)
            throws SQLException, IOException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SqlLog.LOCK);
        }
        requireNoNode(connection);
        JournalCopy source = new JournalCopy(clock.instant());
        boolean isEmpty = lastRow(connection) == 0;
        if (isEmpty) {
            copy(connection, files, source, last - entries);
        } else {
            files.read((entry, checkpoint) -> source.add(Microseconds.of(entry)));
        }
        Board board = Microseconds.of(files.board(), last);
        source.setState(board, files.keys(), MigratedListeners.normalize(files.documents()));
        if (isEmpty) {
            writeState(connection, files, source, board);
        }
        try {
            source.requireEqual(read(connection, store(connection).storeId()));
        } catch (IOException e) {
            throw new IOException(
                    isEmpty
                            ? "the copy is not equal to the files: " + e.getMessage() + "; nothing was copied"
                            : "the database holds a journal already, which is not that of the files: " + e.getMessage()
                                    + "; nothing was copied (use an empty database or schema)",
                    e);
        }
        requireNoNode(connection);
        connection.commit();
        return new Result(source.entries(), board.revision(), !isEmpty);
    }

    private static void copy(Connection connection, JournalFiles files, JournalCopy source, long before)
            throws SQLException, IOException {
        ImportedRows rows = new ImportedRows(connection, new SqlCheckpoints(files.storeId()), source, before);
        try {
            files.read((entry, checkpoint) -> {
                try {
                    rows.add(Microseconds.of(entry), checkpoint);
                } catch (SQLException e) {
                    throw new UncheckedIOException(Database.failure(e));
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        rows.flush();
    }

    private static void writeState(Connection connection, JournalFiles files, JournalCopy source, Board board)
            throws SQLException, IOException {
        Database.update(
                connection,
                "UPDATE store SET store_id = ?, generation = 1, created = ? WHERE id = 1",
                files.storeId(),
                files.created().atOffset(ZoneOffset.UTC));
        new SqlCheckpoints(files.storeId()).write(connection, SqlCheckpoints.START, board);
        for (Map.Entry<String, byte[]> document : source.documents().entrySet()) {
            if (document.getKey().equals(DocumentPositions.NAME)) {
                MigratedListeners.insert(connection, document.getValue());
                continue;
            }
            Database.update(
                    connection,
                    "INSERT INTO document (name, content, epoch) VALUES (?, ?, 0)"
                            + " ON CONFLICT (name) DO UPDATE SET content = excluded.content",
                    document.getKey(),
                    document.getValue());
        }
    }

    /**
     * Copies the journal of the database to a data folder that has none.
     *
     * @throws DatabaseConfigurationException if the database cannot be used until somebody changes it
     * @throws IOException if the copy is not complete, with a message for the operator
     */
    public Result toFiles(Path to) throws IOException {
        try (Connection connection = database.openForCopy()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            }
            if (Schema.version(connection) < Schema.VERSION) {
                throw new DatabaseConfigurationException("the tables are missing or older than this version");
            }
            requireNoNode(connection);
            Schema.Identity store = store(connection);
            if (lastRow(connection) == 0) {
                throw new IOException("there are no updates in the database, so there is nothing to copy");
            }
            JournalCopy source = read(connection, store.storeId());
            try (JournalFilesWriter files = JournalFilesWriter.create(to, store.text(store.generation()))) {
                write(connection, store.storeId(), files);
                for (Map.Entry<String, byte[]> document : source.documents().entrySet()) {
                    files.document(document.getKey(), document.getValue());
                }
                files.finish(source.board(), store.created(), catalog);
            }
            compare(source, to);
            JournalFilesWriter.complete(to);
            return new Result(source.entries(), source.board().revision(), false);
        } catch (SQLException e) {
            throw Database.commandFailure(e);
        }
    }

    private void write(Connection connection, String storeId, JournalFilesWriter files)
            throws SQLException, IOException {
        NameInterner names = new NameInterner(catalog);
        ExportedBoards boards = new ExportedBoards(connection, new SqlCheckpoints(storeId), names);
        try {
            SqlBoards.rows(connection, 0, Long.MAX_VALUE, names, row -> {
                Board board = boards.after(row);
                try {
                    files.append(row.entry());
                    if (board != null) {
                        files.checkpoint(board);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void compare(JournalCopy source, Path to) throws IOException {
        JournalCopy target = new JournalCopy(clock.instant());
        try (JournalFiles files = JournalFiles.open(to, catalog, clock)) {
            files.count();
            files.read((entry, checkpoint) -> target.add(entry));
            target.setState(files.board(), files.keys(), files.documents());
        }
        try {
            source.requireEqual(target);
        } catch (IOException e) {
            throw new IOException(
                    "the copy in " + to + " is not equal to the database: " + e.getMessage()
                            + "; it is not used (run the command again)",
                    e);
        }
    }

    /** What the database holds, as this transaction sees it. */
    private JournalCopy read(Connection connection, String storeId) throws SQLException, IOException {
        JournalCopy copy = new JournalCopy(clock.instant());
        long first = SqlBoards.firstRow(connection);
        SqlBoards.rows(connection, 0, Long.MAX_VALUE, new NameInterner(catalog), row -> {
            if (row.seq() != first + copy.entries()) {
                throw new MissingRowException(first + copy.entries());
            }
            copy.add(row.entry());
        });
        SqlBoards.Loaded loaded = new SqlBoards(database, new SqlCheckpoints(storeId), catalog).load(connection, 1);
        IdempotencyIndex<Long> keys = new IdempotencyIndex<>(clock.steadySource());
        loaded.addKeysTo(keys);
        copy.setState(loaded.state().board(), keys, documents(connection));
        return copy;
    }

    private static Map<String, byte[]> documents(Connection connection) throws SQLException, IOException {
        Map<String, byte[]> documents = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement(DOCUMENTS);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                documents.put(row.getString(1), row.getBytes(2));
            }
        }
        MigratedListeners.addTo(documents, connection);
        return documents;
    }

    /** The store; its generation is one more than stored if the database was restored since a node last used it. */
    private static Schema.Identity store(Connection connection) throws SQLException {
        String sql = "SELECT store_id, generation + CASE WHEN origin = " + Lineage.ORIGIN
                + " THEN 0 ELSE 1 END, created FROM store WHERE id = 1";
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the table store has no row", "55000");
            }
            return new Schema.Identity(
                    row.getString(1),
                    row.getLong(2),
                    row.getObject(3, OffsetDateTime.class).toInstant());
        }
    }

    /** Number of the last row; 0 if there is none. */
    private static long lastRow(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT coalesce(max(seq), 0) FROM journal");
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void requireNoNode(Connection connection) throws SQLException, IOException {
        String sql = "SELECT string_agg(DISTINCT name, ', ') FROM node WHERE seen > clock_timestamp() - interval '"
                + SqlNodes.GONE_SECONDS + " seconds'";
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            String nodes = row.next() ? row.getString(1) : null;
            if (nodes != null) {
                throw new IOException("these nodes use the database: " + nodes + "; stop them, and "
                        + SqlNodes.GONE_SECONDS + " s later run the command again");
            }
        }
    }
}
