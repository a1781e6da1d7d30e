package org.epmpulse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Measures several loads in alternating rounds, so that other work of the machine affects all of them equally. The
 * programs are started together, warmed up in turn, measured for some rounds and restarted.
 */
final class InterleavedMeasurement {

    interface Starter {
        Program start() throws Exception;
    }

    /** Loads a program for a time. */
    interface Load {
        Wrk.Result on(Program program, Duration duration) throws Exception;
    }

    /** A program and the loads that are measured on it. */
    static final class Runner {
        private final Starter starter;
        private final List<Entry> entries = new ArrayList<>();

        private Runner(Starter starter) {
            this.starter = starter;
        }

        Entry entry(String name, Load load) {
            Entry entry = new Entry(name, load);
            entries.add(entry);
            return entry;
        }
    }

    /** A load and its results, one per round. */
    static final class Entry {
        private final String name;
        private final Load load;
        private final List<Wrk.Result> results = new ArrayList<>();

        private Entry(String name, Load load) {
            this.name = name;
            this.load = load;
        }

        String name() {
            return name;
        }

        double median(ToDoubleFunction<Wrk.Result> value) {
            return Median.of(results.stream().mapToDouble(value));
        }

        /** The interquartile range over the rounds, as a share of the median. */
        double spread(ToDoubleFunction<Wrk.Result> value) {
            return Median.spread(results.stream().mapToDouble(value));
        }

        /** The ratio of this value to the other's: the median of the ratios within each round. */
        double ratio(Entry other, ToDoubleFunction<Wrk.Result> value) {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < results.size(); i++) {
                ratios.add(value.applyAsDouble(results.get(i)) / value.applyAsDouble(other.results.get(i)));
            }
            return Median.of(ratios.stream().mapToDouble(Double::doubleValue));
        }
    }

    private final String name;
    private final RoundOptions options;
    private final Duration measured;
    private final List<Runner> runners = new ArrayList<>();

    /**
     * @param name of the file in {@code target/bench} with the result of each round
     * @param measured duration of one measurement
     */
    InterleavedMeasurement(String name, RoundOptions options, Duration measured) {
        this.name = name;
        this.options = options;
        this.measured = measured;
    }

    Runner runner(Starter starter) {
        Runner runner = new Runner(starter);
        runners.add(runner);
        return runner;
    }

    void run() throws Exception {
        Files.createDirectories(Table.FOLDER);
        Path log = Table.FOLDER.resolve(name + "-rounds.csv");
        Files.writeString(log, "start,round,entry,per_s,cpu_us,wrk_us,p50_ms,p99_ms\n");
        for (int start = 1; start <= options.starts(); start++) {
            List<Program> programs = new ArrayList<>();
            try {
                for (Runner runner : runners) {
                    programs.add(runner.starter.start());
                }
                for (int i = 0; i < programs.size(); i++) {
                    warmUp(runners.get(i), programs.get(i));
                }
                for (int round = 1; round <= options.rounds(); round++) {
                    for (int i = 0; i < programs.size(); i++) {
                        for (Entry entry : runners.get(i).entries) {
                            Wrk.Result result = entry.load.on(programs.get(i), measured);
                            entry.results.add(result);
                            log(log, start, round, entry, result);
                        }
                    }
                }
            } finally {
                for (Program program : programs) {
                    program.close();
                }
            }
        }
    }

    /** Divides the warm-up time between all loads of the program. */
    private void warmUp(Runner runner, Program program) throws Exception {
        long millis = options.warmUp().toMillis() / runner.entries.size();
        for (Entry entry : runner.entries) {
            entry.load.on(program, Duration.ofSeconds(Math.max(1, millis / 1000)));
        }
    }

    private static void log(Path log, int start, int round, Entry entry, Wrk.Result result) throws IOException {
        System.out.printf(
                "start %d, round %d: %s: %.0f/s, %.1f µs each%n",
                start, round, entry.name, result.perSecond(), result.cpuMicros());
        Files.writeString(
                log,
                "%d,%d,\"%s\",%.1f,%.2f,%.2f,%.2f,%.2f%n"
                        .formatted(
                                start,
                                round,
                                entry.name,
                                result.perSecond(),
                                result.cpuMicros(),
                                result.wrkMicros(),
                                result.medianMillis(),
                                result.p99Millis()),
                StandardOpenOption.APPEND);
    }
}
