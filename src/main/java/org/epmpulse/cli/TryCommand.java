package org.epmpulse.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.Problem;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "try",
        description =
                "Runs one file of routes without starting the service. Prints what its routes would send instead of"
                        + " sending it, and what they record in a temporary store. Exits with 1 if a route fails or gets no message.",
        mixinStandardHelpOptions = true)
final class TryCommand implements Callable<Integer> {

    private final RouteTrial trial;

    @Parameters(paramLabel = "FILE", description = "A file such as routes/site/x.camel.yaml.")
    private Path file = Path.of("");

    @Option(
            names = "--update",
            paramLabel = "JSON",
            description =
                    "Record this update, as for POST /api/v1/status; may be repeated. Without it, a sample is recorded"
                            + " for routes that read status-changes: or alerts:.")
    private List<String> updates = new ArrayList<>();

    @Option(
            names = "--body",
            paramLabel = "TEXT",
            description =
                    "The body of the message for routes that read from anything else, such as a file or a request.")
    private @Nullable String body;

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "A header of that message; may be repeated.")
    private Map<String, String> headers = new HashMap<>();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "How long to wait for the routes. The default is 15.")
    private int timeout;

    @Spec
    private @Nullable CommandSpec spec;

    TryCommand(RouteTrial trial) {
        this.trial = trial;
    }

    @Override
    public Integer call() throws InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec, "picocli sets it");
        PrintWriter out = command.commandLine().getOut();
        PrintWriter err = command.commandLine().getErr();
        Configuration configuration = Configuration.load(Path.of("").toAbsolutePath(), System.getenv(), Map.of());
        if (configuration.hasErrors()) {
            configuration.problems().stream().filter(Problem::isError).forEach(err::println);
            return ExitCodes.FAILURE;
        }
        Logging.configure(configuration.settings());
        Path configured = configuration.settings().routesDir();
        Path shipped = Installation.routes();
        Path routes = Files.isDirectory(configured) || shipped == null ? configured : shipped;
        try {
            RouteTrial.Messages messages = new RouteTrial.Messages(updates, body, headers, Duration.ofSeconds(timeout));
            return trial.run(configuration, routes, file.toAbsolutePath(), messages, out) ? 0 : ExitCodes.FAILURE;
        } catch (ConfigurationException e) {
            err.println(configuration.mask(String.valueOf(e.getMessage())));
            return ExitCodes.FAILURE;
        } catch (IOException e) {
            err.println("epmpulse: " + e.getMessage());
            return ExitCodes.FAILURE;
        }
    }
}
