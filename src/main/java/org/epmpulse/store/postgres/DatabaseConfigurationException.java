package org.epmpulse.store.postgres;

import java.io.IOException;

/** The database cannot be used until somebody changes it or the settings. */
public final class DatabaseConfigurationException extends IOException {

    private static final long serialVersionUID = 1;

    /** @param message for the operator */
    public DatabaseConfigurationException(String message) {
        super(message);
    }
}
