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
 * Loads that are measured one after the other in rounds, so that what else the machine does meets all of them. The
 * programs are started together, warmed up in turn, measured for some rounds and started anew.
 */
final class Contest {

    /** Starts a program. */
    interface Start {
        Program program() throws Exception;
    }

    /** Loads a program for so long. */
    interface Load {
        Wrk.Result on(Program program, Duration duration) throws Exception;
    }

    /** A program and what is measured on it. */
    static final class Runner {
        private final Start start;
        private final List<Entry> entries = new ArrayList<>();

        private Runner(Start start) {
            this.start = start;
        }

        Entry entry(String name, Load load) {
            Entry entry = new Entry(name, load);
            entries.add(entry);
            return entry;
        }
    }

    /** A load, with what came of it: a result for each round. */
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

        /** How far the middle half of the rounds lies apart, as a share of the median. */
        double spread(ToDoubleFunction<Wrk.Result> value) {
            return Median.spread(results.stream().mapToDouble(value));
        }

        /** How many times the other's value this one's is: the median over the rounds, each compared with itself. */
        double times(Entry other, ToDoubleFunction<Wrk.Result> value) {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < results.size(); i++) {
                ratios.add(value.applyAsDouble(results.get(i)) / value.applyAsDouble(other.results.get(i)));
            }
            return Median.of(ratios.stream().mapToDouble(Double::doubleValue));
        }
    }

    private final String name;
    private final Effort effort;
    private final Duration measured;
    private final List<Runner> runners = new ArrayList<>();

    /**
     * @param name of the file in {@code target/bench} that gets every single result
     * @param measured how long a measurement takes
     */
    Contest(String name, Effort effort, Duration measured) {
        this.name = name;
        this.effort = effort;
        this.measured = measured;
    }

    Runner runner(Start start) {
        Runner runner = new Runner(start);
        runners.add(runner);
        return runner;
    }

    void run() throws Exception {
        Files.createDirectories(Table.FOLDER);
        Path log = Table.FOLDER.resolve(name + "-rounds.csv");
        Files.writeString(log, "start,round,entry,per_s,cpu_us,wrk_us,p50_ms,p99_ms\n");
        for (int start = 1; start <= effort.starts(); start++) {
            List<Program> programs = new ArrayList<>();
            try {
                for (Runner runner : runners) {
                    programs.add(runner.start.program());
                }
                for (int i = 0; i < programs.size(); i++) {
                    warmUp(runners.get(i), programs.get(i));
                }
                for (int round = 1; round <= effort.rounds(); round++) {
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

    /** All loads of a program share its time. */
    private void warmUp(Runner runner, Program program) throws Exception {
        long millis = effort.warmUp().toMillis() / runner.entries.size();
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
