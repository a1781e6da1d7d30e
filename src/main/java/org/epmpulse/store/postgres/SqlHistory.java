package org.epmpulse.store.postgres;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.epmpulse.status.Outcome;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.jspecify.annotations.Nullable;

/** Reads pages of accepted updates from the table {@code journal}, the latest first. Thread-safe. */
final class SqlHistory {

    private final Database database;

    SqlHistory(Database database) {
        this.database = database;
    }

    /**
     * A page.
     *
     * @param end number of the last acknowledged row
     * @throws IllegalArgumentException if the cursor is not from this reader
     */
    HistoryPage page(HistoryQuery query, long end) throws SQLException {
        StringBuilder sql = new StringBuilder("SELECT ")
                .append(EntryRows.COLUMNS)
                .append(" FROM journal WHERE seq < ? AND outcome <> ?");
        List<Object> values = new ArrayList<>();
        values.add(query.cursor() == null ? end + 1 : Math.min(end + 1, seq(query.cursor())));
        values.add(Outcome.DUPLICATE.label());
        filter(sql, values, " AND app = ?", query.app());
        filter(sql, values, " AND domain = ?", query.domain());
        filter(sql, values, " AND job_id = ?", query.jobId());
        filter(
                sql,
                values,
                " AND status = ?",
                query.status() == null ? null : query.status().label());
        filter(sql, values, " AND received >= ?", time(query.since()));
        filter(sql, values, " AND received < ?", time(query.until()));
        sql.append(" ORDER BY seq DESC LIMIT ").append(query.limit() + 1);
        try (Connection reader = database.reader();
                PreparedStatement statement = reader.prepareStatement(sql.toString())) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            List<EntryRows.Row> rows = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    rows.add(EntryRows.read(found, null));
                }
            }
            boolean more = rows.size() > query.limit();
            List<EntryRows.Row> page = more ? rows.subList(0, query.limit()) : rows;
            return new HistoryPage(
                    page.stream().map(EntryRows.Row::entry).toList(),
                    more ? cursor(page.get(page.size() - 1).seq()) : null);
        }
    }

    private static void filter(StringBuilder sql, List<Object> values, String condition, @Nullable Object value) {
        if (value != null) {
            sql.append(condition);
            values.add(value);
        }
    }

    /** A time that the database can compare; those far away are replaced by ones that no update can have. */
    static @Nullable OffsetDateTime time(@Nullable Instant time) {
        if (time == null) {
            return null;
        }
        Instant from = Instant.parse("0001-01-01T00:00:00Z");
        Instant to = Instant.parse("9999-12-31T00:00:00Z");
        Instant near = time.isBefore(from) ? from : time.isAfter(to) ? to : time;
        return near.atOffset(ZoneOffset.UTC);
    }

    private static String cursor(long seq) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Long.toString(seq).getBytes(StandardCharsets.US_ASCII));
    }

    private static long seq(String cursor) {
        try {
            return Long.parseLong(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cursor must be the next field of an earlier page", e);
        }
    }
}
