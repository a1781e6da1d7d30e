package org.epmpulse.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks that memory, threads and handles do not grow during a long time at half load. */
@Command(
        name = "soak",
        description = "Measure memory, collections, threads, handles and latency at half load for 20 minutes.",
        mixinStandardHelpOptions = true)
final class SoakBenchmark implements Callable<Integer> {

    static final String NAME = "soak";

    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 64;

    @Mixin
    private DurationOptions options = new DurationOptions();

    @Override
    public Integer call() throws Exception {
        Duration time = options.time(20);
        Path folder = Program.newFolder();
        try (Program program = Program.start(folder, Program.apps(DOMAINS), Map.of(), Samples.GC_LOG_OPTION)) {
            Wrk.post(program, CONNECTIONS, DOMAINS, Duration.ofSeconds(options.quick() ? 2 : 60));
            double full = Wrk.post(program, CONNECTIONS, DOMAINS, Duration.ofSeconds(options.quick() ? 2 : 20))
                    .perSecond();
            try (PacedLoad load = PacedLoad.start(program, CONNECTIONS, DOMAINS, full / 2)) {
                Samples samples = new Samples(NAME + "-samples", program, folder, load::p99Millis);
                samples.take(time, options.interval());
                Table table = new Table(
                        NAME, "second half of %d s".formatted(time.toSeconds()), "mean", "rise per hour", "in %");
                for (String column : List.copyOf(Samples.COLUMNS.subList(1, Samples.COLUMNS.size()))) {
                    double mean = samples.mean(column);
                    double rise = samples.risePerHour(column);
                    table.row(
                            column,
                            "%.1f".formatted(mean),
                            "%+.1f".formatted(rise),
                            "%+.1f".formatted(100 * rise / mean));
                }
                table.note(
                        "Full load was %.0f posts/s; %d of the paced posts failed.".formatted(full, load.failures()));
                table.publish();
            }
        } finally {
            Program.delete(folder);
        }
        Plots.soakChart(options.quick());
        return 0;
    }
}
