package org.epmpulse.store.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Outcome;
import org.epmpulse.store.NameInterner;
import org.jspecify.annotations.Nullable;

/**
 * The check of all rows of the journal: their numbers and their chain values. The row before the first one may have been
 * deleted by the retention; then the first chain value is taken as it is.
 *
 * @param rows that are intact
 * @param first number of the first row; 0 if there is none
 * @param revision of the last row; 0 if there is none
 * @param problem the first row that is not intact and why; null if all are
 * @param gaps revisions that are missing, because they were missing before the journal was copied to the database
 */
public record ChainVerification(
        long rows, long first, long revision, @Nullable String problem, List<String> gaps) {

    /** More gaps are only counted. */
    private static final int MAX_GAPS = 20;

    public ChainVerification {
        gaps = List.copyOf(gaps);
    }

    /** Whether no row was changed, added or removed. */
    public boolean isIntact() {
        return problem == null;
    }

    /**
     * Reads all rows.
     *
     * @throws IOException if the database does not answer, with a message for the operator
     */
    public static ChainVerification of(Database database) throws IOException {
        return database.readOnce(ChainVerification::of);
    }

    private static ChainVerification of(Connection connection) throws SQLException {
        Reader reader = new Reader();
        try {
            // Names repeat in almost all rows.
            NameInterner names = new NameInterner(new Catalog(Map.of()));
            SqlBoards.rows(connection, 0, Long.MAX_VALUE, names, reader::accept);
        } catch (BrokenChainException e) {
            return reader.result(e.getMessage());
        }
        return reader.result(null);
    }

    /** Ends the reading. */
    private static final class BrokenChainException extends SQLException {
        private static final long serialVersionUID = 1L;

        BrokenChainException(String reason) {
            super(reason);
        }
    }

    private static final class Reader {
        private final List<String> gaps = new ArrayList<>();
        private long rows;
        private long first;
        private long seq;
        private long chain;
        private long revision;

        void accept(EntryRows.Row row) throws SQLException {
            boolean isFirst = rows == 0;
            if (!isFirst && row.seq() != seq + 1) {
                throw new BrokenChainException("rows " + (seq + 1) + " to " + (row.seq() - 1) + " are missing");
            }
            boolean isKnown = !isFirst || row.seq() == 1;
            if (isKnown && EntryRows.chain(chain, row.entry()) != row.chain()) {
                throw new BrokenChainException("row " + row.seq()
                        + " was changed, or the row before it was replaced: its chain value does not match");
            }
            Long next = row.entry().outcome() == Outcome.RECORDED ? row.entry().revision() : null;
            if (next != null) {
                if (revision > 0 && next != revision + 1) {
                    gaps.add((revision + 1) + " to " + (next - 1));
                }
                revision = next;
            }
            first = isFirst ? row.seq() : first;
            seq = row.seq();
            chain = row.chain();
            rows++;
        }

        ChainVerification result(@Nullable String problem) {
            return new ChainVerification(rows, first, revision, problem, gaps);
        }
    }

    /** For people; lines that end with a line feed. */
    public String text() {
        StringBuilder text = new StringBuilder();
        if (rows > 0) {
            text.append(String.format(
                    Locale.ROOT, "Rows %d to %d are intact, up to revision %d.\n", first, first + rows - 1, revision));
        } else if (problem == null) {
            text.append("The journal is empty.\n");
        }
        if (first > 1) {
            text.append("The rows before were deleted, or had been deleted before the copy to the database.\n");
        }
        for (String gap : gaps.subList(0, Math.min(MAX_GAPS, gaps.size()))) {
            text.append("Revisions ").append(gap).append(" were missing before the copy to the database.\n");
        }
        if (gaps.size() > MAX_GAPS) {
            text.append("So were those of ").append(gaps.size() - MAX_GAPS).append(" more places.\n");
        }
        if (problem != null) {
            text.append("NOT INTACT: ")
                    .append(problem)
                    .append(". Somebody has changed the database, or it is damaged: compare it with its backups.\n");
        }
        return text.toString();
    }
}
