package org.epmpulse.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Whether anything grows while half of what it can take is posted for a long time. */
@Command(
        name = "soak",
        description = "Half load for 20 minutes: memory, collections, threads, handles and latency.",
        mixinStandardHelpOptions = true)
final class SoakBenchmark implements Callable<Integer> {

    static final String NAME = "soak";

    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 64;

    @Mixin
    private Length length = new Length();

    @Override
    public Integer call() throws Exception {
        Duration time = length.time(20);
        Path folder = Program.newFolder();
        try (Program program = Program.start(folder, Program.apps(DOMAINS), Map.of(), Samples.GC_LOG_OPTION)) {
            Wrk.post(program, CONNECTIONS, DOMAINS, Duration.ofSeconds(length.quick() ? 2 : 60));
            double full = Wrk.post(program, CONNECTIONS, DOMAINS, Duration.ofSeconds(length.quick() ? 2 : 20))
                    .perSecond();
            try (PacedLoad load = PacedLoad.start(program, CONNECTIONS, DOMAINS, full / 2)) {
                Samples samples = new Samples(NAME + "-samples", program, folder, load::p99Millis);
                samples.take(time, length.interval());
                Table table = new Table(
                        NAME, "second half of %d s".formatted(time.toSeconds()), "mean", "rise an hour", "in %");
                for (String column : List.copyOf(Samples.COLUMNS.subList(1, Samples.COLUMNS.size()))) {
                    double mean = samples.mean(column);
                    double rise = samples.risePerHour(column);
                    table.row(
                            column,
                            "%.1f".formatted(mean),
                            "%+.1f".formatted(rise),
                            "%+.1f".formatted(100 * rise / mean));
                }
                table.note("Full load was %.0f posts/s; of the paced ones %d were not accepted."
                        .formatted(full, load.failures()));
                table.publish();
            }
        } finally {
            Program.delete(folder);
        }
        Plots.soak(length.quick());
        return 0;
    }
}
