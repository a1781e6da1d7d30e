package org.epmpulse.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** POST beside the floor, with as many connections, and beside a bare Camel route. */
@Command(
        name = "updates",
        description = "POST beside the floor and a bare Camel route, at 1 to 256 connections.",
        mixinStandardHelpOptions = true)
final class UpdatesBenchmark implements Callable<Integer> {

    static final String NAME = "updates";

    private static final int DOMAINS = 5;
    private static final int[] CONNECTIONS = {1, 16, 64, 256};
    private static final int CONNECTIONS_OF_BARE = 64;

    @Mixin
    private Effort effort = new Effort();

    /** A row of the table. */
    private record Compared(Contest.Entry entry, Contest.Entry floor) {}

    @Override
    public Integer call() throws Exception {
        Contest contest = new Contest(NAME, effort, effort.measured(10));
        Contest.Runner floor = contest.runner(Program::startFloor);
        Contest.Runner bare = contest.runner(() -> Program.startBareRoute("{}"));
        Contest.Runner epmPulse = contest.runner(() -> Program.start(Program.apps(DOMAINS), Map.of()));
        List<Compared> rows = new ArrayList<>();
        for (int connections : CONNECTIONS) {
            Contest.Entry least = entry(floor, "floor", connections);
            rows.add(new Compared(least, least));
            if (connections == CONNECTIONS_OF_BARE) {
                rows.add(new Compared(entry(bare, "bare Camel route", connections), least));
            }
            rows.add(new Compared(entry(epmPulse, "EPMPulse", connections), least));
        }
        contest.run();
        Table table = new Table(
                NAME,
                "POST, connections",
                "requests/s",
                "of the floor",
                "CPU µs a request",
                "times the floor",
                "spread",
                "wrk's CPU µs",
                "p50 ms",
                "p99 ms");
        for (Compared row : rows) {
            Contest.Entry entry = row.entry();
            table.row(
                    entry.name(),
                    "%.0f".formatted(entry.median(Wrk.Result::perSecond)),
                    "%.2f".formatted(entry.times(row.floor(), Wrk.Result::perSecond)),
                    "%.0f".formatted(entry.median(Wrk.Result::cpuMicros)),
                    "%.2f".formatted(entry.times(row.floor(), Wrk.Result::cpuMicros)),
                    "%.0f %%".formatted(100 * entry.spread(Wrk.Result::cpuMicros)),
                    "%.0f".formatted(entry.median(Wrk.Result::wrkMicros)),
                    "%.1f".formatted(entry.median(Wrk.Result::medianMillis)),
                    "%.1f".formatted(entry.median(Wrk.Result::p99Millis)));
        }
        table.publish();
        return 0;
    }

    private static Contest.Entry entry(Contest.Runner runner, String name, int connections) {
        return runner.entry(
                name + ", " + connections, (program, time) -> Wrk.post(program, connections, DOMAINS, time));
    }
}
