package org.epmpulse.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The cost of a POST with more domains and with a long journal. */
@Command(
        name = "growth",
        description = "POST with 5 to 100,000 domains, and with a journal of a million lines.",
        mixinStandardHelpOptions = true)
final class GrowthBenchmark implements Callable<Integer> {

    private static final String NAME = "growth";
    private static final int CONNECTIONS = 64;
    private static final int FEWEST = 5;
    private static final int[] MORE = {1_000, 10_000, 100_000};

    @Mixin
    private RoundOptions options = new RoundOptions();

    @Override
    public Integer call() throws Exception {
        int lines = options.quick() ? 50_000 : 1_000_000;
        Path folder = Program.newFolder();
        try {
            GeneratedJournal.write(folder, FEWEST, lines);
            InterleavedMeasurement measurement = new InterleavedMeasurement(NAME, options, options.measured(10));
            List<InterleavedMeasurement.Entry> entries = new ArrayList<>();
            entries.add(entry(measurement, "5 domains", FEWEST, () -> Program.start(Program.apps(FEWEST), Map.of())));
            for (int domains : MORE) {
                entries.add(entry(measurement, "%,d domains".formatted(domains), domains, () -> {
                    Program program = Program.start(Program.apps(domains), Map.of());
                    program.fill(domains);
                    return program;
                }));
            }
            entries.add(entry(
                    measurement,
                    "5 domains, journal of %,d lines".formatted(lines),
                    FEWEST,
                    () -> Program.start(folder, Program.apps(FEWEST), Map.of())));
            measurement.run();
            Comparison.publish(NAME, "updates", entries);
        } finally {
            Program.delete(folder);
        }
        return 0;
    }

    private static InterleavedMeasurement.Entry entry(
            InterleavedMeasurement measurement,
            String name,
            int domains,
            InterleavedMeasurement.Starter<Program> starter) {
        return measurement
                .runner(starter)
                .entry(name, (program, time) -> Wrk.post(program, CONNECTIONS, domains, time));
    }
}
