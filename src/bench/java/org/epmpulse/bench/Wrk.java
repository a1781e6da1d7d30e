package org.epmpulse.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the load generator wrk with the scripts of {@code src/bench/wrk}. Fails if any request fails. */
final class Wrk {

    private static final Pattern RESULT = Pattern.compile("RESULT (\\d+) (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)");

    /** The unit of times in {@code /proc/self/stat}, which is fixed on Linux. */
    private static final double MICROS_PER_TICK = 10_000;

    private static final int CHILD_USER_TIME = 13;
    private static final int CHILD_SYSTEM_TIME = 14;

    /** The minimum share of updates that must be recorded: duplicates are cheaper, because they are not written. */
    private static final double MIN_RECORDED_SHARE = 0.95;

    /** The first number of the next run: all runs send different updates. */
    private static final AtomicLong NEXT_FIRST = new AtomicLong(1);

    private static final long MAX_UPDATES_PER_RUN = 100_000_000;

    private Wrk() {}

    /**
     * The result of a load.
     *
     * @param perSecond recorded updates, or reads
     * @param cpuMicros CPU of the program per update or read
     * @param wrkMicros CPU of wrk, on the same cores, per update or read
     * @param medianMillis median latency of a request
     * @param p99Millis 99th percentile of the latency of a request
     * @param serverMicros CPU of the database server, on the same cores, per update or read; NaN without one
     */
    record Result(
            double perSecond,
            double cpuMicros,
            double wrkMicros,
            double medianMillis,
            double p99Millis,
            double serverMicros) {

        private Result dividedBy(double items) {
            return new Result(
                    perSecond * items, cpuMicros / items, wrkMicros / items, medianMillis, p99Millis, serverMicros);
        }

        Result withServer(double micros) {
            return new Result(perSecond, cpuMicros, wrkMicros, medianMillis, p99Millis, micros);
        }
    }

    private record Run(long requests, Result result) {}

    /** Posts single updates to this number of domains. */
    static Result post(Program program, int connections, int domains, Duration duration)
            throws IOException, InterruptedException {
        return update(program, "/api/v1/status", connections, duration, 1, "post.lua", Integer.toString(domains));
    }

    /** Posts single alerts of this number of domains to Alertmanager. */
    static Result alerts(Program program, int connections, int domains, Duration duration)
            throws IOException, InterruptedException {
        List<String> arguments =
                List.of(Integer.toString(domains), Long.toString(NEXT_FIRST.getAndAdd(MAX_UPDATES_PER_RUN)));
        return load(program, "/api/v2/alerts", connections, duration, "alerts.lua", arguments)
                .result();
    }

    /** Posts batches of this number of items. */
    static Result batch(Program program, int connections, int domains, int items, Duration duration)
            throws IOException, InterruptedException {
        return update(
                program,
                "/api/v1/status/batch",
                connections,
                duration,
                items,
                "batch.lua",
                Integer.toString(domains),
                Integer.toString(items));
    }

    private static Result update(
            Program program,
            String path,
            int connections,
            Duration duration,
            int items,
            String script,
            String... arguments)
            throws IOException, InterruptedException {
        List<String> scriptArguments = new ArrayList<>(List.of(Program.KEY));
        scriptArguments.addAll(List.of(arguments));
        scriptArguments.add(Long.toString(NEXT_FIRST.getAndAdd(MAX_UPDATES_PER_RUN)));
        Long before = program.revision();
        Run run = load(program, path, connections, duration, script, scriptArguments);
        Long after = program.revision();
        long accepted = run.requests() * items;
        // Updates in flight at the end are recorded, but their replies are not counted.
        long recorded = before == null || after == null ? accepted : Math.min(accepted, after - before);
        if (recorded < MIN_RECORDED_SHARE * accepted) {
            throw new IllegalStateException("only " + recorded + " of " + accepted + " accepted updates were recorded");
        }
        return run.result().dividedBy((double) recorded / run.requests());
    }

    /** Reads the board with this number of keys in turn, {@link #readerKey}; with a tag, only if it changed. */
    static Result get(Program program, int connections, Duration duration, int keys, String... tag)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(keys)));
        arguments.addAll(List.of(tag));
        return load(program, "/api/v1/status", connections, duration, "get.lua", arguments)
                .result();
    }

    /** A key of {@link #get}; numbers start at 0. */
    static String readerKey(int number) {
        return "a-key-of-reader-%04d-of-the-benchmark".formatted(number);
    }

    private static Run load(
            Program program, String path, int connections, Duration duration, String script, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "wrk",
                "--threads=" + Math.min(2, connections),
                "--connections=" + connections,
                "--duration=" + duration.toSeconds() + "s",
                "--timeout=30s",
                "--script=" + Path.of("src/bench/wrk", script),
                program.uri(path).toString(),
                "--"));
        command.addAll(arguments);
        double childrenBefore = childrenMicros();
        Duration before = program.cpu();
        Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        wrk.waitFor();
        Duration cpu = program.cpu().minus(before);
        double children = childrenMicros() - childrenBefore;
        Matcher result = RESULT.matcher(output);
        if (!result.find() || Long.parseLong(result.group(5)) > 0 || Long.parseLong(result.group(6)) > 0) {
            throw new IllegalStateException(output);
        }
        long requests = Long.parseLong(result.group(1));
        return new Run(
                requests,
                new Result(
                        requests * 1e6 / Long.parseLong(result.group(2)),
                        cpu.toNanos() / 1e3 / requests,
                        children / requests,
                        Long.parseLong(result.group(3)) / 1e3,
                        Long.parseLong(result.group(4)) / 1e3,
                        Double.NaN));
    }

    /** CPU of all terminated child processes. */
    static double childrenMicros() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[CHILD_USER_TIME]) + Long.parseLong(fields[CHILD_SYSTEM_TIME])) * MICROS_PER_TICK;
    }
}
