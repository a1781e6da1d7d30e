package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.epmpulse.status.Entry;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.Run;
import org.epmpulse.store.RunPage;
import org.epmpulse.store.RunQuery;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A page of runs or of the history reads rows by index, however long the journal is. */
class SqlRunsTest {

    /** One each minute. */
    private static final int ROWS = 50_000;

    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");
    private static final Pattern REMOVED = Pattern.compile("Rows Removed by Filter: (\\d+)");

    @AutoClose
    private TestingNode node;

    private DatabaseSettings settings;

    @BeforeEach
    void createTables() throws Exception {
        settings = TestingPostgres.newSchema();
        new TestingNode(settings).close();
    }

    /**
     * Each domain of eight begins and ends a run in turn.
     *
     * @param stepBack of the clock of the database after half of the rows
     */
    private void fill(Duration stepBack) throws Exception {
        try (Connection connection = TestingPostgres.connect(settings);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            new JournalBlocks().ensure(connection, 1);
            statement.execute("INSERT INTO journal (seq, revision, received, app, domain, status, job_id, source,"
                    + " outcome, node, chain)"
                    + " SELECT row, row, timestamptz '" + FIRST + "' + row * interval '1 minute'"
                    + " - CASE WHEN row > " + ROWS / 2 + " THEN interval '" + stepBack.toSeconds() + " seconds'"
                    + " ELSE interval '0' END, 'Planning', CASE row % 8 WHEN 0 THEN 'Actual' ELSE 'D' || row % 8 END,"
                    + " CASE row / 8 % 2 WHEN 0 THEN 'Loading' ELSE 'OK' END, 'J' || row, 'api', 'recorded', 'a', 0"
                    + " FROM generate_series(1, " + ROWS + ") AS row");
            connection.commit();
            connection.setAutoCommit(true);
            statement.execute("ANALYZE journal");
        }
        node = new TestingNode(settings);
    }

    private static Instant received(int row) {
        return FIRST.plus(Duration.ofMinutes(row));
    }

    @ParameterizedTest
    @CsvSource({"false, 100, ''", "true, 100, ''", "false, 40000, ''", "true, 40000, ''", "true, 100, Actual"})
    void aPageOfAPastDayReadsFewOtherRows(boolean runs, int row, String domain) throws Exception {
        fill(Duration.ZERO);
        HistoryQuery query = new HistoryQuery(
                null,
                domain.isEmpty() ? null : domain,
                null,
                null,
                received(row),
                received(row).plus(Duration.ofHours(3)),
                100,
                null);

        String plan = explain(query, runs ? new Long[] {(long) ROWS} : null);

        assertThat(plan).contains("Index Scan").doesNotContain("Seq Scan on");
        // The rows of two days more, for a clock that was set back.
        assertThat(removed(plan)).isLessThan(2 * 24 * 60 + 200);
    }

    private String explain(HistoryQuery query, Long @Nullable [] running) throws SQLException {
        try (Connection reader = node.database.reader()) {
            SqlHistory.Select select = SqlHistory.select(reader, query, running, ROWS);
            try (PreparedStatement explain = reader.prepareStatement("EXPLAIN ANALYZE " + select.sql())) {
                Database.bind(explain, select.values().toArray());
                StringBuilder plan = new StringBuilder();
                try (ResultSet rows = explain.executeQuery()) {
                    while (rows.next()) {
                        plan.append(rows.getString(1)).append('\n');
                    }
                }
                return plan.toString();
            }
        }
    }

    private static int removed(String plan) {
        Matcher matcher = REMOVED.matcher(plan);
        int removed = 0;
        while (matcher.find()) {
            removed += Integer.parseInt(matcher.group(1));
        }
        return removed;
    }

    @Test
    void aPageOfRunsHasTheRunsOfItsTimeAndWhatIsRunning() throws Exception {
        fill(Duration.ZERO);

        RunPage page = node.store.runs(
                new RunQuery(null, null, received(1_000), received(1_016), received(1_015), 1_000, null));

        // Rows 1,000 to 1,007 are ends, those up to 1,015 begin runs.
        assertThat(page.runs())
                .extracting(Run::jobId)
                .startsWith("J1015")
                .endsWith("J1000")
                .hasSize(16);
        assertThat(page.runs().stream().filter(run -> run.completed() == null)).hasSize(8);
        assertThat(page.next()).isNull();
        RunPage last = node.store.runs(new RunQuery(null, null, null, null, received(ROWS), 16, null));
        assertThat(last.runs().stream().map(Run::jobId)).first().isEqualTo("J" + ROWS);
    }

    /** Between the step and the time at which the clock is where it was, each time occurs twice. */
    @Test
    void noRowIsHiddenAfterTheClockWasSetBack() throws Exception {
        fill(Duration.ofHours(20));
        for (int row = ROWS / 2 - 1_500; row < ROWS / 2 + 1_500; row += 37) {
            Instant since = received(row);
            Instant until = since.plusSeconds(1);
            HistoryQuery query = new HistoryQuery(null, null, null, null, since, until, 10, null);

            List<Entry> found = node.store.history(query).entries();

            assertThat(found).as("row %d", row).hasSize(count(since));
        }
    }

    private int count(Instant received) throws SQLException {
        try (Connection reader = node.database.reader();
                PreparedStatement count = reader.prepareStatement("SELECT count(*) FROM journal WHERE received = ?")) {
            Database.bind(count, SqlHistory.time(received));
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
