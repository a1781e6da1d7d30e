package org.epmpulse.cli;

import java.io.IOException;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;

/** Starts the service for a command. */
public interface Starter {

    /**
     * Starts it and returns when requests are let in.
     *
     * @throws ConfigurationException if starting again would not help
     * @throws IOException if the data folder or the port cannot be used
     */
    RunningService start(Configuration configuration) throws IOException, InterruptedException;
}
