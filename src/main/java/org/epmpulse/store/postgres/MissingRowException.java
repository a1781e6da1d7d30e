package org.epmpulse.store.postgres;

import java.sql.SQLException;

/** The journal lacks a row that should be there: the database has lost rows, or somebody has deleted them. */
final class MissingRowException extends SQLException {

    private static final long serialVersionUID = 1;

    /** @param seq number of the row */
    MissingRowException(long seq) {
        super("the journal has no row " + seq, "55000");
    }
}
