package org.epmpulse.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * POST at 64 connections beside the floor and a bare Camel route, in rounds, so that what else the machine does meets
 * all of them.
 */
public final class UpdatesBenchmark {

    private static final int ROUNDS = 3;
    private static final int DOMAINS = 5;
    private static final int CONNECTIONS = 64;
    private static final Duration WARM_UP = Duration.ofSeconds(60);
    private static final Duration MEASURED = Duration.ofSeconds(15);

    private UpdatesBenchmark() {}

    private interface Start {
        Program program() throws Exception;
    }

    private record Candidate(String name, Start start, List<Wrk.Result> results) {

        Candidate(String name, Start start) {
            this(name, start, new ArrayList<>());
        }

        Wrk.Result median() {
            return results.stream()
                    .sorted(Comparator.comparingDouble(Wrk.Result::cpuMicros))
                    .toList()
                    .get(results.size() / 2);
        }
    }

    public static void main(String[] arguments) throws Exception {
        List<Candidate> candidates = List.of(
                new Candidate(
                        "floor",
                        () -> Program.start(
                                Floor.class, Program.newFolder().resolve("journal").toString())),
                new Candidate("bare Camel route", () -> Program.start(BareRoute.class, "{}")),
                new Candidate("EPMPulse", () -> Program.start(Program.apps(DOMAINS), Map.of())));
        for (int round = 0; round < ROUNDS; round++) {
            for (Candidate candidate : candidates) {
                try (Program program = candidate.start().program()) {
                    post(program, WARM_UP);
                    candidate.results().add(post(program, MEASURED));
                }
            }
        }
        Wrk.Result floor = candidates.get(0).median();
        System.out.println("| | requests/s | of the floor | CPU µs a request | times the floor | p50 ms | p99 ms |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (Candidate candidate : candidates) {
            Wrk.Result result = candidate.median();
            System.out.printf(
                    "| %s | %.0f | %.2f | %.0f | %.2f | %.1f | %.1f |%n",
                    candidate.name(),
                    result.perSecond(),
                    result.perSecond() / floor.perSecond(),
                    result.cpuMicros(),
                    result.cpuMicros() / floor.cpuMicros(),
                    result.medianMillis(),
                    result.p99Millis());
        }
    }

    private static Wrk.Result post(Program program, Duration duration) throws Exception {
        return Wrk.run(
                program, "/api/v1/status", CONNECTIONS, duration, "post.lua", Program.KEY, Integer.toString(DOMAINS));
    }
}
