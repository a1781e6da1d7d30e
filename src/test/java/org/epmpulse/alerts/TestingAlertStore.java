package org.epmpulse.alerts;

import java.io.IOException;
import java.io.UncheckedIOException;

/** An {@link AlertStore} in memory that fails on demand. */
final class TestingAlertStore implements AlertStore {

    volatile AlertState stored;
    volatile boolean writable = true;
    volatile int writes;

    @Override
    public AlertState read() {
        return stored;
    }

    @Override
    public synchronized void write(AlertState state) throws IOException {
        if (!writable) {
            throw new IOException("disk full");
        }
        stored = state;
        writes++;
    }

    @Override
    public void quarantine(String reason) {
        throw new UncheckedIOException(new IOException("nothing is damaged"));
    }
}
