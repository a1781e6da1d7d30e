package org.epmpulse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Measures several loads in alternating rounds, so that other work of the machine affects all of them equally. The
 * programs are started together, warmed up in turn, measured for some rounds and restarted.
 */
final class InterleavedMeasurement {

    /** Starts what is measured: a program, or stores in this process. */
    interface Starter<T extends AutoCloseable> {
        T start() throws Exception;
    }

    /** Loads a program for a time. */
    interface Load<T> {
        Wrk.Result on(T program, Duration duration) throws Exception;
    }

    /** A program and the loads that are measured on it. */
    static final class Runner<T extends AutoCloseable> {
        private final Starter<T> starter;
        private final List<Entry> entries = new ArrayList<>();
        private final List<Load<? super T>> loads = new ArrayList<>();

        private Runner(Starter<T> starter) {
            this.starter = starter;
        }

        Entry entry(String name, Load<? super T> load) {
            Entry entry = new Entry(name);
            entries.add(entry);
            loads.add(load);
            return entry;
        }

        private Started<T> start() throws Exception {
            return new Started<>(this, starter.start());
        }
    }

    /** A running program. */
    private record Started<T extends AutoCloseable>(Runner<T> runner, T program) {

        /** Divides the warm-up time between all loads of the program. */
        private void warmUp(Duration time) throws Exception {
            long millis = time.toMillis() / runner.loads.size();
            for (Load<? super T> load : runner.loads) {
                load.on(program, Duration.ofSeconds(Math.max(1, millis / 1000)));
            }
        }

        private Wrk.Result measure(int load, Duration time) throws Exception {
            return runner.loads.get(load).on(program, time);
        }
    }

    /** A load and its results, one per round. */
    static final class Entry {
        private final String name;
        private final List<Wrk.Result> results = new ArrayList<>();

        private Entry(String name) {
            this.name = name;
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
            return compare(other, value, (mine, others) -> mine / others);
        }

        /** This value minus the other's: the median of the differences within each round. */
        double difference(Entry other, ToDoubleFunction<Wrk.Result> value) {
            return compare(other, value, (mine, others) -> mine - others);
        }

        private double compare(Entry other, ToDoubleFunction<Wrk.Result> value, DoubleBinaryOperator operator) {
            return Median.of(IntStream.range(0, results.size())
                    .mapToDouble(round -> operator.applyAsDouble(
                            value.applyAsDouble(results.get(round)), value.applyAsDouble(other.results.get(round)))));
        }
    }

    private final String name;
    private final RoundOptions options;
    private final Duration measured;
    private final List<Runner<?>> runners = new ArrayList<>();

    /**
     * @param name of the file in {@code target/bench} with the result of each round
     * @param measured duration of one measurement
     */
    InterleavedMeasurement(String name, RoundOptions options, Duration measured) {
        this.name = name;
        this.options = options;
        this.measured = measured;
    }

    <T extends AutoCloseable> Runner<T> runner(Starter<T> starter) {
        Runner<T> runner = new Runner<>(starter);
        runners.add(runner);
        return runner;
    }

    void run() throws Exception {
        Files.createDirectories(Table.FOLDER);
        Path log = Table.FOLDER.resolve(name + "-rounds.csv");
        Files.writeString(log, "start,round,entry,per_s,cpu_us,wrk_us,p50_ms,p99_ms,server_us\n");
        for (int start = 1; start <= options.starts(); start++) {
            List<Started<?>> programs = new ArrayList<>();
            try {
                for (Runner<?> runner : runners) {
                    programs.add(runner.start());
                }
                for (Started<?> program : programs) {
                    program.warmUp(options.warmUp());
                }
                for (int round = 1; round <= options.rounds(); round++) {
                    for (Started<?> program : programs) {
                        measure(program, start, round, log);
                    }
                }
            } finally {
                for (Started<?> program : programs) {
                    program.program().close();
                }
            }
        }
    }

    private void measure(Started<?> program, int start, int round, Path log) throws Exception {
        List<Entry> entries = program.runner().entries;
        for (int i = 0; i < entries.size(); i++) {
            Wrk.Result result = program.measure(i, measured);
            entries.get(i).results.add(result);
            log(log, start, round, entries.get(i), result);
        }
    }

    private static void log(Path log, int start, int round, Entry entry, Wrk.Result result) throws IOException {
        System.out.printf(
                "start %d, round %d: %s: %.0f/s, %.1f µs each%n",
                start, round, entry.name, result.perSecond(), result.cpuMicros());
        Files.writeString(
                log,
                "%d,%d,\"%s\",%.1f,%.2f,%.2f,%.2f,%.2f,%.2f%n"
                        .formatted(
                                start,
                                round,
                                entry.name,
                                result.perSecond(),
                                result.cpuMicros(),
                                result.wrkMicros(),
                                result.medianMillis(),
                                result.p99Millis(),
                                result.serverMicros()),
                StandardOpenOption.APPEND);
    }
}
