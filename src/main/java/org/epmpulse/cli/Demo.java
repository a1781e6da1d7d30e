package org.epmpulse.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;

/** The demo, which is in a jar of its own: {@code demo} finds it as a {@link java.util.ServiceLoader} does. */
public interface Demo {

    /**
     * Starts a demo, says where it is to be seen, and returns. The demo ends with the process.
     *
     * @param environment the variables of the process
     * @param overrides what the command line says, by the names of the variables; wins over the environment
     * @throws IOException if the port is taken or the data folder is not a demo's
     */
    void start(Starter starter, Map<String, String> environment, Map<String, String> overrides, PrintWriter out)
            throws IOException, InterruptedException;
}
