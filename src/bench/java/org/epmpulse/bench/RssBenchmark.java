package org.epmpulse.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The resident memory of the program after a long time at full load. */
@Command(
        name = "rss",
        description = "Measure resident memory after 10 minutes of full load.",
        mixinStandardHelpOptions = true)
final class RssBenchmark implements Callable<Integer> {

    private static final String NAME = "rss";
    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 64;

    @Mixin
    private DurationOptions options = new DurationOptions();

    @Override
    public Integer call() throws Exception {
        Duration time = options.time(10);
        Path folder = Program.newFolder();
        ExecutorService loads = Executors.newSingleThreadExecutor();
        try (Program program = Program.start(folder, Program.apps(DOMAINS), Map.of(), Samples.GC_LOG_OPTION)) {
            double idle = program.residentMib();
            Future<Wrk.Result> load = loads.submit(() -> Wrk.post(program, CONNECTIONS, DOMAINS, time));
            Samples samples = new Samples(NAME + "-samples", program, folder, () -> Double.NaN);
            samples.take(time, options.interval());
            Table table = new Table(NAME, "", "MiB");
            table.row("resident when ready", "%.0f".formatted(idle));
            table.row("resident after the load", "%.0f".formatted(samples.last(Samples.RESIDENT)));
            table.row("resident, maximum", "%.0f".formatted(samples.max(Samples.RESIDENT)));
            table.row("heap after a collection, mean", "%.0f".formatted(samples.mean(Samples.HEAP_AFTER_GC)));
            table.note("%d s at %.0f posts/s."
                    .formatted(time.toSeconds(), load.get().perSecond()));
            table.publish();
        } finally {
            loads.shutdown();
            Program.delete(folder);
        }
        return 0;
    }
}
