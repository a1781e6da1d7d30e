package org.epmpulse.cli;

import java.io.IOException;
import java.util.function.Consumer;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;

/** Starts the service for a command. */
public interface Starter {

    /**
     * Starts the service and returns when it accepts requests.
     *
     * @param demo whether the routes of the site send to no other system and read from none
     * @param started gets the service when all its parts run and it accepts no request yet; a stop that begins then
     *     waits until it does
     * @throws ConfigurationException if the configuration is invalid, so that a restart would fail again
     * @throws IOException if the data folder or the port cannot be used
     */
    RunningService start(Configuration configuration, boolean demo, Consumer<RunningService> started)
            throws IOException, InterruptedException;
}
