package org.epmpulse.cli;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.Setting;
import org.epmpulse.config.Variables;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = "Runs the service with a simulated EPM and Slack and repeats a close night of one minute. Needs"
                + " no configuration and connects to no other system.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    private final Starter starter;

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Option(
            names = "--site",
            description =
                    "Also run the routes of routes/site/. What they would send is logged instead; those that read from"
                            + " another system are not started.")
    private boolean site;

    @Spec
    private @Nullable CommandSpec spec;

    DemoCommand(Starter starter) {
        this.starter = starter;
    }

    @Override
    public Integer call() {
        CommandLine command = Objects.requireNonNull(spec, "picocli sets it").commandLine();
        return Startup.execute(command.getErr(), () -> {
            refuseDatabase(System.getenv());
            demo().start(starter, System.getenv(), Installation.routes(), site, listen.overrides(), command.getOut());
        });
    }

    /** The demo would fill the tables of the real service with invented updates. */
    private static void refuseDatabase(Map<String, String> environment) {
        String name = Setting.EPMPULSE_DATABASE_URL.name();
        if (Variables.of(environment, Map.of()).get(name) != null) {
            throw new ConfigurationException(name, "demo keeps its updates in files (unset it)");
        }
    }

    private static Demo demo() throws IOException {
        return ServiceLoader.load(Demo.class)
                .findFirst()
                .orElseThrow(
                        () -> new IOException("demo: lib/epmpulse-sandbox.jar not found (copy it from the release)"));
    }
}
