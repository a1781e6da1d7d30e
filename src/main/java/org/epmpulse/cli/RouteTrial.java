package org.epmpulse.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;
import org.jspecify.annotations.Nullable;

/** Runs one file of routes without a service and without sending anything. */
public interface RouteTrial {

    /**
     * What the routes get.
     *
     * @param updates JSON objects of updates, or arrays of them, to be recorded one after the other; if empty, a sample is
     *     recorded for routes that read changes or alerts
     * @param body for the routes that read from anything else; null for none
     * @param headers of that message
     * @param timeout how long a route may take to get its message and to process it
     */
    record Messages(List<String> updates, @Nullable String body, Map<String, String> headers, Duration timeout) {}

    /**
     * Runs a file and prints what its routes do.
     *
     * @param routes the folder of the shipped routes
     * @return whether each route that reads from outside of the file got a message, and none failed
     * @throws ConfigurationException if the file cannot be loaded
     * @throws IOException if the temporary folder cannot be written
     */
    boolean run(Configuration configuration, Path routes, Path file, Messages messages, PrintWriter out)
            throws IOException, InterruptedException;
}
