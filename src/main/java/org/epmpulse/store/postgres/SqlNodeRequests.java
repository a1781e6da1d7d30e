package org.epmpulse.store.postgres;

import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.epmpulse.cluster.NodeRequests;
import org.jspecify.annotations.Nullable;

/** Requests of any node to the active one, in the table {@code request}. Thread-safe. */
public final class SqlNodeRequests implements NodeRequests {

    private static final String MAX_AGE = "interval '5 minutes'";

    /** Condition of the requests that wait for a reply. */
    static final String OPEN = "reply IS NULL AND asked >= clock_timestamp() - " + MAX_AGE;

    private final Database database;
    private final ActiveWrites writes;
    private final SqlStatusStore store;

    /**
     * @param writes of this node
     * @param store whose looks say whether there are requests
     */
    public SqlNodeRequests(Database database, ActiveWrites writes, SqlStatusStore store) {
        this.database = database;
        this.writes = writes;
        this.store = store;
    }

    @Override
    public UUID add(Kind kind, @Nullable String channel) throws IOException {
        UUID id = UUID.randomUUID();
        database.write(connection -> {
            Database.update(connection, "DELETE FROM request WHERE asked < clock_timestamp() - " + MAX_AGE);
            return Database.update(
                    connection,
                    "INSERT INTO request (id, kind, channel, asked) VALUES (?, ?, ?, clock_timestamp())",
                    id,
                    kind.label(),
                    channel);
        });
        return id;
    }

    @Override
    public @Nullable String reply(UUID id) throws IOException {
        List<String> replies = database.read(reader -> {
            try (PreparedStatement select =
                    reader.prepareStatement("SELECT reply FROM request WHERE id = ? AND reply IS NOT NULL")) {
                select.setObject(1, id);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? List.of(row.getString(1)) : List.<String>of();
                }
            }
        });
        return replies.isEmpty() ? null : replies.get(0);
    }

    @Override
    public List<Request> open() throws IOException {
        Signals signals = store.signals();
        if (signals != null && !signals.requests()) {
            return List.of();
        }
        String sql = "SELECT id, kind, channel FROM request WHERE " + OPEN + " ORDER BY asked, id";
        return database.read(reader -> {
            List<Request> requests = new ArrayList<>();
            try (PreparedStatement select = reader.prepareStatement(sql);
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String label = row.getString(2);
                    UUID id = row.getObject(1, UUID.class);
                    String channel = row.getString(3);
                    // A newer node may ask for what this one does not know.
                    Arrays.stream(Kind.values())
                            .filter(kind -> kind.label().equals(label))
                            .forEach(kind -> requests.add(new Request(id, kind, channel)));
                }
            }
            return requests;
        });
    }

    @Override
    public void reply(UUID id, String text) throws IOException {
        writes.run(
                database,
                (connection, epoch) ->
                        Database.update(connection, "UPDATE request SET reply = ? WHERE id = ?", text, id));
    }
}
