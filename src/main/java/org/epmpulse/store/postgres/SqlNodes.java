package org.epmpulse.store.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.epmpulse.cluster.Nodes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running nodes, in the table {@code node}: each writes its row every {@link #INTERVAL}. Thread-safe. */
public final class SqlNodes implements Nodes {

    private static final Logger LOG = LoggerFactory.getLogger(SqlNodes.class);

    /** Interval at which {@link #beat} is to be called. */
    public static final Duration INTERVAL = Duration.ofSeconds(2);

    /** A node that has not written for so long is not running, by the clock of the database. */
    static final int GONE_SECONDS = 6;

    /** Rows of nodes that ended without removing them are kept for a day. */
    private static final String REMOVE_OLD = "DELETE FROM node WHERE seen < clock_timestamp() - interval '1 day'";

    private static final String UPSERT = "INSERT INTO node (id, name, version, configuration, beats, seq, seen, state)"
            + " VALUES (?, ?, ?, ?, 1, ?, clock_timestamp(), ?) ON CONFLICT (id) DO UPDATE SET beats = node.beats + 1,"
            + " seq = excluded.seq, seen = excluded.seen, state = excluded.state";

    private static final String RUNNING = "SELECT node.name, version, configuration,"
            + " CASE WHEN id = holder THEN 'active' ELSE state END FROM node CROSS JOIN lease"
            + " WHERE lease.name = 'active' AND seen > clock_timestamp() - interval '" + GONE_SECONDS + " seconds'"
            + " ORDER BY node.name, id";

    private final Database database;
    private final UUID id;
    private final Self self;
    private final LongSupplier sequence;
    private volatile State state = State.STARTING;
    private volatile List<Node> known = List.of();
    private boolean removed;

    /** Only for logging the first of several failures. */
    private boolean failing;

    /**
     * What this node writes about itself.
     *
     * @param configuration what must be the same on all nodes
     */
    public record Self(String name, String version, String configuration) {}

    /**
     * @param id of this process
     * @param sequence number of the last row of the journal that this node knows
     */
    public SqlNodes(Database database, UUID id, Self self, LongSupplier sequence) {
        this.database = database;
        this.id = id;
        this.self = self;
        this.sequence = sequence;
    }

    @Override
    public List<Node> list() {
        return known;
    }

    /** Changes the state of this node; the others see it at once. */
    public void become(State next) {
        state = next;
        beat();
    }

    /** Writes this node's row and reads those of the others. Without the database only this node is known. */
    public synchronized void beat() {
        if (removed) {
            return;
        }
        try (Connection connection = database.writable()) {
            upsert(connection);
            try (PreparedStatement remove = connection.prepareStatement(REMOVE_OLD)) {
                remove.executeUpdate();
            }
            List<Node> nodes = running(connection);
            connection.commit();
            known = nodes;
            failing = false;
        } catch (SQLException e) {
            known = List.of(new Node(self.name(), state, self.version(), self.configuration()));
            report("writing the row of this node", e);
        }
    }

    private void upsert(Connection connection) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
            upsert.setObject(1, id);
            upsert.setString(2, self.name());
            upsert.setString(3, self.version());
            upsert.setString(4, self.configuration());
            upsert.setLong(5, sequence.getAsLong());
            upsert.setString(6, state.name().toLowerCase(Locale.ROOT));
            upsert.executeUpdate();
        }
    }

    static List<Node> running(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(RUNNING);
                ResultSet row = select.executeQuery()) {
            List<Node> nodes = new ArrayList<>();
            while (row.next()) {
                nodes.add(new Node(
                        row.getString(1),
                        State.valueOf(row.getString(4).toUpperCase(Locale.ROOT)),
                        row.getString(2),
                        row.getString(3)));
            }
            return nodes;
        }
    }

    /** Removes this node's row, when it stops. */
    public synchronized void remove() {
        removed = true;
        try (Connection connection = database.writable();
                PreparedStatement delete = connection.prepareStatement("DELETE FROM node WHERE id = ?")) {
            delete.setObject(1, id);
            delete.executeUpdate();
            connection.commit();
        } catch (SQLException e) {
            report("removing the row of this node", e);
        }
    }

    private void report(String what, SQLException e) {
        if (!failing) {
            LOG.warn("Cluster: {} failed: the database: {}; other nodes do not see it", what, Database.describe(e));
        }
        failing = true;
    }
}
