package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.concurrent.TimeUnit;
import org.epmpulse.status.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The time of receipt is that of the database. */
class SqlReceivedTest {

    @ParameterizedTest
    @CsvSource({"59 minutes, true", "61 minutes, false"})
    void aStepBackOfTheClockIsHeldForUpToAnHour(String ahead, boolean held) throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();
        try (TestingNode node = new TestingNode(settings)) {
            node.post(Status.LOADING, "J").get(10, TimeUnit.SECONDS);
        }
        Instant last = lastReceived(
                settings, "UPDATE journal SET received = received + interval '" + ahead + "' RETURNING received");

        try (TestingNode node = new TestingNode(settings)) {
            Instant received =
                    node.post(Status.OK, "J").get(10, TimeUnit.SECONDS).get(0).received();

            assertThat(received.equals(last)).isEqualTo(held);
            assertThat(received).isBeforeOrEqualTo(last);
        }
    }

    @Test
    void theClockOfTheDatabaseDecides() throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();
        try (TestingNode node = new TestingNode(settings)) {
            Instant before = lastReceived(settings, "SELECT date_trunc('milliseconds', clock_timestamp())");

            Instant received =
                    node.post(Status.OK, "J").get(10, TimeUnit.SECONDS).get(0).received();

            assertThat(received).isBetween(before, lastReceived(settings, "SELECT clock_timestamp()"));
        }
    }

    private static Instant lastReceived(DatabaseSettings settings, String sql) throws Exception {
        try (Connection connection = TestingPostgres.connect(settings);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }
}
