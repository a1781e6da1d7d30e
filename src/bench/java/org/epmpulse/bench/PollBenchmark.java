package org.epmpulse.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
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
    private static final int PORT = 18999;
    private static final String KEY = "a-key-of-the-benchmark-0123456789-abcdefg";

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private PollBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        List<EpmSandbox> pods = IntStream.range(0, PODS)
                .mapToObj(i -> EpmSandbox.start(InstantSource.system()))
                .toList();
        Path folder = Files.createTempDirectory("epmpulse-bench");
        Files.writeString(folder.resolve("apps.json"), apps(pods));
        Process program = start(folder);
        try {
            for (int pod = 0; pod < PODS; pod++) {
                pods.get(pod).put(OAuthClient.of("bench", "bench"));
                pods.get(pod).fail(Where.product(PodProduct.PLANNING), Fault.slow(Duration.ofMillis(200)));
                for (int job = 0; job < JOBS_PER_POD; job++) {
                    pods.get(pod).addJob(PodProduct.PLANNING, "App" + pod, id(job), JobScript.polls(JobAnswer.running()));
                }
            }
            awaitReady();
            for (int pod = 0; pod < PODS; pod++) {
                post(pod);
            }
            PrintStream out = System.out;
            out.println("| pods | pod | polls a job and interval, fewest / most | most connections | token requests |");
            out.println("|---|---|---|---|---|");
            measure(pods, "all answer in 200 ms", out);
            pods.get(0).clearFaults();
            pods.get(0).fail(Where.product(PodProduct.PLANNING), Fault.hang());
            measure(pods, "pod 0 hangs", out);
        } finally {
            program.destroy();
            program.waitFor(30, TimeUnit.SECONDS);
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

    private static Process start(Path folder) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-jar",
                        Path.of("target/epmpulse.jar").toAbsolutePath().toString(),
                        "--port",
                        Integer.toString(PORT))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        Map<String, String> environment = builder.environment();
        environment.put("EPMPULSE_API_KEY", KEY);
        environment.put("EPMPULSE_APPS_CONFIG", folder.resolve("apps.json").toString());
        environment.put("EPMPULSE_ROUTES_DIR", Path.of("routes").toAbsolutePath().toString());
        environment.put("EPMPULSE_POLL_INTERVAL", INTERVAL.toSeconds() + "s");
        return builder.start();
    }

    private static void awaitReady() throws InterruptedException {
        Instant end = Instant.now().plusSeconds(30);
        while (Instant.now().isBefore(end)) {
            try {
                if (send(request("/health").GET()) == 200) {
                    return;
                }
            } catch (UncheckedIOException e) {
                // not yet
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new IllegalStateException("the program did not start");
    }

    private static void post(int pod) throws InterruptedException {
        String updates = IntStream.range(0, JOBS_PER_POD)
                .mapToObj(job -> "{\"app\":\"App%d\",\"domain\":\"D%d\",\"status\":\"Loading\",\"epm_job_id\":\"%s\"}"
                        .formatted(pod, job, id(job)))
                .collect(Collectors.joining(","));
        int status = send(request("/api/v1/status/batch")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"updates\":[" + updates + "]}")));
        if (status != 200) {
            throw new IllegalStateException("HTTP " + status);
        }
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + path))
                .header("X-API-Key", KEY)
                .timeout(Duration.ofSeconds(10));
    }

    private static int send(HttpRequest.Builder request) throws InterruptedException {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
