package org.epmpulse.store.postgres;

import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.epmpulse.cluster.ListenerPositions;

/** Positions of listeners in the table {@code listener}. Thread-safe. */
public final class SqlListenerPositions implements ListenerPositions {

    private final Database database;
    private final ActiveWrites writes;
    private final LongSupplier generation;

    /**
     * @param writes of this node
     * @param generation of the store; a revision of another generation says nothing
     */
    public SqlListenerPositions(Database database, ActiveWrites writes, LongSupplier generation) {
        this.database = database;
        this.writes = writes;
        this.generation = generation;
    }

    @Override
    public OptionalLong read(String listener) throws IOException {
        return database.read(reader -> {
            try (PreparedStatement select =
                    reader.prepareStatement("SELECT revision FROM listener WHERE name = ? AND generation = ?")) {
                select.setString(1, listener);
                select.setLong(2, generation.getAsLong());
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
                }
            }
        });
    }

    /** The table is in the same database as the journal, so a restore takes back both. */
    @Override
    public OptionalLong readDurable(String listener) throws IOException {
        return database.read(reader -> {
            try (PreparedStatement select = reader.prepareStatement("SELECT revision FROM listener WHERE name = ?")) {
                select.setString(1, listener);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
                }
            }
        });
    }

    @Override
    public void write(String listener, long revision) throws IOException {
        String upsert =
                "INSERT INTO listener (name, revision, generation, epoch) VALUES (?, ?, ?, ?) ON CONFLICT (name)"
                        + " DO UPDATE SET revision = excluded.revision, generation = excluded.generation,"
                        + " epoch = excluded.epoch";
        writes.run(
                database,
                (connection, epoch) ->
                        Database.update(connection, upsert, listener, revision, generation.getAsLong(), epoch));
    }
}
