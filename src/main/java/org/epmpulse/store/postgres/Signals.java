package org.epmpulse.store.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What the look at the end of the journal says of other tables, so that they are read only when they have changed.
 *
 * @param generation of the store; versions of another one say nothing
 * @param views grows with each change of a shared view
 * @param requests whether a request of a node waits for a reply
 */
record Signals(long generation, long views, boolean requests) {

    /** Columns of a query, see {@link #read}. */
    static final String COLUMNS = "(SELECT coalesce(sum(version), 0)::bigint FROM shared_view), EXISTS (SELECT 1 FROM"
            + " request WHERE " + SqlNodeRequests.OPEN + ")";

    /** @param column number of the first of the {@link #COLUMNS} */
    static Signals read(ResultSet row, int column, long generation) throws SQLException {
        return new Signals(generation, row.getLong(column), row.getBoolean(column + 1));
    }
}
