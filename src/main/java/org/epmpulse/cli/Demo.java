package org.epmpulse.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The demo. It is in a separate jar, which {@code demo} loads by {@link java.util.ServiceLoader}. */
public interface Demo {

    /**
     * Starts a demo, prints its addresses and returns. The demo stops with the process.
     *
     * @param environment the variables of the process
     * @param routes the folder of the shipped routes, unless the environment sets another one; null for the one in the
     *     working folder
     * @param site whether to run the routes of its {@code site} folder, too; they send and read nothing
     * @param overrides values of the command line by the name of the setting; they win over the environment
     * @throws IOException if the port is in use or the data folder is not one of a demo
     */
    void start(
            Starter starter,
            Map<String, String> environment,
            @Nullable Path routes,
            boolean site,
            Map<String, String> overrides,
            PrintWriter out)
            throws IOException, InterruptedException;
}
