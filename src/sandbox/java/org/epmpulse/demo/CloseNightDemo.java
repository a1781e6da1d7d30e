package org.epmpulse.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import org.epmpulse.cli.Demo;
import org.epmpulse.cli.Starter;
import org.jspecify.annotations.Nullable;

/** The demo of a close night, which the command {@code demo} loads as a service. */
public final class CloseNightDemo implements Demo {

    @Override
    public void start(
            Starter starter,
            Map<String, String> environment,
            @Nullable Path routes,
            boolean site,
            Map<String, String> overrides,
            PrintWriter out)
            throws IOException, InterruptedException {
        RunningDemo.start(starter, environment, routes, site, overrides, out);
    }
}
