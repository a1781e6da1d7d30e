package org.epmpulse.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.epmpulse.config.Setting;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = "Runs the service with a simulated EPM and Slack and repeats a close night of one minute. Needs"
                + " no configuration and connects to no other system.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    private static final String ROUTES_DIR = Setting.EPMPULSE_ROUTES_DIR.name();

    private final Starter starter;

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Spec
    private @Nullable CommandSpec spec;

    DemoCommand(Starter starter) {
        this.starter = starter;
    }

    @Override
    public Integer call() {
        PrintWriter out =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        return Startup.execute(spec, () -> {
            Map<String, String> environment = withRoutes(System.getenv(), Installation.routes());
            demo().start(starter, environment, listen.overrides(), out);
        });
    }

    /** The variables with {@code EPMPULSE_ROUTES_DIR} set to these routes, unless they set it themselves. */
    static Map<String, String> withRoutes(Map<String, String> variables, @Nullable Path routes) {
        Map<String, String> result = new HashMap<>(variables);
        if (routes != null && variables.getOrDefault(ROUTES_DIR, "").isBlank()) {
            result.put(ROUTES_DIR, routes.toString());
        }
        return result;
    }

    private static Demo demo() throws IOException {
        return ServiceLoader.load(Demo.class)
                .findFirst()
                .orElseThrow(
                        () -> new IOException("demo: lib/epmpulse-sandbox.jar not found (copy it from the release)"));
    }
}
