package org.epmpulse.store.postgres;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.epmpulse.status.Board;
import org.epmpulse.status.Entry;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedUpdate;
import org.jspecify.annotations.Nullable;

/**
 * Generates a journal with the classes of the store, but with times of receipt of its own: rows, chain values and
 * checkpoints are as if a node had recorded the updates then.
 */
public final class GeneratedRows implements AutoCloseable {

    private static final int GROUP = 4_000;

    /** As {@link CheckpointWriter} writes them. */
    private static final int START_ROWS = 50_000;

    /** Rows behind the last checkpoint for a start: half of what there can be. */
    private static final int BEHIND = START_ROWS / 2;

    private final StatusRules rules = new StatusRules(Duration.ofMinutes(10));
    private final JournalBlocks blocks = new JournalBlocks();
    private final List<Entry> group = new ArrayList<>();
    private final Database database;
    private final SqlCheckpoints checkpoints;
    private final Connection connection;
    private Board board = Board.EMPTY;

    /** Board and chain value after the last written row. */
    private Board written = Board.EMPTY;

    private long chain;
    private @Nullable LocalDate day;

    private GeneratedRows(Database database) throws IOException, SQLException {
        this.database = database;
        this.checkpoints = new SqlCheckpoints(Schema.prepare(database).storeId());
        this.connection = database.openForJournal();
    }

    /**
     * Writes rows to an empty database.
     *
     * @param updates gives the update of each row, from 0; none may be a duplicate
     * @param step time between two rows
     */
    public static void write(
            DatabaseSettings settings, int rows, IntFunction<ValidatedUpdate> updates, Instant start, Duration step)
            throws IOException, SQLException {
        try (Database database = new Database(settings, new SimpleMeterRegistry())) {
            try (GeneratedRows generated = new GeneratedRows(database)) {
                for (int i = 0; i < rows; i++) {
                    boolean checkpoint = (rows - i) % START_ROWS == BEHIND;
                    generated.add(updates.apply(i), start.plus(step.multipliedBy(i)), checkpoint);
                }
                generated.flush();
            }
            // As the server does by itself after a while.
            try (Connection connection = database.open();
                    Statement statement = connection.createStatement()) {
                statement.execute("VACUUM (ANALYZE) journal");
            }
        }
    }

    private void add(ValidatedUpdate update, Instant time, boolean checkpoint) throws IOException, SQLException {
        Instant received = time.truncatedTo(ChronoUnit.MILLIS);
        Entry entry = rules.decide(board, update, received, null, null);
        board = board.apply(entry);
        group.add(entry);
        LocalDate next = received.atOffset(ZoneOffset.UTC).toLocalDate();
        boolean newDay = !next.equals(day);
        day = next;
        if (newDay || checkpoint || group.size() == GROUP) {
            flush();
            // A checkpoint can take longer to render than a transaction may be idle.
            connection.commit();
        }
        if (newDay) {
            checkpoints.write(connection, SqlCheckpoints.DAY, board);
        }
        if (checkpoint) {
            checkpoints.write(connection, SqlCheckpoints.START, board);
        }
        connection.commit();
    }

    private void flush() throws SQLException {
        if (group.isEmpty()) {
            return;
        }
        blocks.ensure(connection, board.sequence());
        List<EntryRows.Row> rows = EntryRows.rows(
                group, written.sequence(), chain, database.settings().node());
        try (PreparedStatement insert = connection.prepareStatement(EntryRows.INSERT)) {
            EntryRows.bind(insert, rows);
            insert.executeUpdate();
        }
        chain = rows.get(rows.size() - 1).chain();
        written = board;
        group.clear();
    }

    @Override
    public void close() throws SQLException {
        connection.commit();
        connection.close();
    }
}
