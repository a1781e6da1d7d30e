package org.epmpulse.store.postgres;

import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.UUID;
import org.epmpulse.cluster.Receipts;

/** Receipts in the table {@code receipt}. Thread-safe. */
public final class SqlReceipts implements Receipts {

    private static final String REMOVE_OLD = "DELETE FROM receipt WHERE sent < clock_timestamp() - interval '1 day'";

    private final Database database;

    public SqlReceipts(Database database) {
        this.database = database;
    }

    @Override
    public void add(UUID claim) throws IOException {
        String insert = "INSERT INTO receipt (claim, sent) VALUES (?, clock_timestamp()) ON CONFLICT DO NOTHING";
        database.write(connection -> {
            Database.update(connection, REMOVE_OLD);
            return Database.update(connection, insert, claim);
        });
    }

    @Override
    public boolean contains(UUID claim) throws IOException {
        return database.read(reader -> {
            try (PreparedStatement select = reader.prepareStatement("SELECT 1 FROM receipt WHERE claim = ?")) {
                select.setObject(1, claim);
                try (ResultSet row = select.executeQuery()) {
                    return row.next();
                }
            }
        });
    }
}
