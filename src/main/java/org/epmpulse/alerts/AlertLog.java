package org.epmpulse.alerts;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Keeps over restarts what channels were sent and what is pending for them. For one caller at a time. */
public interface AlertLog {

    /** Keeps nothing, for routes that are only looked at. */
    AlertLog NONE = new AlertLog() {
        @Override
        public @Nullable AlertState read() {
            return null;
        }

        @Override
        public void write(AlertState state) {}

        @Override
        public void setAside(String reason) {}
    };

    /**
     * What was written last; null if nothing was.
     *
     * @throws IOException if it cannot be read or understood
     */
    @Nullable
    AlertState read() throws IOException;

    /** Keeps the state in the place of the one before, which stays if this fails. */
    void write(AlertState state) throws IOException;

    /** Keeps what cannot be understood for a person to look at. */
    void setAside(String reason) throws IOException;
}
