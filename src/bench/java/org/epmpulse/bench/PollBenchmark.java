package org.epmpulse.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.JobAnswer;
import org.epmpulse.sandbox.JobScript;
import org.epmpulse.sandbox.OAuthClient;
import org.epmpulse.sandbox.PodProduct;
import org.epmpulse.sandbox.Where;

/**
 * A thousand running jobs on four pods that take 200 ms for an answer, asked for every 30 s by the packaged program; in
 * the second half one of the pods hangs. Takes five minutes and prints a table.
 */
public final class PollBenchmark {

    private static final int PODS = 4;
    private static final int JOBS_PER_POD = 250;
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final int ROUNDS = 4;

    private PollBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        List<EpmSandbox> pods = IntStream.range(0, PODS)
                .mapToObj(i -> EpmSandbox.start(InstantSource.system()))
                .toList();
        for (int pod = 0; pod < PODS; pod++) {
            pods.get(pod).put(OAuthClient.of("bench", "bench"));
            pods.get(pod).fail(Where.product(PodProduct.PLANNING), Fault.slow(Duration.ofMillis(200)));
            for (int job = 0; job < JOBS_PER_POD; job++) {
                pods.get(pod).addJob(PodProduct.PLANNING, "App" + pod, id(job), JobScript.polls(JobAnswer.running()));
            }
        }
        try (Program program =
                Program.start(apps(pods), Map.of("EPMPULSE_POLL_INTERVAL", INTERVAL.toSeconds() + "s"))) {
            for (int pod = 0; pod < PODS; pod++) {
                post(program, pod);
            }
            // What follows begins between two rounds, so that each interval has a whole one.
            while (Arrays.stream(polls(pods)).flatMapToInt(IntStream::of).anyMatch(count -> count == 0)) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            PrintStream out = System.out;
            out.println("| pods | pod | polls a job and interval, fewest / most | most connections | token requests |");
            out.println("|---|---|---|---|---|");
            measure(pods, "all answer in 200 ms", out);
            pods.get(0).clearFaults();
            pods.get(0).fail(Where.product(PodProduct.PLANNING), Fault.hang());
            measure(pods, "pod 0 hangs", out);
        } finally {
            pods.forEach(EpmSandbox::close);
        }
    }

    private static String id(int job) {
        return Integer.toString(1000 + job);
    }

    private static String apps(List<EpmSandbox> pods) {
        List<String> servers = new ArrayList<>();
        List<String> apps = new ArrayList<>();
        String domains = IntStream.range(0, JOBS_PER_POD)
                .mapToObj(i -> "\"D" + i + "\"")
                .collect(Collectors.joining(","));
        for (int pod = 0; pod < PODS; pod++) {
            servers.add("\"pod%d\": {\"base_url\": \"%s\", \"auth\": {\"token_url\": \"%s\", \"client_id\": \"bench\", \"client_secret\": \"bench\"}}"
                    .formatted(pod, pods.get(pod).podUrl(), pods.get(pod).tokenUrl()));
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

    private static void measure(List<EpmSandbox> pods, String scenario, PrintStream out) throws InterruptedException {
        int[][] before = polls(pods);
        Duration time = INTERVAL.multipliedBy(ROUNDS);
        TimeUnit.MILLISECONDS.sleep(time.toMillis());
        int[][] after = polls(pods);
        for (int pod = 0; pod < PODS; pod++) {
            int[] counts = new int[JOBS_PER_POD];
            for (int job = 0; job < JOBS_PER_POD; job++) {
                counts[job] = after[pod][job] - before[pod][job];
            }
            IntSummaryStatistics statistics = IntStream.of(counts).summaryStatistics();
            out.printf(
                    "| %s | %d | %.2f / %.2f | %d | %d |%n",
                    scenario,
                    pod,
                    statistics.getMin() / (double) ROUNDS,
                    statistics.getMax() / (double) ROUNDS,
                    pods.get(pod).maxConcurrentConnections(),
                    pods.get(pod).tokenRequests().size());
        }
    }

    private static int[][] polls(List<EpmSandbox> pods) {
        int[][] polls = new int[PODS][JOBS_PER_POD];
        for (int pod = 0; pod < PODS; pod++) {
            for (int job = 0; job < JOBS_PER_POD; job++) {
                polls[pod][job] = pods.get(pod).polls(PodProduct.PLANNING, "App" + pod, id(job));
            }
        }
        return polls;
    }
}
