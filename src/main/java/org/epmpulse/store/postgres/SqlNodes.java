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

    /** Removes the rows of nodes that ended without removing them, after a day. */
    static final String REMOVE_OLD = "DELETE FROM node WHERE seen < clock_timestamp() - interval '1 day'";

    private static final String SELECT =
            "SELECT node.name, version, configuration," + " CASE WHEN id = holder THEN 'active' ELSE state END FROM ";

    private static final String SEEN = "seen > clock_timestamp() - interval '" + GONE_SECONDS + " seconds'";

    private static final String ORDERED = " CROSS JOIN lease WHERE lease.name = 'active' ORDER BY node.name, id";

    private static final String RUNNING = SELECT + "(SELECT * FROM node WHERE " + SEEN + ") AS node" + ORDERED;

    /** Writes the row of this node and reads those of the others; a statement does not see what it has written itself. */
    private static final String BEAT =
            "WITH own AS (INSERT INTO node (id, name, version, configuration, beats, seq, seen,"
                    + " state) VALUES (?, ?, ?, ?, 1, ?, clock_timestamp(), ?) ON CONFLICT (id) DO UPDATE SET"
                    + " beats = node.beats + 1, seq = excluded.seq, seen = excluded.seen, state = excluded.state RETURNING *) "
                    + SELECT + "(SELECT * FROM own UNION ALL SELECT * FROM node WHERE id <> ? AND " + SEEN + ") AS node"
                    + ORDERED;

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
        try {
            known = database.single(this::beat);
            failing = false;
        } catch (SQLException e) {
            known = List.of(new Node(self.name(), state, self.version(), self.configuration()));
            report("writing the row of this node", e);
        }
    }

    private List<Node> beat(Connection connection) throws SQLException {
        try (PreparedStatement beat = connection.prepareStatement(BEAT)) {
            Database.bind(
                    beat,
                    id,
                    self.name(),
                    self.version(),
                    self.configuration(),
                    sequence.getAsLong(),
                    state.name().toLowerCase(Locale.ROOT),
                    id);
            return nodes(beat);
        }
    }

    static List<Node> running(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(RUNNING)) {
            return nodes(select);
        }
    }

    private static List<Node> nodes(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
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
        try {
            database.single(connection -> Database.update(connection, "DELETE FROM node WHERE id = ?", id));
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
