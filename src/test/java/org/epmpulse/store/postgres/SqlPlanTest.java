package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.epmpulse.status.Status;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of the journal is read by its primary key, also while no table was analyzed. */
class SqlPlanTest {

    private static final int BLOCKS = 10;

    @AutoClose
    private TestingNode node;

    @BeforeEach
    void open() throws Exception {
        node = new TestingNode(TestingPostgres.newSchema());
        node.post(Status.LOADING, "J").get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {SqlLog.TAIL, SqlTail.TAIL})
    void anEmptyJournalIsReadByItsKey(String tail) throws Exception {
        try (Connection connection = node.database.openForJournal()) {
            assertThat(plan(connection, tail, 1)).contains("Index Scan").doesNotContain("Seq Scan", "Sort", "Bitmap");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SqlLog.TAIL, SqlTail.TAIL})
    void aJournalOfManyBlocksIsReadByItsKey(String tail) throws Exception {
        try (Connection connection = node.database.openForJournal()) {
            for (long block = 0; block < BLOCKS; block++) {
                new JournalBlocks().ensure(connection, block * JournalBlocks.SIZE + 1);
            }
            fill(connection);

            assertThat(plan(connection, tail, (BLOCKS - 1) * JournalBlocks.SIZE + 900))
                    .contains("Index Scan")
                    .doesNotContain("Seq Scan", "Sort", "Bitmap")
                    .doesNotContain(JournalBlocks.table(0));
        }
    }

    /** 1,000 rows in each block. */
    private static void fill(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO journal (seq, received, app, domain, status, source, outcome, node, chain)"
                    + " SELECT block * " + JournalBlocks.SIZE + " + 1 + row, clock_timestamp(), 'A', 'D', 'OK', 'api',"
                    + " 'recorded', 'a', 0 FROM generate_series(0, " + (BLOCKS - 1) + ") AS block,"
                    + " generate_series(1, 1000) AS row");
        }
        connection.commit();
    }

    private static String plan(Connection connection, String sql, long after) throws SQLException {
        try (PreparedStatement explain = connection.prepareStatement("EXPLAIN " + sql)) {
            explain.setLong(1, after);
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
