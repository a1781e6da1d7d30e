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
 * The packaged program polls a thousand running jobs every 30 s in four environments that respond after 200 ms; in the
 * second half one of them hangs.
 */
@Command(
        name = "polls",
        description = "Poll a thousand running EPM jobs. Takes five minutes.",
        mixinStandardHelpOptions = true)
final class PollsBenchmark implements Callable<Integer> {

    private static final int ENVIRONMENTS = 4;
    private static final int JOBS_PER_ENVIRONMENT = 250;

    @Option(names = "--quick", description = "Only one interval, of 15 s.")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
        Duration interval = Duration.ofSeconds(quick ? 15 : 30);
        int rounds = quick ? 1 : 4;
        List<EpmSandbox> environments = IntStream.range(0, ENVIRONMENTS)
                .mapToObj(i -> EpmSandbox.start(InstantSource.system()))
                .toList();
        for (int environment = 0; environment < ENVIRONMENTS; environment++) {
            environments.get(environment).put(OAuthClient.of("bench", "bench"));
            environments
                    .get(environment)
                    .fail(CallMatcher.product(SandboxProduct.PLANNING), Fault.slow(Duration.ofMillis(200)));
            for (int job = 0; job < JOBS_PER_ENVIRONMENT; job++) {
                environments
                        .get(environment)
                        .addJob(
                                SandboxProduct.PLANNING,
                                "App" + environment,
                                id(job),
                                JobScript.sequence(ScriptedJobState.running()));
            }
        }
        try (Program program =
                Program.start(apps(environments), Map.of("EPMPULSE_POLL_INTERVAL", interval.toSeconds() + "s"))) {
            for (int environment = 0; environment < ENVIRONMENTS; environment++) {
                post(program, environment);
            }
            // Start between two rounds of polls, so that each interval contains a whole round.
            while (Arrays.stream(polls(environments))
                    .flatMapToInt(IntStream::of)
                    .anyMatch(count -> count == 0)) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            Table table = new Table(
                    "polls",
                    "environments",
                    "environment",
                    "responses per job and interval, min / max",
                    "max connections",
                    "token requests");
            measure(environments, "all respond in 200 ms", interval, rounds, table);
            environments.get(0).clearFaults();
            environments.get(0).fail(CallMatcher.product(SandboxProduct.PLANNING), Fault.hang());
            measure(environments, "environment 0 hangs", interval, rounds, table);
            table.publish();
        } finally {
            environments.forEach(EpmSandbox::close);
        }
        return 0;
    }

    private static String id(int job) {
        return Integer.toString(1000 + job);
    }

    private static String apps(List<EpmSandbox> environments) {
        List<String> servers = new ArrayList<>();
        List<String> apps = new ArrayList<>();
        String domains = IntStream.range(0, JOBS_PER_ENVIRONMENT)
                .mapToObj(i -> "\"D" + i + "\"")
                .collect(Collectors.joining(","));
        for (int environment = 0; environment < ENVIRONMENTS; environment++) {
            servers.add(
                    "\"environment%d\": {\"base_url\": \"%s\", \"auth\": {\"token_url\": \"%s\", \"client_id\": \"bench\", \"client_secret\": \"bench\"}}"
                            .formatted(
                                    environment,
                                    environments.get(environment).environmentUrl(),
                                    environments.get(environment).tokenUrl()));
            apps.add("\"App%d\": {\"domains\": [%s], \"server\": \"environment%d\"}"
                    .formatted(environment, domains, environment));
        }
        return "{\"epm\": {\"servers\": {%s}}, \"apps\": {%s}}"
                .formatted(String.join(",", servers), String.join(",", apps));
    }

    private static void post(Program program, int environment) throws InterruptedException {
        String updates = IntStream.range(0, JOBS_PER_ENVIRONMENT)
                .mapToObj(job -> "{\"app\":\"App%d\",\"domain\":\"D%d\",\"status\":\"Loading\",\"epm_job_id\":\"%s\"}"
                        .formatted(environment, job, id(job)))
                .collect(Collectors.joining(","));
        program.post("/api/v1/status/batch", "{\"updates\":[" + updates + "]}");
    }

    private static void measure(
            List<EpmSandbox> environments, String scenario, Duration interval, int rounds, Table table)
            throws InterruptedException {
        int[][] before = polls(environments);
        TimeUnit.MILLISECONDS.sleep(interval.multipliedBy(rounds).toMillis());
        int[][] after = polls(environments);
        for (int environment = 0; environment < ENVIRONMENTS; environment++) {
            int[] counts = new int[JOBS_PER_ENVIRONMENT];
            for (int job = 0; job < JOBS_PER_ENVIRONMENT; job++) {
                counts[job] = after[environment][job] - before[environment][job];
            }
            IntSummaryStatistics statistics = IntStream.of(counts).summaryStatistics();
            table.row(
                    scenario,
                    Integer.toString(environment),
                    "%.2f / %.2f"
                            .formatted(statistics.getMin() / (double) rounds, statistics.getMax() / (double) rounds),
                    Integer.toString(environments.get(environment).maxConcurrentConnections()),
                    Integer.toString(
                            environments.get(environment).tokenRequests().size()));
        }
    }

    private static int[][] polls(List<EpmSandbox> environments) {
        int[][] polls = new int[ENVIRONMENTS][JOBS_PER_ENVIRONMENT];
        for (int environment = 0; environment < ENVIRONMENTS; environment++) {
            for (int job = 0; job < JOBS_PER_ENVIRONMENT; job++) {
                polls[environment][job] =
                        environments.get(environment).polls(SandboxProduct.PLANNING, "App" + environment, id(job));
            }
        }
        return polls;
    }
}
