package org.epmpulse.store.postgres;

import java.util.UUID;
import org.epmpulse.cluster.Activity;
import org.epmpulse.store.StatusStore;
import org.epmpulse.store.StatusStoreContract;
import org.epmpulse.threads.TimeSource;

/** The promises of a store, kept by the one in PostgreSQL. */
class SqlStatusStoreTest extends StatusStoreContract {

    private DatabaseSettings settings;
    private Database database;

    @Override
    protected StatusStore open(Parts parts) throws Exception {
        if (settings == null) {
            settings = TestingPostgres.newSchema();
        }
        database = new Database(settings, parts.meters());
        return SqlStatusStore.open(
                database,
                new ActiveWrites(UUID.randomUUID(), Activity.ALWAYS),
                new SqlStatusStore.Parts(
                        parts.rules(),
                        parts.catalog(),
                        new SqlRetention.Limits(400, Long.MAX_VALUE),
                        TimeSource.system(),
                        parts.changes(),
                        (key, updates) -> {},
                        parts.meters(),
                        parts.threads()));
    }

    @Override
    protected void close(StatusStore opened) {
        opened.close();
        database.close();
    }
}
