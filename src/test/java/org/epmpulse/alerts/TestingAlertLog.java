package org.epmpulse.alerts;

import java.io.IOException;
import java.io.UncheckedIOException;

/** An {@link AlertLog} in memory that fails when a test says so. */
final class TestingAlertLog implements AlertLog {

    volatile AlertState kept;
    volatile boolean writable = true;
    volatile int writes;

    @Override
    public AlertState read() {
        return kept;
    }

    @Override
    public synchronized void write(AlertState state) throws IOException {
        if (!writable) {
            throw new IOException("disk full");
        }
        kept = state;
        writes++;
    }

    @Override
    public void setAside(String reason) {
        throw new UncheckedIOException(new IOException("nothing is damaged"));
    }
}
