package org.epmpulse.store.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The blocks of the journal, see {@link JournalBlocks}.
 *
 * @param numbers of the blocks, in their order
 * @param bytes on disk of all blocks, with indexes
 * @param last number of the last row; 0 if there is none
 */
record JournalSpace(List<Long> numbers, long bytes, long last) {

    private static final String BLOCKS = "SELECT substring(relname FROM 'journal_(\\d+)$')::bigint,"
            + " pg_total_relation_size(inhrelid), (SELECT coalesce(max(seq), 0) FROM journal) FROM pg_inherits"
            + " JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'journal'::regclass ORDER BY 1";

    JournalSpace {
        numbers = List.copyOf(numbers);
    }

    static JournalSpace of(Connection connection) throws SQLException {
        List<Long> numbers = new ArrayList<>();
        long bytes = 0;
        long last = 0;
        try (PreparedStatement select = connection.prepareStatement(BLOCKS);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                numbers.add(row.getLong(1));
                bytes += row.getLong(2);
                last = row.getLong(3);
            }
        }
        return new JournalSpace(numbers, bytes, last);
    }

    int blocks() {
        return numbers.size();
    }

    /** Blocks after the one in use. */
    long ahead() {
        long used = JournalBlocks.of(Math.max(1, last));
        return numbers.stream().filter(block -> block > used).count();
    }
}
