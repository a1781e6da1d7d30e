package org.epmpulse;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.epmpulse.config.CheckReport;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.NewKey;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.Problem;
import org.epmpulse.epm.EpmCheck;
import org.epmpulse.routes.RouteCheck;
import org.epmpulse.slack.SlackCheck;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands of the program. No class with a logger is touched before the settings say how to log. */
@Command(
        name = "epmpulse",
        description = "Shows the status of Oracle EPM Cloud loads in Slack canvases and on a web board.",
        subcommands = {EpmPulse.Run.class, EpmPulse.DemoNight.class, EpmPulse.Check.class, EpmPulse.Key.class},
        mixinStandardHelpOptions = true,
        versionProvider = EpmPulse.Version.class)
public final class EpmPulse implements Callable<Integer> {

    /** The configuration is wrong: starting again would not help (EX_CONFIG of sysexits.h). */
    static final int EXIT_CONFIGURATION = 78;

    /** It could not start for another reason. */
    static final int EXIT_FAILURE = 1;

    @Mixin
    private Address address = new Address();

    @Spec
    private @Nullable CommandSpec spec;

    public static void main(String[] arguments) {
        int exitCode = commandLine().execute(arguments);
        // A service that was started ends with the process, and that is told by a signal.
        if (exitCode != Service.RUNNING) {
            System.exit(exitCode);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new EpmPulse());
    }

    @Override
    public Integer call() {
        return run(address, spec);
    }

    private static int run(Address address, @Nullable CommandSpec spec) {
        return start(spec, () -> {
            Configuration configuration = address.load().orThrow();
            Logging.configure(configuration.settings());
            Service.start(configuration).stopWithTheProcess();
        });
    }

    private interface Start {
        void run() throws IOException, InterruptedException;
    }

    /** Starts something that goes on; a start that cannot work ends with one line and its exit code. */
    private static int start(@Nullable CommandSpec spec, Start start) {
        PrintWriter err =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getErr();
        try {
            start.run();
            return Service.RUNNING;
        } catch (ConfigurationException e) {
            err.println("epmpulse: " + e.getMessage());
            return EXIT_CONFIGURATION;
        } catch (IOException e) {
            err.println("epmpulse: " + e.getMessage());
            return EXIT_FAILURE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return EXIT_FAILURE;
        }
    }

    /** Where to listen, when the command line says so. */
    static final class Address {

        @Option(
                names = "--host",
                paramLabel = "HOST",
                description = "Listen on this address, whatever EPMPULSE_HOST says.")
        private @Nullable String host;

        @Option(
                names = "--port",
                paramLabel = "PORT",
                description = "Listen on this port, whatever EPMPULSE_PORT says.")
        private @Nullable String port;

        Configuration load() {
            return Configuration.load(Path.of("").toAbsolutePath(), System.getenv(), overrides());
        }

        Map<String, String> overrides() {
            Map<String, String> overrides = new HashMap<>();
            if (host != null) {
                overrides.put("EPMPULSE_HOST", host);
            }
            if (port != null) {
                overrides.put("EPMPULSE_PORT", port);
            }
            return overrides;
        }
    }

    @Command(
            name = "run",
            description = "Runs the service in the foreground. This is what happens without a command, too.",
            mixinStandardHelpOptions = true)
    static final class Run implements Callable<Integer> {

        @Mixin
        private Address address = new Address();

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            return run(address, spec);
        }
    }

    @Command(
            name = "demo",
            description = "Runs the service beside a simulated EPM and Slack and plays a close night in a minute,"
                    + " again and again. Needs no configuration and calls nobody.",
            mixinStandardHelpOptions = true)
    static final class DemoNight implements Callable<Integer> {

        @Mixin
        private Address address = new Address();

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            PrintWriter out = Objects.requireNonNull(spec, "picocli sets it")
                    .commandLine()
                    .getOut();
            return start(spec, () -> Demo.start(System.getenv(), address.overrides(), out));
        }
    }

    @Command(
            name = "check",
            description = "Reads the configuration and the routes as the service would, and says what is wrong and what"
                    + " is in effect. Exits with 1 if there are errors.",
            mixinStandardHelpOptions = true)
    static final class Check implements Callable<Integer> {

        @Mixin
        private Address address = new Address();

        @Option(names = "--strict", description = "Let warnings count as errors.")
        private boolean strict;

        @Option(
                names = "--online",
                description =
                        "Ask Slack and EPM, too, and say what is missing there. Changes nothing and posts nothing.")
        private boolean online;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            Configuration configuration = address.load();
            Logging.silence();
            List<Problem> routeProblems = new RouteCheck(Beans::bindUnstarted).run(configuration);
            CheckReport report = CheckReport.of(configuration, routeProblems);
            if (online) {
                List<OnlineFinding> findings = new ArrayList<>(SlackCheck.run(configuration, InstantSource.system()));
                findings.addAll(EpmCheck.run(configuration.apps(), InstantSource.system()));
                report = report.withOnline(findings);
            }
            Objects.requireNonNull(spec, "picocli sets it")
                    .commandLine()
                    .getOut()
                    .println(report.text());
            return report.exitCode(strict);
        }
    }

    @Command(
            name = "key",
            description = "Prints a new API key and its line for the keys file.",
            mixinStandardHelpOptions = true)
    static final class Key implements Callable<Integer> {

        @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "Whose key it is.")
        private @Nullable String name;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            CommandSpec command = Objects.requireNonNull(spec, "picocli sets it");
            try {
                NewKey key = NewKey.named(name == null ? NewKey.DEFAULT_NAME : name);
                PrintWriter out = command.commandLine().getOut();
                out.println("key:                " + key.key());
                out.println("for the keys file:  " + key.line());
                return 0;
            } catch (IllegalArgumentException e) {
                throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
            }
        }
    }

    /** The version of the jar. */
    static final class Version implements CommandLine.IVersionProvider {

        /** {@code development} where it does not run from the jar. */
        static String get() {
            String version = EpmPulse.class.getPackage().getImplementationVersion();
            return version == null ? "development" : version;
        }

        @Override
        public String[] getVersion() {
            return new String[] {"EPMPulse " + get()};
        }
    }
}
