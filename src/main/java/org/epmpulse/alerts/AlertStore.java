package org.epmpulse.alerts;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Stores which alerts were sent and which are pending, for the next start. For one caller at a time. */
public interface AlertStore {

    /** Stores nothing, for routes that are only checked. */
    AlertStore NONE = new AlertStore() {
        @Override
        public @Nullable AlertState read() {
            return null;
        }

        @Override
        public void write(AlertState state) {}

        @Override
        public void quarantine(String reason) {}
    };

    /**
     * The state that was written last; null if there is none.
     *
     * @throws IOException if it cannot be read or parsed
     */
    @Nullable
    AlertState read() throws IOException;

    /** Replaces the stored state; if this fails, the old state stays. */
    void write(AlertState state) throws IOException;

    /** Moves a damaged state to quarantine, where a person can inspect it. */
    void quarantine(String reason) throws IOException;
}
