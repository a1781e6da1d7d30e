package org.epmpulse.store.postgres;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.epmpulse.status.Answer;
import org.epmpulse.status.AnswerKind;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Sha256;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.NameInterner;
import org.epmpulse.store.journal.JournalLine;
import org.jspecify.annotations.Nullable;

/** Maps entries to rows of the table {@code journal} and back. */
final class EntryRows {

    /** The columns that {@link #read} needs, in its order. */
    static final String COLUMNS = "seq, revision, received, app, domain, status, job_id, message, stamped, epm_job_id,"
            + " source, key_name, outcome, started, duration_sec, idempotency_key, body_sha256, batch, part, parts,"
            + " chain, node, url, kind, until, reason, answered_by, route";

    /**
     * The columns in the order of {@link #COLUMNS}.
     *
     * @param type for PostgreSQL
     * @param jdbcType one of {@link Types}
     */
    private record Column(String type, int jdbcType, Function<Row, @Nullable Object> value) {

        static Column bigint(Function<Row, @Nullable Object> value) {
            return new Column("bigint", Types.BIGINT, value);
        }

        static Column integer(Function<Row, @Nullable Object> value) {
            return new Column("int", Types.INTEGER, value);
        }

        static Column text(Function<Row, @Nullable Object> value) {
            return new Column("text", Types.VARCHAR, value);
        }

        static Column time(Function<Row, @Nullable Instant> value) {
            return new Column("timestamptz", Types.TIMESTAMP_WITH_TIMEZONE, value::apply);
        }
    }

    private static final List<Column> INSERTED = List.of(
            Column.bigint(Row::seq),
            Column.bigint(row -> row.entry().revision()),
            Column.time(row -> row.entry().received()),
            Column.text(row -> row.entry().id().app()),
            Column.text(row -> row.entry().id().domain()),
            Column.text(row -> row.entry().status().label()),
            Column.text(row -> row.entry().jobId()),
            Column.text(row -> row.entry().message()),
            Column.time(row -> row.entry().timestamp()),
            Column.text(row -> row.entry().epmJobId()),
            Column.text(row -> row.entry().source().label()),
            Column.text(row -> row.entry().key()),
            Column.text(row -> row.entry().outcome().label()),
            Column.time(row -> row.entry().started()),
            Column.bigint(row -> row.entry().durationSec()),
            Column.text(row -> idempotency(row, Idempotency::key)),
            Column.text(row -> idempotency(row, Idempotency::bodySha256)),
            Column.text(row -> row.entry().batch()),
            Column.integer(row -> place(row, Entry.Place::part)),
            Column.integer(row -> place(row, Entry.Place::of)),
            Column.bigint(Row::chain),
            Column.text(Row::node),
            Column.text(row -> row.entry().url()),
            Column.text(row -> answer(row, answer -> answer.kind().label())),
            Column.time(row -> answer(row, Answer::until)),
            Column.text(row -> answer(row, Answer::reason)),
            Column.text(row -> answer(row, Answer::by)),
            Column.text(row -> row.entry().route()));

    /** Inserts all rows of arrays, one per column; see {@link #bind}. */
    static final String INSERT = "INSERT INTO journal (" + COLUMNS + ") SELECT * FROM unnest("
            + parameters(column -> "?::" + column.type() + "[]") + ") AS rows";

    /** Inserts one row, in half the time; see {@link #bindOne}. */
    static final String INSERT_ONE = "INSERT INTO journal (" + COLUMNS + ") VALUES (" + parameters(column -> "?") + ")";

    private static String parameters(Function<Column, String> parameter) {
        return INSERTED.stream().map(parameter).collect(Collectors.joining(", "));
    }

    /**
     * A row.
     *
     * @param chain chain value, see {@link #chain}
     * @param node name of the node that wrote it
     */
    record Row(long seq, Entry entry, long chain, String node) {}

    private EntryRows() {}

    /**
     * The entry in the current row.
     *
     * @param names shared by the entries that stay in memory; null for entries that do not
     */
    static Row read(ResultSet row, @Nullable NameInterner names) throws SQLException {
        String app = row.getString(4);
        String domain = row.getString(5);
        String key = row.getString(12);
        String route = row.getString(28);
        String label = row.getString(6);
        Status status = Status.ofLabel(label);
        if (status == null) {
            throw new SQLException("the journal has an unknown status: " + label);
        }
        ValidatedUpdate update = new ValidatedUpdate(
                names == null ? new DomainId(app, domain) : names.id(app, domain),
                status,
                row.getString(7),
                row.getString(8),
                instant(row, 9),
                row.getString(10),
                Source.ofLabel(row.getString(11)),
                names == null ? key : names.text(key),
                row.getString(23),
                names == null ? route : names.text(route));
        String idempotencyKey = row.getString(16);
        String batch = row.getString(18);
        Entry entry = new Entry(
                update,
                row.getObject(3, OffsetDateTime.class).toInstant(),
                Outcome.ofLabel(row.getString(13)),
                number(row, 2),
                instant(row, 14),
                number(row, 15),
                idempotencyKey == null ? null : new Idempotency(idempotencyKey, row.getString(17)),
                batch == null ? null : new Entry.Place(batch, row.getInt(19), row.getInt(20)),
                answer(row));
        return new Row(row.getLong(1), entry, row.getLong(21), row.getString(22));
    }

    private static @Nullable Answer answer(ResultSet row) throws SQLException {
        String kind = row.getString(24);
        return kind == null
                ? null
                : new Answer(AnswerKind.ofLabel(kind), instant(row, 25), row.getString(26), row.getString(27));
    }

    private static @Nullable Long number(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : (Long) value;
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    /**
     * Sets the parameters of {@link #INSERT}.
     *
     * @param rows at least one
     */
    static void bind(PreparedStatement insert, List<Row> rows) throws SQLException {
        Connection connection = insert.getConnection();
        int parameter = 1;
        for (Column column : INSERTED) {
            Object[] values = new Object[rows.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = column.value().apply(rows.get(i));
            }
            insert.setArray(parameter++, connection.createArrayOf(column.type(), values));
        }
    }

    /** Sets the parameters of {@link #INSERT_ONE}. */
    static void bindOne(PreparedStatement insert, Row row) throws SQLException {
        int parameter = 1;
        for (Column column : INSERTED) {
            Object value = column.value().apply(row);
            insert.setObject(
                    parameter++,
                    value instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : value,
                    column.jdbcType());
        }
    }

    private static @Nullable String idempotency(Row row, Function<Idempotency, String> field) {
        Idempotency idempotency = row.entry().idempotency();
        return idempotency == null ? null : field.apply(idempotency);
    }

    private static <T> @Nullable T answer(Row row, Function<Answer, @Nullable T> field) {
        Answer answer = row.entry().answer();
        return answer == null ? null : field.apply(answer);
    }

    private static int place(Row row, Function<Entry.Place, Integer> field) {
        Entry.Place place = row.entry().place();
        return place == null ? 0 : field.apply(place);
    }

    /**
     * Numbers the entries and chains them.
     *
     * @param seq of the last row
     * @param chain of the last row; 0 before the first row
     * @param node name of this node
     */
    static List<Row> rows(List<Entry> entries, long seq, long chain, String node) {
        List<Row> rows = new ArrayList<>(entries.size());
        MessageDigest digest = Sha256.digest();
        long lastChain = chain;
        long lastSeq = seq;
        for (Entry entry : entries) {
            lastChain = chain(digest, lastChain, entry);
            lastSeq++;
            rows.add(new Row(lastSeq, entry, lastChain, node));
        }
        return rows;
    }

    /**
     * The chain value of a row: two databases with equal chain values at a row have equal rows up to it.
     *
     * @param before chain value of the row before
     * @return the first 8 bytes of the SHA-256 of {@code before} and the entry's line of JSON
     */
    static long chain(long before, Entry entry) {
        return chain(Sha256.digest(), before, entry);
    }

    private static long chain(MessageDigest digest, long before, Entry entry) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        JournalLine.write(entry, line);
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(before).flip());
        return ByteBuffer.wrap(digest.digest(line.toByteArray())).getLong();
    }
}
