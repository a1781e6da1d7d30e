package org.epmpulse.store.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.NotActiveException;

/**
 * Lets only the active node write what is the active node's, also if it was paused since it last looked: each such
 * transaction holds the row of the lease, in the epoch in which this node became active. Thread-safe.
 */
public final class ActiveWrites {

    private static final String HOLDS =
            "SELECT 1 FROM lease WHERE name = 'active' AND holder = ? AND epoch = ? FOR SHARE";

    private final UUID node;
    private final Activity activity;

    /**
     * @param node id of this process, with which it takes the lease
     * @param activity of this node
     */
    public ActiveWrites(UUID node, Activity activity) {
        this.node = node;
        this.activity = activity;
    }

    /** Whether this node is active, as far as it knows. */
    boolean active() {
        return activity.active();
    }

    /** In which this node is active; 0 if it is not. */
    long epoch() {
        return activity.epoch();
    }

    /** Writes in a transaction. */
    interface Write {
        void run(Connection connection, long epoch) throws SQLException, IOException;
    }

    /**
     * Runs a transaction of the active node.
     *
     * @throws NotActiveException if this node is not the active one; nothing was written
     * @throws IOException if the database does not answer; nothing was written, unless it failed at the end
     */
    void run(Database database, Write write) throws IOException {
        long epoch = activity.epoch();
        if (epoch == 0) {
            throw new NotActiveException();
        }
        database.write(connection -> {
            require(connection, epoch);
            write.run(connection, epoch);
            return true;
        });
    }

    private void require(Connection connection, long epoch) throws SQLException, NotActiveException {
        try (PreparedStatement select = connection.prepareStatement(HOLDS)) {
            select.setObject(1, node);
            select.setLong(2, epoch);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new NotActiveException();
                }
            }
        }
    }
}
