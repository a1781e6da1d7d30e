package org.epmpulse.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What an update costs in batches of 100 and of 1,000, beside one alone. */
@Command(
        name = "batches",
        description = "Updates in batches of 100 and of 1,000, beside single ones.",
        mixinStandardHelpOptions = true)
final class BatchesBenchmark implements Callable<Integer> {

    private static final String NAME = "batches";
    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 64;
    private static final int CONNECTIONS_OF_BATCHES = 8;

    @Mixin
    private Effort effort = new Effort();

    @Override
    public Integer call() throws Exception {
        Contest contest = new Contest(NAME, effort, effort.measured(10));
        Contest.Runner epmPulse = contest.runner(() -> Program.start(Program.apps(DOMAINS), Map.of()));
        List<Contest.Entry> entries = new ArrayList<>();
        entries.add(epmPulse.entry(
                "single, " + CONNECTIONS + " connections",
                (program, time) -> Wrk.post(program, CONNECTIONS, DOMAINS, time)));
        for (int items : new int[] {100, 1_000}) {
            entries.add(epmPulse.entry(
                    "batches of %,d, %d connections".formatted(items, CONNECTIONS_OF_BATCHES),
                    (program, time) -> Wrk.batch(program, CONNECTIONS_OF_BATCHES, DOMAINS, items, time)));
        }
        contest.run();
        Comparison.publish(NAME, "updates", entries, "Updates are those that were recorded, p50 and p99 of a request.");
        return 0;
    }
}
