package org.epmpulse.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import org.epmpulse.cli.Demo;
import org.epmpulse.cli.Starter;

/** The demo of a close night, which the command {@code demo} loads as a service. */
public final class CloseNightDemo implements Demo {

    @Override
    public void start(Starter starter, Map<String, String> environment, Map<String, String> overrides, PrintWriter out)
            throws IOException, InterruptedException {
        RunningDemo.start(starter, environment, overrides, out);
    }
}
