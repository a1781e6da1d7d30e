package org.epmpulse.store.postgres;

import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.Optional;
import org.epmpulse.store.Documents;
import org.epmpulse.store.StoreUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Documents in the table {@code document}. Only the active node writes them. Thread-safe. */
public final class SqlDocuments implements Documents {

    private static final Logger LOG = LoggerFactory.getLogger(SqlDocuments.class);

    private final Database database;
    private final ActiveWrites writes;

    /** @param writes of this node */
    public SqlDocuments(Database database, ActiveWrites writes) {
        this.database = database;
        this.writes = writes;
    }

    @Override
    public Optional<byte[]> read(String name) {
        try {
            return database.read(reader -> {
                try (PreparedStatement select =
                        reader.prepareStatement("SELECT content FROM document WHERE name = ?")) {
                    select.setString(1, name);
                    try (ResultSet row = select.executeQuery()) {
                        return row.next() ? Optional.of(row.getBytes(1)) : Optional.empty();
                    }
                }
            });
        } catch (IOException e) {
            throw new StoreUnavailableException("the document cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void write(String name, byte[] content) throws IOException {
        String upsert = "INSERT INTO document (name, content, epoch) VALUES (?, ?, ?)"
                + " ON CONFLICT (name) DO UPDATE SET content = excluded.content, epoch = excluded.epoch";
        writes.run(database, (connection, epoch) -> Database.update(connection, upsert, name, content, epoch));
    }

    /** Under {@code quarantine/}, with the time. */
    @Override
    public void setAside(String name, String reason) throws IOException {
        String kept = "quarantine/" + Instant.now() + "/" + name;
        String rename = "UPDATE document SET name = ? WHERE name = ?";
        writes.run(database, (connection, epoch) -> Database.update(connection, rename, kept, name));
        LOG.error("Document {}: {}; it is kept as {} in the table document", name, reason, kept);
    }
}
