package org.epmpulse.bench;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.JobScript;
import org.epmpulse.sandbox.OAuthClient;
import org.epmpulse.sandbox.SandboxProduct;
import org.epmpulse.sandbox.ScriptedJobState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A thousand running jobs on four pods that take 200 ms for an answer, asked for every 30 s by the packaged program; in
 * the second half one of the pods hangs.
 */
@Command(
        name = "polls",
        description = "A thousand running EPM jobs, polled. Takes five minutes.",
        mixinStandardHelpOptions = true)
final class PollsBenchmark implements Callable<Integer> {

    private static final int PODS = 4;
    private static final int JOBS_PER_POD = 250;

    @Option(names = "--quick", description = "With an interval of 15 s, and one of them.")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
        Duration interval = Duration.ofSeconds(quick ? 15 : 30);
        int rounds = quick ? 1 : 4;
        List<EpmSandbox> pods = IntStream.range(0, PODS)
                .mapToObj(i -> EpmSandbox.start(InstantSource.system()))
                .toList();
        for (int pod = 0; pod < PODS; pod++) {
            pods.get(pod).put(OAuthClient.of("bench", "bench"));
            pods.get(pod).fail(CallMatcher.product(SandboxProduct.PLANNING), Fault.slow(Duration.ofMillis(200)));
            for (int job = 0; job < JOBS_PER_POD; job++) {
                pods.get(pod)
                        .addJob(
                                SandboxProduct.PLANNING,
                                "App" + pod,
                                id(job),
                                JobScript.polls(ScriptedJobState.running()));
            }
        }
        try (Program program =
                Program.start(apps(pods), Map.of("EPMPULSE_POLL_INTERVAL", interval.toSeconds() + "s"))) {
            for (int pod = 0; pod < PODS; pod++) {
                post(program, pod);
            }
            // What follows begins between two rounds, so that each interval has a whole one.
            while (Arrays.stream(polls(pods)).flatMapToInt(IntStream::of).anyMatch(count -> count == 0)) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            Table table = new Table(
                    "polls",
                    "environments",
                    "environment",
                    "answers a job and interval, fewest / most",
                    "most connections",
                    "token requests");
            measure(pods, "all answer in 200 ms", interval, rounds, table);
            pods.get(0).clearFaults();
            pods.get(0).fail(CallMatcher.product(SandboxProduct.PLANNING), Fault.hang());
            measure(pods, "environment 0 hangs", interval, rounds, table);
            table.publish();
        } finally {
            pods.forEach(EpmSandbox::close);
        }
        return 0;
    }

    private static String id(int job) {
        return Integer.toString(1000 + job);
    }

    private static String apps(List<EpmSandbox> pods) {
        List<String> servers = new ArrayList<>();
        List<String> apps = new ArrayList<>();
        String domains =
                IntStream.range(0, JOBS_PER_POD).mapToObj(i -> "\"D" + i + "\"").collect(Collectors.joining(","));
        for (int pod = 0; pod < PODS; pod++) {
            servers.add(
                    "\"pod%d\": {\"base_url\": \"%s\", \"auth\": {\"token_url\": \"%s\", \"client_id\": \"bench\", \"client_secret\": \"bench\"}}"
                            .formatted(
                                    pod, pods.get(pod).podUrl(), pods.get(pod).tokenUrl()));
            apps.add("\"App%d\": {\"domains\": [%s], \"server\": \"pod%d\"}".formatted(pod, domains, pod));
        }
        return "{\"epm\": {\"servers\": {%s}}, \"apps\": {%s}}"
                .formatted(String.join(",", servers), String.join(",", apps));
    }

    private static void post(Program program, int pod) throws InterruptedException {
        String updates = IntStream.range(0, JOBS_PER_POD)
                .mapToObj(job -> "{\"app\":\"App%d\",\"domain\":\"D%d\",\"status\":\"Loading\",\"epm_job_id\":\"%s\"}"
                        .formatted(pod, job, id(job)))
                .collect(Collectors.joining(","));
        program.post("/api/v1/status/batch", "{\"updates\":[" + updates + "]}");
    }

    private static void measure(List<EpmSandbox> pods, String scenario, Duration interval, int rounds, Table table)
            throws InterruptedException {
        int[][] before = polls(pods);
        TimeUnit.MILLISECONDS.sleep(interval.multipliedBy(rounds).toMillis());
        int[][] after = polls(pods);
        for (int pod = 0; pod < PODS; pod++) {
            int[] counts = new int[JOBS_PER_POD];
            for (int job = 0; job < JOBS_PER_POD; job++) {
                counts[job] = after[pod][job] - before[pod][job];
            }
            IntSummaryStatistics statistics = IntStream.of(counts).summaryStatistics();
            table.row(
                    scenario,
                    Integer.toString(pod),
                    "%.2f / %.2f"
                            .formatted(statistics.getMin() / (double) rounds, statistics.getMax() / (double) rounds),
                    Integer.toString(pods.get(pod).maxConcurrentConnections()),
                    Integer.toString(pods.get(pod).tokenRequests().size()));
        }
    }

    private static int[][] polls(List<EpmSandbox> pods) {
        int[][] polls = new int[PODS][JOBS_PER_POD];
        for (int pod = 0; pod < PODS; pod++) {
            for (int job = 0; job < JOBS_PER_POD; job++) {
                polls[pod][job] = pods.get(pod).polls(SandboxProduct.PLANNING, "App" + pod, id(job));
            }
        }
        return polls;
    }
}
