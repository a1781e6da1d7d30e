package org.epmpulse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Samples a program under load every few seconds and appends to a CSV file in {@code target/bench}. */
final class Samples {

    static final String SECONDS = "seconds";
    static final String RATE = "posts_per_s";
    static final String P99 = "p99_ms";
    static final String RESIDENT = "resident_mib";
    static final String HEAP = "heap_mib";
    static final String HEAP_AFTER_GC = "heap_after_gc_mib";
    static final String GC_COUNT = "gc_count";
    static final String GC_MILLIS = "gc_ms";
    static final String THREADS = "threads";
    static final String FILES = "file_handles";

    /** The columns; the first is the time. */
    static final List<String> COLUMNS =
            List.of(SECONDS, RATE, P99, RESIDENT, HEAP, HEAP_AFTER_GC, GC_COUNT, GC_MILLIS, THREADS, FILES);

    /** Option of a sampled program: no metric reports the heap after a collection. */
    static final String GC_LOG_OPTION = "-Xlog:gc:file=gc.log";

    private static final Pattern COLLECTED = Pattern.compile("\\d+M->(\\d+)M\\(");
    private static final double MIB = 1 << 20;

    private final Program program;
    private final Path folder;
    private final DoubleSupplier p99Millis;
    private final Path csv;
    private final List<double[]> rows = new ArrayList<>();

    /**
     * @param name of the CSV file
     * @param folder of the program, with the garbage collector's log
     * @param p99Millis 99th percentile of the latency since the last sample
     */
    Samples(String name, Program program, Path folder, DoubleSupplier p99Millis) throws IOException {
        this.program = program;
        this.folder = folder;
        this.p99Millis = p99Millis;
        Files.createDirectories(Table.FOLDER);
        this.csv = Files.writeString(Table.csv(name), String.join(",", COLUMNS) + "\n");
    }

    /** Takes samples for this time. */
    void take(Duration time, Duration interval) throws IOException, InterruptedException {
        long start = System.nanoTime();
        long before = start;
        String metrics = program.get("/api/v1/metrics").body();
        for (int i = 1; i <= time.dividedBy(interval); i++) {
            TimeUnit.NANOSECONDS.sleep(start + i * interval.toNanos() - System.nanoTime());
            long now = System.nanoTime();
            String next = program.get("/api/v1/metrics").body();
            double seconds = (now - before) / 1e9;
            double[] row = {
                (now - start) / 1e9,
                difference(metrics, next, "epmpulse_http_requests_seconds_count", "method=\"POST\"") / seconds,
                p99Millis.getAsDouble(),
                program.residentMib(),
                sum(next, "jvm_memory_used_bytes", "area=\"heap\"") / MIB,
                heapAfterCollection(),
                difference(metrics, next, "jvm_gc_pause_seconds_count", ""),
                difference(metrics, next, "jvm_gc_pause_seconds_sum", "") * 1e3,
                program.threads(),
                program.fileHandles()
            };
            rows.add(row);
            String line = Arrays.stream(row).mapToObj("%.2f"::formatted).collect(Collectors.joining(",")) + "\n";
            Files.writeString(csv, line, StandardOpenOption.APPEND);
            metrics = next;
            before = now;
        }
    }

    private static double difference(String before, String after, String name, String label) {
        return sum(after, name, label) - sum(before, name, label);
    }

    private static double sum(String metrics, String name, String label) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + "{") && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** NaN before the first collection. */
    private double heapAfterCollection() throws IOException {
        double after = Double.NaN;
        for (String line : Files.readAllLines(folder.resolve("gc.log"))) {
            Matcher collected = COLLECTED.matcher(line);
            if (collected.find()) {
                after = Double.parseDouble(collected.group(1));
            }
        }
        return after;
    }

    /** The last value of a column. */
    double last(String column) {
        return rows.get(rows.size() - 1)[COLUMNS.indexOf(column)];
    }

    /** The largest value of a column. */
    double max(String column) {
        int index = COLUMNS.indexOf(column);
        return rows.stream().mapToDouble(row -> row[index]).max().orElseThrow();
    }

    /** The mean of the second half of the samples. */
    double mean(String column) {
        int index = COLUMNS.indexOf(column);
        return secondHalf().stream().mapToDouble(row -> row[index]).average().orElseThrow();
    }

    /** The slope per hour of a least-squares line through the second half of the samples. */
    double risePerHour(String column) {
        int index = COLUMNS.indexOf(column);
        double meanTime = mean(SECONDS);
        double mean = mean(column);
        double covariance = 0;
        double variance = 0;
        for (double[] row : secondHalf()) {
            covariance += (row[0] - meanTime) * (row[index] - mean);
            variance += (row[0] - meanTime) * (row[0] - meanTime);
        }
        return covariance / variance * Duration.ofHours(1).toSeconds();
    }

    private List<double[]> secondHalf() {
        return rows.subList(rows.size() / 2, rows.size());
    }
}
