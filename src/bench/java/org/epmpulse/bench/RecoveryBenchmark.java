package org.epmpulse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The duration of a start with a journal of a million lines, with and without the state file. */
@Command(
        name = "recovery",
        description = "Start with a journal of a million lines, with and without the state file.",
        mixinStandardHelpOptions = true)
final class RecoveryBenchmark implements Callable<Integer> {

    private static final int DOMAINS = 15;
    private static final String STATE = "data/apps_status.json";

    @Option(names = "--times", paramLabel = "N", description = "Starts of each variant. Default: 3.")
    private @Nullable Integer starts;

    @Option(names = "--quick", description = "Use a shorter journal, once.")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
        int lines = quick ? 50_000 : 1_000_000;
        int times = starts != null ? starts : quick ? 1 : 3;
        Path folder = Program.newFolder();
        try {
            GeneratedJournal.write(folder, DOMAINS, lines);
            List<Double> without = new ArrayList<>();
            List<Double> with = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                Files.delete(folder.resolve(STATE));
                without.add(start(folder, lines));
                // The previous program wrote the state file when it stopped.
                with.add(start(folder, lines));
            }
            Table table =
                    new Table("recovery", "%,d lines, %d domains".formatted(lines, DOMAINS), "median ms", "max ms");
            row(table, "without the state file", without);
            row(table, "with the state file", with);
            table.note(sizes(folder, lines));
            table.publish();
        } finally {
            Program.delete(folder);
        }
        return 0;
    }

    /** Returns the start time in milliseconds. */
    private static double start(Path folder, int lines) throws Exception {
        try (Program program = Program.start(folder, Program.apps(DOMAINS), Map.of())) {
            long revision = Objects.requireNonNull(program.revision(), "EPMPulse has a revision");
            if (revision != lines) {
                throw new IllegalStateException("revision must be " + lines + ", is " + revision);
            }
            return program.startTime().toMillis();
        }
    }

    private static void row(Table table, String what, List<Double> millis) {
        table.row(
                what,
                "%.0f".formatted(Median.of(millis.stream().mapToDouble(Double::doubleValue))),
                "%.0f"
                        .formatted(millis.stream()
                                .mapToDouble(Double::doubleValue)
                                .max()
                                .orElseThrow()));
    }

    private static String sizes(Path folder, int lines) throws IOException {
        long journal;
        try (Stream<Path> days = Files.list(folder.resolve("data/history"))) {
            journal = days.mapToLong(day -> day.toFile().length()).sum();
        }
        JsonNode state = new ObjectMapper().readTree(folder.resolve(STATE).toFile());
        JsonNode domains = state.path("apps").path("App").path("domains");
        JsonNode jobs = state.path("recent_jobs");
        return "A journal line has %d bytes. The state file has %,d bytes: %d per domain, %d for each of %,d jobs with %d domains each."
                .formatted(
                        journal / lines,
                        Files.size(folder.resolve(STATE)),
                        domains.toString().length() / domains.size(),
                        jobs.toString().length() / jobs.size(),
                        jobs.size(),
                        DOMAINS);
    }
}
