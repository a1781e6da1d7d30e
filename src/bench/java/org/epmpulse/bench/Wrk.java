package org.epmpulse.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator wrk, with the scripts of {@code src/bench/wrk}. */
final class Wrk {

    private static final Pattern RESULT = Pattern.compile("RESULT (\\d+) (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)");

    private Wrk() {}

    /**
     * What came of a load.
     *
     * @param cpuMicros of the program under load, for each request
     */
    record Result(double perSecond, double cpuMicros, double medianMillis, double p99Millis) {}

    /**
     * Loads a program and insists that it accepts every request.
     *
     * @param script name of a file in {@code src/bench/wrk}
     * @param arguments of the script
     */
    static Result run(
            Program program, String path, int connections, Duration duration, String script, String... arguments)
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
        command.addAll(List.of(arguments));
        Duration before = program.cpu();
        Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        wrk.waitFor(1, TimeUnit.MINUTES);
        Duration cpu = program.cpu().minus(before);
        Matcher result = RESULT.matcher(output);
        if (!result.find() || Long.parseLong(result.group(5)) > 0 || Long.parseLong(result.group(6)) > 0) {
            throw new IllegalStateException(output);
        }
        long requests = Long.parseLong(result.group(1));
        return new Result(
                requests * 1e6 / Long.parseLong(result.group(2)),
                cpu.toNanos() / 1e3 / requests,
                Long.parseLong(result.group(3)) / 1e3,
                Long.parseLong(result.group(4)) / 1e3);
    }
}
