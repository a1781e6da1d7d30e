package org.epmpulse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Posts of a client beside the heaviest work that the program has: scans of the history, a first fill, the close of a day. */
@Command(
        name = "beside",
        description = "Measure posts beside scans of the history, a first fill of 300 canvases and the close of a day.",
        mixinStandardHelpOptions = true)
final class BesideBenchmark implements Callable<Integer> {

    private static final String NAME = "beside";
    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 8;
    private static final int POSTS_PER_SECOND = 500;
    private static final int SCANS = 40;
    private static final double LIMIT = 2;

    /** Each program is measured several times in turn, so that what else the machine does affects all alike. */
    private static final int ROUNDS = 3;

    /** Not measured: Java compiles the first requests meanwhile. The close of a day begins after it. */
    private static final Duration START = Duration.ofSeconds(2);

    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(30);

    @Mixin
    private DurationOptions options = new DurationOptions();

    private Duration time = Duration.ZERO;
    private int lines;
    private int channels;

    /** Measures one program; the result is the 99th percentile of the latency of posts in milliseconds. */
    private interface Measured {
        double p99() throws Exception;
    }

    @Override
    public Integer call() throws Exception {
        int rounds = options.quick() ? 1 : ROUNDS;
        time = options.quick() ? Duration.ofSeconds(3) : options.time(1).dividedBy(ROUNDS);
        lines = options.quick() ? 10_000 : 1_000_000;
        channels = options.quick() ? 20 : 300;
        Map<String, Measured> rows = new LinkedHashMap<>();
        rows.put("nothing", () -> behindALongHistory(false));
        rows.put("%d scans of the history".formatted(SCANS), () -> behindALongHistory(true));
        rows.put("nothing, with a short history", () -> beside(false));
        rows.put("a first fill of %d canvases".formatted(channels), () -> beside(true));
        rows.put("nothing, soon after the start", () -> afterTheStart(0));
        rows.put("the close of a day of %,d lines, soon after the start".formatted(lines), () -> afterTheStart(lines));
        Map<String, List<Double>> p99 = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, Measured> row : rows.entrySet()) {
                p99.computeIfAbsent(row.getKey(), name -> new ArrayList<>())
                        .add(row.getValue().p99());
            }
        }
        Targets targets = new Targets(NAME);
        Double quiet = null;
        for (Map.Entry<String, List<Double>> row : p99.entrySet()) {
            double median = Median.of(row.getValue().stream().mapToDouble(Double::doubleValue));
            System.out.printf("%s: p99 %.1f ms%n", row.getKey(), median);
            if (row.getKey().startsWith("nothing")) {
                quiet = median;
            } else if (quiet != null) {
                targets.atMost("p99 of POST beside " + row.getKey() + " / quiet", median / quiet, LIMIT);
            }
        }
        targets.publish();
        return 0;
    }

    private double behindALongHistory(boolean scanned) throws Exception {
        Path folder = Program.newFolder();
        try {
            GeneratedJournal.write(folder, DOMAINS, lines);
            try (Program program = Program.start(folder, Program.apps(DOMAINS), Map.of())) {
                return afterWarmUp(program, scanned ? Scans.start(program) : null);
            }
        } finally {
            Program.delete(folder);
        }
    }

    /** @param fills whether each channel gets its canvas meanwhile, as fast as Slack allows */
    private double beside(boolean fills) throws Exception {
        Path folder = Program.newFolder();
        try (SimulatedSlack slack = new SimulatedSlack(channels, InstantSource.system());
                Program program = Program.start(
                        folder, fills ? slack.apps(DOMAINS) : Program.apps(DOMAINS), slack.settings(Map.of()))) {
            return afterWarmUp(program, null);
        } finally {
            Program.delete(folder);
        }
    }

    private double afterTheStart(int linesOfYesterday) throws Exception {
        Path folder = Program.newFolder();
        try {
            if (linesOfYesterday > 0) {
                GeneratedJournal.writeYesterday(folder, DOMAINS, linesOfYesterday);
            }
            try (Program program = Program.start(folder, Program.apps(DOMAINS), Map.of())) {
                double p99 = p99(program, time.plus(START), START);
                if (linesOfYesterday > 0 && !hasCompressedDay(folder)) {
                    throw new IllegalStateException("the day was not closed");
                }
                return p99;
            }
        } finally {
            Program.delete(folder);
        }
    }

    private static boolean hasCompressedDay(Path folder) throws IOException {
        try (var files = Files.list(folder.resolve("data/history"))) {
            return files.anyMatch(file -> file.toString().endsWith(".gz"));
        }
    }

    private double afterWarmUp(Program program, @Nullable Scans scans) throws Exception {
        try (Scans running = scans) {
            return p99(program, time, time.dividedBy(3));
        }
    }

    private static double p99(Program program, Duration time, Duration warmUp) throws InterruptedException {
        try (PacedLoad load = PacedLoad.start(program, CONNECTIONS, DOMAINS, POSTS_PER_SECOND)) {
            TimeUnit.NANOSECONDS.sleep(warmUp.toNanos());
            load.micros();
            TimeUnit.NANOSECONDS.sleep(time.minus(warmUp).toNanos());
            if (load.finish(REPLY_TIMEOUT) > 0 || load.failures() > 0) {
                throw new IllegalStateException("posts failed");
            }
            return load.p99Millis();
        }
    }

    /** Clients that read the whole history for a message that is not there, again and again. */
    private static final class Scans implements AutoCloseable {

        private final AtomicBoolean stopped = new AtomicBoolean();
        private final ExecutorService readers = Executors.newFixedThreadPool(SCANS);

        static Scans start(Program program) {
            Scans scans = new Scans();
            IntStream.range(0, SCANS)
                    .forEach(reader -> scans.readers.submit(() -> {
                        while (!scans.stopped.get()) {
                            // 503 with Retry-After where more scans run than are allowed.
                            program.get("/api/v1/history?status=Blank&limit=1000");
                        }
                        return null;
                    }));
            return scans;
        }

        @Override
        public void close() {
            stopped.set(true);
            readers.shutdownNow();
        }
    }
}
