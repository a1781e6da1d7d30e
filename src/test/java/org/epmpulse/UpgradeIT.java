package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.PackagedCluster.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restarts node after node under updates of clients that neither repeat a request nor send a key. */
class UpgradeIT {

    /** Of each node. */
    private static final int RESTARTS = Integer.getInteger("upgrade.restarts", 1);

    private static final int CLIENTS = 8;
    private static final long UPDATES_A_SECOND = 200;

    @TempDir
    Path folder;

    @AutoClose
    private PackagedCluster cluster;

    @AutoClose("shutdownNow")
    private final ScheduledExecutorService clients = Executors.newScheduledThreadPool(CLIENTS);

    private final AtomicInteger sent = new AtomicInteger();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private ClusterLedger ledger;

    @BeforeEach
    void start() throws Exception {
        // Longer than nginx keeps an idle connection.
        cluster = PackagedCluster.start(folder, Map.of("EPMPULSE_STOP_DELAY", "5s"));
        ledger = new ClusterLedger(cluster);
    }

    @Test
    void restartingNodeAfterNodeRefusesAndLosesNoUpdate() throws Exception {
        for (int i = 0; i < CLIENTS; i++) {
            long period = 1_000_000 * CLIENTS / UPDATES_A_SECOND;
            clients.scheduleAtFixedRate(this::post, i * period / CLIENTS, period, TimeUnit.MICROSECONDS);
        }
        awaitProgress();
        for (int restart = 0; restart < RESTARTS; restart++) {
            for (PackagedNode node : cluster.nodes()) {
                PackagedNode other = cluster.other(node);
                boolean wasActive = node.isActive();
                node.terminate();
                if (wasActive) {
                    await("node " + other + " is active")
                            .atMost(PackagedCluster.PATIENCE)
                            .until(other::isActive);
                }
                awaitProgress();
                node.start();
                node.awaitReady();
                awaitProgress();
            }
        }
        clients.shutdown();
        assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

        assertThat(problems).as("of %d updates", sent.get()).isEmpty();
        assertThat(ledger.count(ClusterLedger.End.RECORDED)).isEqualTo(sent.get());
        cluster.assertConverged();
        ledger.assertJournal();
    }

    private void awaitProgress() {
        int before = sent.get();
        await().atMost(PackagedCluster.PATIENCE).untilAsserted(() -> {
            assertThat(problems).isEmpty();
            assertThat(sent.get()).isGreaterThan(before + (int) UPDATES_A_SECOND);
        });
    }

    private void post() {
        int number = sent.incrementAndGet();
        String job = "U" + number;
        String domain = "D" + number % PackagedCluster.DOMAINS;
        String body =
                "{\"app\":\"Close\",\"domain\":\"%s\",\"status\":\"OK\",\"job_id\":\"%s\"}".formatted(domain, job);
        try {
            HttpResponse<String> reply = cluster.send(
                    "/api/v1/status",
                    HttpRequest.newBuilder()
                            .timeout(Duration.ofSeconds(30))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body)));
            if (reply.statusCode() == 200) {
                JsonNode item = JSON.readTree(reply.body()).path("data");
                ledger.recorded(job, Set.of(domain), JSON.createArrayNode().add(item));
            } else {
                problems.add(job + ": " + reply.statusCode() + " " + reply.body());
            }
        } catch (Exception | AssertionError e) {
            problems.add(job + ": " + e);
        }
    }
}
