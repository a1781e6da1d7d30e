package org.epmpulse.store.journal;

import java.nio.file.Path;
import org.epmpulse.store.StatusStore;
import org.epmpulse.store.StatusStoreContract;
import org.epmpulse.threads.TimeSource;
import org.junit.jupiter.api.io.TempDir;

/** The promises of a store, kept by the one on files. */
class JournalStoreContractTest extends StatusStoreContract {

    @TempDir
    Path folder;

    private DataFolder data;

    @Override
    protected StatusStore open(Parts parts) throws Exception {
        data = DataFolder.open(folder);
        return JournalStatusStore.open(
                data,
                parts.rules(),
                parts.catalog(),
                new JournalStatusStore.Retention(400, 10_000_000_000L),
                TimeSource.system(),
                parts.changes(),
                parts.meters(),
                parts.threads());
    }

    @Override
    protected void close(StatusStore opened) {
        opened.close();
        data.close();
    }
}
