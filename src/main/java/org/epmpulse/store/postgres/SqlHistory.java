package org.epmpulse.store.postgres;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Status;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.jspecify.annotations.Nullable;

/**
 * Reads pages of accepted updates from the table {@code journal}, the latest first. A time of receipt is found by a
 * search over the primary key, so that the cost does not depend on the length of the journal. Thread-safe.
 */
final class SqlHistory {

    /** The number of the first row that was received at a time or later, by bisection; none if a row is missing. */
    private static final String FIRST_SINCE = "WITH RECURSIVE search (low, high) AS (SELECT ?::bigint, ?::bigint"
            + " UNION ALL SELECT"
            + " CASE WHEN middle.received < ? THEN middle.seq + 1 ELSE low END,"
            + " CASE WHEN middle.received < ? THEN high ELSE middle.seq END"
            + " FROM search, LATERAL (SELECT seq, received FROM journal WHERE seq = low + (high - low) / 2) AS middle"
            + " WHERE low < high)"
            + " SELECT low FROM search WHERE low = high";

    /**
     * The rows are in the order of their times of receipt, unless the clock of the database was set back. A step back of
     * up to this hides no row.
     */
    private static final Duration MAX_STEP_BACK = Duration.ofDays(1);

    private static final String RUNS =
            " AND kind IS NULL AND ((status IN (?, ?) AND (outcome = ? OR duration_sec IS NOT NULL)) OR revision = ANY (?))";

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
        return page(query, null, end);
    }

    /**
     * A page of the entries that may be runs: the ends that count, and the updates that the board shows as Loading.
     *
     * @param end number of the last acknowledged row
     * @throws IllegalArgumentException if the cursor is not from this reader
     */
    HistoryPage runEntries(HistoryQuery query, Board board, long end) throws SQLException {
        Long[] running = board.domains()
                .valuesIterator()
                .filter(domain -> domain.status() == Status.LOADING)
                .map(DomainStatus::revision)
                .toJavaArray(Long[]::new);
        return page(query, running, end);
    }

    /** @param running revisions of the Loadings that are runs; null for the history */
    private HistoryPage page(HistoryQuery query, Long @Nullable [] running, long end) throws SQLException {
        if (holdsNul(query.app()) || holdsNul(query.domain()) || holdsNul(query.jobId())) {
            return new HistoryPage(List.of(), null);
        }
        try (Connection reader = database.reader()) {
            List<EntryRows.Row> rows = rows(reader, select(reader, query, running, end));
            boolean more = rows.size() > query.limit();
            List<EntryRows.Row> page = more ? rows.subList(0, query.limit()) : rows;
            return new HistoryPage(
                    page.stream().map(EntryRows.Row::entry).toList(),
                    more ? cursor(page.get(page.size() - 1).seq()) : null);
        }
    }

    /** A text of PostgreSQL cannot hold NUL, so no row matches. */
    private static boolean holdsNul(@Nullable String filter) {
        return filter != null && filter.indexOf('\0') >= 0;
    }

    /** A statement with the values of its parameters. */
    record Select(String sql, List<Object> values) {}

    /** Selects one more row than the page has. */
    static Select select(Connection reader, HistoryQuery query, Long @Nullable [] running, long end)
            throws SQLException {
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
        addRowNumbers(sql, values, query, reader, end);
        if (running != null) {
            sql.append(RUNS);
            values.addAll(List.of(Status.OK.label(), Status.WARNING.label(), Outcome.RECORDED.label()));
            values.add(reader.createArrayOf("bigint", running));
        }
        sql.append(" ORDER BY seq DESC LIMIT ").append(query.limit() + 1);
        return new Select(sql.toString(), values);
    }

    private static List<EntryRows.Row> rows(Connection reader, Select select) throws SQLException {
        try (PreparedStatement statement = reader.prepareStatement(select.sql())) {
            Database.bind(statement, select.values().toArray());
            List<EntryRows.Row> rows = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    rows.add(EntryRows.read(found, null));
                }
            }
            return rows;
        }
    }

    /** Limits the numbers of the rows to those that can have the times of receipt. */
    private static void addRowNumbers(
            StringBuilder sql, List<Object> values, HistoryQuery query, Connection reader, long end)
            throws SQLException {
        if (query.since() == null && query.until() == null) {
            return;
        }
        long first = SqlBoards.firstRow(reader);
        if (query.since() != null) {
            filter(
                    sql,
                    values,
                    " AND seq >= ?",
                    firstSince(reader, query.since(), MAX_STEP_BACK.negated(), first, end));
        }
        if (query.until() != null) {
            filter(sql, values, " AND seq < ?", firstSince(reader, query.until(), MAX_STEP_BACK, first, end));
        }
    }

    private static @Nullable Long firstSince(Connection reader, Instant time, Duration later, long first, long end)
            throws SQLException {
        OffsetDateTime searched = Objects.requireNonNull(time(time)).plus(later);
        try (PreparedStatement search = reader.prepareStatement(FIRST_SINCE)) {
            Database.bind(search, first, Math.max(first, end + 1), searched, searched);
            try (ResultSet row = search.executeQuery()) {
                return row.next() ? (Long) row.getLong(1) : null;
            }
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
