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

/** What memory the program needs after a long time of as much load as it can take. */
@Command(name = "rss", description = "Resident memory after 10 minutes of full load.", mixinStandardHelpOptions = true)
final class RssBenchmark implements Callable<Integer> {

    private static final String NAME = "rss";
    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 64;

    @Mixin
    private Length length = new Length();

    @Override
    public Integer call() throws Exception {
        Duration time = length.time(10);
        Path folder = Program.newFolder();
        ExecutorService loads = Executors.newSingleThreadExecutor();
        try (Program program = Program.start(folder, Program.apps(DOMAINS), Map.of(), Samples.GC_LOG_OPTION)) {
            double idle = program.residentMib();
            Future<Wrk.Result> load = loads.submit(() -> Wrk.post(program, CONNECTIONS, DOMAINS, time));
            Samples samples = new Samples(NAME + "-samples", program, folder, () -> Double.NaN);
            samples.take(time, length.interval());
            Table table = new Table(NAME, "", "MiB");
            table.row("resident when ready", "%.0f".formatted(idle));
            table.row("resident after the load", "%.0f".formatted(samples.last(Samples.RESIDENT)));
            table.row("resident at most", "%.0f".formatted(samples.most(Samples.RESIDENT)));
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
