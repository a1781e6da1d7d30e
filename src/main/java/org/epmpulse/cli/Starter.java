package org.epmpulse.cli;

import java.io.IOException;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;

/** Starts the service for a command. */
public interface Starter {

    /**
     * Starts the service and returns when it accepts requests.
     *
     * @param demo whether the routes of the site send to no other system and read from none
     * @throws ConfigurationException if the configuration is invalid, so that a restart would fail again
     * @throws IOException if the data folder or the port cannot be used
     */
    RunningService start(Configuration configuration, boolean demo) throws IOException, InterruptedException;
}
