package org.epmpulse.store.postgres;

import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.HashMap;
import java.util.Map;
import org.epmpulse.cluster.SharedViews;

/** Views of the active node in the table {@code shared_view}. Thread-safe. */
public final class SqlSharedViews implements SharedViews {

    private final Database database;
    private final ActiveWrites writes;

    /** @param writes of this node */
    public SqlSharedViews(Database database, ActiveWrites writes) {
        this.database = database;
        this.writes = writes;
    }

    @Override
    public void publish(String name, String json) throws IOException {
        String upsert = "INSERT INTO shared_view (name, version, content) VALUES (?, 1, ?) ON CONFLICT (name)"
                + " DO UPDATE SET version = shared_view.version + 1, content = excluded.content";
        writes.run(database, (connection, epoch) -> Database.update(connection, upsert, name, json));
    }

    @Override
    public Map<String, String> read() throws IOException {
        return database.read(reader -> {
            Map<String, String> views = new HashMap<>();
            try (PreparedStatement select = reader.prepareStatement("SELECT name, content FROM shared_view");
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    views.put(row.getString(1), row.getString(2));
                }
            }
            return views;
        });
    }
}
