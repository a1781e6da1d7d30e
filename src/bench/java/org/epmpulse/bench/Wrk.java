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

/** The load generator wrk, with the scripts of {@code src/bench/wrk}. Insists that every request is accepted. */
final class Wrk {

    private static final Pattern RESULT = Pattern.compile("RESULT (\\d+) (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)");

    /** Of the times in {@code /proc/self/stat}; what Linux has had for decades. */
    private static final double MICROS_PER_TICK = 10_000;

    private static final int CHILD_USER_TIME = 13;
    private static final int CHILD_SYSTEM_TIME = 14;

    /** So many updates have to be recorded: a duplicate costs no write. */
    private static final double LEAST_RECORDED = 0.95;

    /** Updates of no two runs are the same. */
    private static final AtomicLong FIRST = new AtomicLong(1);

    private static final long UPDATES_OF_A_RUN = 100_000_000;

    private Wrk() {}

    /**
     * What came of a load.
     *
     * @param perSecond updates that were recorded, or reads
     * @param cpuMicros of the program under load, for each of them
     * @param wrkMicros what the load itself took of the same cores, for each of them
     * @param medianMillis of a request
     * @param p99Millis of a request
     */
    record Result(double perSecond, double cpuMicros, double wrkMicros, double medianMillis, double p99Millis) {

        private Result dividedBy(double items) {
            return new Result(perSecond * items, cpuMicros / items, wrkMicros / items, medianMillis, p99Millis);
        }
    }

    private record Run(long requests, Result result) {}

    /** Posts single updates over so many domains. */
    static Result post(Program program, int connections, int domains, Duration duration)
            throws IOException, InterruptedException {
        return update(program, "/api/v1/status", connections, duration, 1, "post.lua", Integer.toString(domains));
    }

    /** Posts batches of so many items. */
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
        List<String> all = new ArrayList<>(List.of(Program.KEY));
        all.addAll(List.of(arguments));
        all.add(Long.toString(FIRST.getAndAdd(UPDATES_OF_A_RUN)));
        Long before = program.revision();
        Run run = load(program, path, connections, duration, script, all);
        Long after = program.revision();
        long accepted = run.requests() * items;
        // What was under way at the end was recorded, but its answer not counted.
        long recorded = before == null || after == null ? accepted : Math.min(accepted, after - before);
        if (recorded < LEAST_RECORDED * accepted) {
            throw new IllegalStateException("of " + accepted + " updates only " + recorded + " were recorded");
        }
        return run.result().dividedBy((double) recorded / run.requests());
    }

    /** Reads the board in turn with so many keys, {@link #readerKey}, and if it changed where a tag is given. */
    static Result get(Program program, int connections, Duration duration, int keys, String... tag)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(keys)));
        arguments.addAll(List.of(tag));
        return load(program, "/api/v1/status", connections, duration, "get.lua", arguments)
                .result();
    }

    /** A key of {@link #get}, from 0 on. */
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
                        Long.parseLong(result.group(4)) / 1e3));
    }

    /** CPU of all processes that this one started and that have ended. */
    private static double childrenMicros() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[CHILD_USER_TIME]) + Long.parseLong(fields[CHILD_SYSTEM_TIME])) * MICROS_PER_TICK;
    }
}
