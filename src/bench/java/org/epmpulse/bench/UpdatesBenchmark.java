package org.epmpulse.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Compares POST with the minimal server at the same number of connections, and with a bare Camel route. */
@Command(
        name = "updates",
        description = "Compare POST with a minimal server and a bare Camel route, with 1 to 256 connections.",
        mixinStandardHelpOptions = true)
final class UpdatesBenchmark implements Callable<Integer> {

    static final String NAME = "updates";

    private static final int DOMAINS = 5;
    private static final int[] CONNECTIONS = {1, 16, 64, 256};
    private static final int BARE_ROUTE_CONNECTIONS = 64;

    @Mixin
    private RoundOptions options = new RoundOptions();

    /** A row of the table. */
    private record Compared(InterleavedMeasurement.Entry entry, InterleavedMeasurement.Entry reference) {}

    @Override
    public Integer call() throws Exception {
        InterleavedMeasurement measurement = new InterleavedMeasurement(NAME, options, options.measured(10));
        InterleavedMeasurement.Runner<Program> minimalServer = measurement.runner(Program::startMinimalServer);
        InterleavedMeasurement.Runner<Program> bare = measurement.runner(() -> Program.startBareRoute("{}"));
        InterleavedMeasurement.Runner<Program> epmPulse =
                measurement.runner(() -> Program.start(Program.apps(DOMAINS), Map.of()));
        List<Compared> rows = new ArrayList<>();
        for (int connections : CONNECTIONS) {
            InterleavedMeasurement.Entry reference = entry(minimalServer, "minimal server", connections);
            rows.add(new Compared(reference, reference));
            if (connections == BARE_ROUTE_CONNECTIONS) {
                rows.add(new Compared(entry(bare, "bare Camel route", connections), reference));
            }
            rows.add(new Compared(entry(epmPulse, "EPMPulse", connections), reference));
        }
        measurement.run();
        Comparison comparison = new Comparison(NAME, "POST, connections", "requests", "minimal");
        for (Compared row : rows) {
            comparison.row(row.entry(), row.reference());
        }
        comparison.publish();
        return 0;
    }

    private static InterleavedMeasurement.Entry entry(
            InterleavedMeasurement.Runner<Program> runner, String name, int connections) {
        return runner.entry(
                name + ", " + connections, (program, time) -> Wrk.post(program, connections, DOMAINS, time));
    }
}
