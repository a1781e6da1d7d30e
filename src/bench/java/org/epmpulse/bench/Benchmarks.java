package org.epmpulse.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** All benchmarks, as commands. Each prints a table and writes it to {@code target/bench}. */
@Command(
        name = "benchmarks",
        subcommands = {
            UpdatesBenchmark.class,
            PeersBenchmark.class,
            GrowthBenchmark.class,
            ReadsBenchmark.class,
            BatchesBenchmark.class,
            ScenariosBenchmark.class,
            StartsBenchmark.class,
            RecoveryBenchmark.class,
            EventsBenchmark.class,
            HistoryBenchmark.class,
            PollsBenchmark.class,
            BeansBenchmark.class,
            SoakBenchmark.class,
            RssBenchmark.class,
            IdleBenchmark.class,
            HostileBenchmark.class,
            SiteRoutesBenchmark.class,
            BesideBenchmark.class,
            ClusterBenchmark.class,
            Plots.class,
            Benchmarks.All.class
        },
        mixinStandardHelpOptions = true)
public final class Benchmarks implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        int exitCode = new CommandLine(new Benchmarks())
                .setExecutionStrategy(Benchmarks::execute)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
        // System.exit(0) would stop Maven before it reports success.
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    /** Prints the machine before the benchmark's output. */
    private static int execute(CommandLine.ParseResult parsed) {
        CommandLine.ParseResult command = parsed.subcommand();
        if (command != null && !command.isUsageHelpRequested()) {
            try {
                System.out.println(Machine.describe());
            } catch (IOException | InterruptedException e) {
                throw new CommandLine.ExecutionException(
                        command.commandSpec().commandLine(), "The machine cannot be described", e);
            }
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    @Override
    public void run() {
        CommandSpec own = Objects.requireNonNull(spec, "picocli sets it");
        throw new CommandLine.ParameterException(own.commandLine(), "Name a benchmark.");
    }

    /** Runs all benchmarks in sequence; a failure does not stop the next ones. */
    @Command(
            name = "all",
            description = "Run all benchmarks; takes hours on an idle machine.",
            mixinStandardHelpOptions = true)
    static final class All implements Callable<Integer> {

        @Option(names = "--quick", description = "Only check that all benchmarks work; takes some minutes.")
        private boolean quick;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            CommandLine benchmarks =
                    Objects.requireNonNull(spec, "picocli sets it").parent().commandLine();
            List<String> failed = new ArrayList<>();
            for (String name : benchmarks.getSubcommands().keySet()) {
                if (name.equals(spec.name())) {
                    continue;
                }
                System.out.println("== " + name);
                int exitCode = quick ? benchmarks.execute(name, "--quick") : benchmarks.execute(name);
                if (exitCode != 0) {
                    failed.add(name);
                }
            }
            System.out.println(failed.isEmpty() ? "All benchmarks succeeded." : "Failed: " + String.join(", ", failed));
            return failed.isEmpty() ? 0 : 1;
        }
    }
}
