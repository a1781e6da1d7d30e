package org.epmpulse.store.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import org.epmpulse.status.DailyRunCounts;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Status;
import org.epmpulse.store.RunCountWindow;

/**
 * Counts the OK and the Warning updates of each domain on each of the last {@value DailyRunCounts#DAYS} days: all those
 * days at first, then only the new rows. Thread-safe.
 */
final class SqlRunCounts {

    private static final String COUNTS = "SELECT app, domain, (received AT TIME ZONE ?)::date, status, count(*)"
            + " FROM journal WHERE seq > ? AND seq <= ? AND received >= ? AND outcome = ? AND status IN (?, ?) AND kind IS NULL"
            + " GROUP BY 1, 2, 3, 4";

    private final Database database;
    private final RunCountWindow window = new RunCountWindow();
    private long counted;

    SqlRunCounts(Database database) {
        this.database = database;
    }

    /**
     * The counts of the days up to today.
     *
     * @param zone time zone of the days
     * @param end number of the last acknowledged row
     */
    synchronized DailyRunCounts count(Collection<DomainId> ids, LocalDate today, ZoneId zone, long end)
            throws SQLException {
        if (window.moveTo(today, zone)) {
            counted = 0;
        }
        try (Connection reader = database.reader();
                PreparedStatement statement = reader.prepareStatement(COUNTS)) {
            statement.setString(1, zone.getId());
            statement.setLong(2, counted);
            statement.setLong(3, end);
            statement.setObject(
                    4, SqlHistory.time(window.first().atStartOfDay(zone).toInstant()));
            statement.setString(5, Outcome.RECORDED.label());
            statement.setString(6, Status.OK.label());
            statement.setString(7, Status.WARNING.label());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    window.add(
                            new DomainId(rows.getString(1), rows.getString(2)),
                            rows.getObject(3, LocalDate.class),
                            Status.ofLabel(rows.getString(4)) == Status.OK,
                            rows.getInt(5));
                }
            }
        }
        counted = end;
        return window.counts(ids);
    }
}
