package org.epmpulse.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What a POST costs with more domains and behind a long journal. */
@Command(
        name = "growth",
        description = "POST at 5 to 100,000 domains, and behind a journal of a million lines.",
        mixinStandardHelpOptions = true)
final class GrowthBenchmark implements Callable<Integer> {

    private static final String NAME = "growth";
    private static final int CONNECTIONS = 64;
    private static final int FEWEST = 5;
    private static final int[] MORE = {1_000, 10_000, 100_000};

    @Mixin
    private Effort effort = new Effort();

    @Override
    public Integer call() throws Exception {
        int lines = effort.quick() ? 50_000 : 1_000_000;
        Path folder = Program.newFolder();
        try {
            MadeJournal.write(folder, FEWEST, lines);
            Contest contest = new Contest(NAME, effort, effort.measured(10));
            List<Contest.Entry> entries = new ArrayList<>();
            entries.add(entry(contest, "5 domains", FEWEST, () -> Program.start(Program.apps(FEWEST), Map.of())));
            for (int domains : MORE) {
                entries.add(entry(contest, "%,d domains".formatted(domains), domains, () -> {
                    Program program = Program.start(Program.apps(domains), Map.of());
                    program.fill(domains);
                    return program;
                }));
            }
            entries.add(entry(
                    contest,
                    "5 domains behind %,d lines".formatted(lines),
                    FEWEST,
                    () -> Program.start(folder, Program.apps(FEWEST), Map.of())));
            contest.run();
            Comparison.publish(NAME, "updates", entries);
        } finally {
            Program.delete(folder);
        }
        return 0;
    }

    private static Contest.Entry entry(Contest contest, String name, int domains, Contest.Start start) {
        return contest.runner(start).entry(name, (program, time) -> Wrk.post(program, CONNECTIONS, domains, time));
    }
}
