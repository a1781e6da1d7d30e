package org.epmpulse.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Compares the cost of an update in batches of 100 and 1,000 with single updates. */
@Command(
        name = "batches",
        description = "Compare batches of 100 and 1,000 updates with single updates.",
        mixinStandardHelpOptions = true)
final class BatchesBenchmark implements Callable<Integer> {

    private static final String NAME = "batches";
    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 64;
    private static final int BATCH_CONNECTIONS = 8;

    @Mixin
    private RoundOptions options = new RoundOptions();

    @Override
    public Integer call() throws Exception {
        InterleavedMeasurement measurement = new InterleavedMeasurement(NAME, options, options.measured(10));
        InterleavedMeasurement.Runner<Program> epmPulse =
                measurement.runner(() -> Program.start(Program.apps(DOMAINS), Map.of()));
        List<InterleavedMeasurement.Entry> entries = new ArrayList<>();
        entries.add(epmPulse.entry(
                "single, " + CONNECTIONS + " connections",
                (program, time) -> Wrk.post(program, CONNECTIONS, DOMAINS, time)));
        for (int items : new int[] {100, 1_000}) {
            entries.add(epmPulse.entry(
                    "batches of %,d, %d connections".formatted(items, BATCH_CONNECTIONS),
                    (program, time) -> Wrk.batch(program, BATCH_CONNECTIONS, DOMAINS, items, time)));
        }
        measurement.run();
        Comparison.publish(NAME, "updates", entries, "Only recorded updates count; p50 and p99 are per request.");
        return 0;
    }
}
