package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.PackagedCluster.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.epmpulse.sandbox.JobScript;
import org.epmpulse.sandbox.SandboxCall;
import org.epmpulse.sandbox.SandboxProduct;
import org.epmpulse.sandbox.ScriptedJobState;

/**
 * Clients that send updates, batches, warnings and jobs of EPM through the balancer, and readers of both nodes. Four
 * clients send an Idempotency-Key and repeat a request until it is recorded, as the shipped ones do; one does neither.
 */
final class ClusterLoad implements AutoCloseable {

    private static final int CLIENTS = 5;
    private static final int BATCH = 12;
    private static final long PAUSE_MILLIS = 40;

    /** Of a client for one reply. */
    private static final Duration TIMEOUT = Duration.ofSeconds(8);

    /** How long a job runs in EPM: longer than most faults. */
    private static final Duration JOB = Duration.ofSeconds(10);

    /** A second message that says the same must have been announced so. */
    private static final String REPEATED = "sending it again";

    private static final String ACTIVE = "this node is active now";

    private static final AtomicInteger LOADS = new AtomicInteger();

    private final String prefix = "L" + LOADS.incrementAndGet() + "-";
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(CLIENTS + 2);
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final List<Client> clients = new ArrayList<>();

    /** Jobs of the warnings; the message of an alert names the job. */
    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();

    private final Queue<String> jobs = new ConcurrentLinkedQueue<>();
    private final PackagedCluster cluster;
    private final ClusterLedger ledger;
    private volatile boolean ending;
    private final long repetitionsBefore;
    private final long takeoversBefore;
    private final int pausesBefore;

    private ClusterLoad(PackagedCluster cluster) throws Exception {
        this.cluster = cluster;
        this.ledger = new ClusterLedger(cluster);
        this.repetitionsBefore = logged(REPEATED);
        this.takeoversBefore = logged(ACTIVE);
        this.pausesBefore = pauses();
    }

    static ClusterLoad start(PackagedCluster cluster) throws Exception {
        ClusterLoad load = new ClusterLoad(cluster);
        for (int i = 0; i < CLIENTS; i++) {
            Client client = load.new Client(i);
            load.clients.add(client);
            load.repeat(client::step, PAUSE_MILLIS);
        }
        for (PackagedNode node : cluster.nodes()) {
            load.repeat(() -> load.read(node), 100);
        }
        return load;
    }

    private interface Task {
        void run() throws Exception;
    }

    private void repeat(Task task, long pauseMillis) {
        threads.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } catch (Exception | AssertionError e) {
                        failures.add(e);
                    }
                },
                0,
                pauseMillis,
                TimeUnit.MILLISECONDS);
    }

    /** Reading goes on whatever happens to the database and the other node. */
    private void read(PackagedNode node) throws Exception {
        if (!node.isServing()) {
            return;
        }
        try {
            HttpResponse<String> reply = node.get("/api/v1/status");
            assertThat(reply.statusCode()).as("node %s: %s", node, reply.body()).isEqualTo(200);
        } catch (IOException e) {
            assertThat(node.isServing())
                    .as("node %s does not answer: %s", node, e)
                    .isFalse();
        }
    }

    /** Waits until some more requests have been recorded. */
    void awaitProgress() {
        long before = ledger.count(ClusterLedger.End.RECORDED);
        await("updates are recorded").atMost(PackagedCluster.PATIENCE).untilAsserted(() -> {
            assertThat(failures).isEmpty();
            assertThat(ledger.count(ClusterLedger.End.RECORDED)).isGreaterThanOrEqualTo(before + 10);
        });
    }

    /** Ends the load and compares everything that the programs, Slack and EPM have with what the clients know. */
    void assertNothingIsLostOrRepeated() throws Exception {
        ending = true;
        await("each client knows the end of its request")
                .atMost(PackagedCluster.PATIENCE)
                .until(() -> clients.stream().allMatch(client -> client.current == null));
        threads.shutdown();
        assertThat(threads.awaitTermination(TIMEOUT.toSeconds() * 2, TimeUnit.SECONDS))
                .isTrue();
        assertThat(failures).isEmpty();
        await("the end of each job").atMost(PackagedCluster.PATIENCE).untilAsserted(() -> {
            for (String job : jobs) {
                assertThat(ledger.endsOf(job)).as(job).isPositive();
            }
        });
        await("each alert").atMost(PackagedCluster.PATIENCE).untilAsserted(() -> {
            for (String job : warnings) {
                assertThat(hasAlert(job)).as(job).isTrue();
            }
        });
        cluster.assertConverged();
        ledger.assertJournal();
        for (String job : jobs) {
            assertThat(ledger.endsOf(job)).as(job).isEqualTo(1);
            assertPolledOncePerInterval(job);
        }
        long announced = logged(REPEATED) - repetitionsBefore;
        assertThat(repeatedMessages())
                .as("messages with an alert that had come before")
                .isLessThanOrEqualTo(announced);
        assertThat(announced)
                .as("messages that a node may have been sending when another one took over")
                .isLessThanOrEqualTo(logged(ACTIVE) - takeoversBefore);
    }

    private boolean hasAlert(String job) {
        return cluster.slack.messages().stream().anyMatch(message -> isAlert(job, message.text()));
    }

    private static boolean isAlert(String job, String text) {
        return Pattern.compile("job " + job + "(?!\\d)").matcher(text).find();
    }

    private long repeatedMessages() {
        Set<String> seen = new HashSet<>();
        return cluster.slack.messages().stream()
                .map(message -> warnings.stream()
                        .filter(job -> isAlert(job, message.posted()))
                        .toList())
                .filter(alerts -> alerts.stream().filter(job -> !seen.add(job)).count() > 0)
                .count();
    }

    /** How many lines with this text the nodes have logged. */
    private long logged(String text) {
        return cluster.nodes().stream()
                .flatMap(node -> node.output().lines())
                .filter(line -> line.contains(text))
                .count();
    }

    private int pauses() {
        return cluster.nodes().stream()
                .mapToInt(PackagedNode::pausesWhileActive)
                .sum();
    }

    /**
     * At least half an interval passes after each poll, also after a takeover. Only a poll that a paused node had begun
     * is sent when it goes on: polls are harmless, and not fenced.
     */
    private void assertPolledOncePerInterval(String job) {
        List<Instant> polls = cluster.epm.calls().stream()
                .filter(call -> job.equals("E" + call.subject()))
                .map(SandboxCall::received)
                .toList();
        List<Instant> early = new ArrayList<>();
        for (int i = 1; i < polls.size(); i++) {
            Duration pause = Duration.between(polls.get(i - 1), polls.get(i));
            if (pause.compareTo(PackagedCluster.POLL_INTERVAL.dividedBy(2)) < 0) {
                early.add(polls.get(i));
            }
        }
        assertThat(early)
                .as("%s was polled again too early, of %s", job, polls)
                .hasSizeLessThanOrEqualTo(pauses() - pausesBefore);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** @param keyed whether it has an Idempotency-Key and is repeated */
    private record Request(String path, String job, Set<String> domains, String body, boolean keyed) {}

    private final class Client {

        private final int number;
        private int sent;

        /** Null if the client knows the end of its last one. */
        private volatile Request current;

        private Client(int number) {
            this.number = number;
        }

        private void step() throws Exception {
            if (current == null) {
                if (ending) {
                    return;
                }
                current = next();
            }
            Request request = current;
            HttpRequest.Builder http = HttpRequest.newBuilder()
                    .timeout(TIMEOUT)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(request.body()));
            if (request.keyed()) {
                http.header("Idempotency-Key", request.job());
            }
            ClusterLedger.End end = send(request, http);
            if (end == ClusterLedger.End.RECORDED && request.keyed() && sent % 10 == 0) {
                // Also a repetition of what is known to be recorded records nothing.
                end = send(request, http);
            }
            if (end == ClusterLedger.End.RECORDED || !request.keyed()) {
                if (end != ClusterLedger.End.RECORDED) {
                    ledger.ended(request.job(), request.domains(), end);
                }
                current = null;
            }
        }

        private ClusterLedger.End send(Request request, HttpRequest.Builder http) throws Exception {
            try {
                HttpResponse<String> reply = cluster.send(request.path(), http);
                switch (reply.statusCode()) {
                    case 200 -> {
                        JsonNode data = JSON.readTree(reply.body()).path("data");
                        JsonNode items = data.has("updates")
                                ? data.path("updates")
                                : JSON.createArrayNode().add(data);
                        ledger.recorded(request.job(), request.domains(), items);
                        return ClusterLedger.End.RECORDED;
                    }
                    case 503 -> {
                        assertThat(reply.body()).containsAnyOf("\"STATE_ERROR\"", "\"UNAVAILABLE\"");
                        return ClusterLedger.End.NOT_RECORDED;
                    }
                    case 504 -> {
                        assertThat(reply.body()).contains("\"STATE_UNKNOWN\"", "\"retry_with_key\":" + request.keyed());
                        return ClusterLedger.End.UNKNOWN;
                    }
                    default -> throw new AssertionError(reply.statusCode() + " " + reply.body());
                }
            } catch (ConnectException | HttpConnectTimeoutException e) {
                return ClusterLedger.End.NOT_RECORDED;
            } catch (IOException e) {
                return ClusterLedger.End.UNKNOWN;
            }
        }

        private Request next() {
            sent++;
            String job = prefix + number + "-" + sent;
            if (number == 0 && sent % 30 == 1) {
                int alert = cluster.alerts.getAndIncrement();
                boolean isWarning = alert / PackagedCluster.ALERTS % 2 == 0;
                if (isWarning) {
                    warnings.add(job);
                }
                String domain = "W" + alert % PackagedCluster.ALERTS;
                return single(job, "Alerts", domain, isWarning ? "Warning" : "OK", "");
            }
            if (number == 1 && (sent == 1 || sent == 60)) {
                int number = cluster.jobs.getAndIncrement();
                String epmId = Integer.toString(1_000 + number);
                cluster.epm.addJob(
                        SandboxProduct.PLANNING,
                        PackagedCluster.APPLICATION,
                        epmId,
                        JobScript.from(Instant.now()).then(JOB, ScriptedJobState.succeeded()));
                jobs.add("E" + epmId);
                String domain = "J" + number % PackagedCluster.JOBS;
                return single("E" + epmId, "Polled", domain, "Loading", ",\"epm_job_id\":\"" + epmId + "\"");
            }
            if (sent % 3 == 0) {
                return batch(job);
            }
            String status = sent % 2 == 0 ? "Loading" : "OK";
            return single(job, "Close", "D" + (sent + number * 7) % PackagedCluster.DOMAINS, status, "");
        }

        private Request single(String job, String app, String domain, String status, String more) {
            return new Request(
                    "/api/v1/status", job, Set.of(domain), update(job, app, domain, status, more), isKeyed());
        }

        private Request batch(String job) {
            Set<String> domains = new LinkedHashSet<>();
            List<String> items = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                String domain = "D" + (sent + number * 7 + i) % PackagedCluster.DOMAINS;
                domains.add(domain);
                items.add(update(job, "Close", domain, "OK", ""));
            }
            String body = "{\"updates\":[" + String.join(",", items) + "]}";
            return new Request("/api/v1/status/batch", job, domains, body, isKeyed());
        }

        private boolean isKeyed() {
            return number < CLIENTS - 1;
        }

        private String update(String job, String app, String domain, String status, String more) {
            return "{\"app\":\"%s\",\"domain\":\"%s\",\"status\":\"%s\",\"job_id\":\"%s\"%s}"
                    .formatted(app, domain, status, job, more);
        }
    }
}
