package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.epmpulse.board.TestingEventReader;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers of events that a balancer moves from node to node. */
class EventsClusterIT {

    /** Each changes once: of a domain that changes again within 200 ms only the last change is sent. */
    private static final int CHANGES = PackagedCluster.DOMAINS;

    @TempDir
    Path folder;

    @AutoClose
    private PackagedCluster cluster;

    @AutoClose("shutdownNow")
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeEach
    void start() throws Exception {
        cluster = PackagedCluster.start(folder, Map.of());
    }

    @Test
    void aReaderThatMovesAtEachEventGetsEveryChangeOnceAndInOrder() throws Exception {
        String lastId = revision(cluster.a);
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= 2 * CHANGES; i++) {
            expected.add(Long.toString(Long.parseLong(lastId) + i));
        }
        List<String> received = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            String job = "R" + round;
            Future<?> writer = threads.submit(() -> postAll(job));
            while (received.size() < (round + 1) * CHANGES) {
                lastId = read(cluster.nodes().get(received.size() % 2), lastId, received);
            }
            writer.get();
        }

        assertThat(received).isEqualTo(expected);
    }

    /**
     * Reads one event from the node, and returns its id. Reads again while the node says that it may not know all, because
     * the database did not answer within a second.
     */
    private String read(PackagedNode node, String lastId, List<String> received) throws Exception {
        try (TestingEventReader reader =
                new TestingEventReader(node.uri("/api/v1/events"), PackagedProgram.KEY, "Last-Event-ID", lastId)) {
            assertThat(reader.status()).isEqualTo(200);
            TestingEventReader.Event event = reader.next();
            while (event.name().equals("as-of")) {
                event = reader.next();
            }
            if (event.name().equals("reset") && !reader.header("EPMPulse-As-Of").isEmpty()) {
                return read(node, lastId, received);
            }
            assertThat(event.name())
                    .as("after %s at node %s: %s", lastId, node, event)
                    .isEqualTo("status");
            received.add(event.id());
            return event.id();
        }
    }

    private Void postAll(String job) throws Exception {
        for (int i = 0; i < CHANGES; i++) {
            PackagedNode node = cluster.nodes().get(i % 2);
            String json =
                    "{\"app\":\"Close\",\"domain\":\"D%d\",\"status\":\"OK\",\"job_id\":\"%s\"}".formatted(i, job);
            assertThat(node.post("/api/v1/status", json).statusCode()).isEqualTo(200);
        }
        return null;
    }

    /** The event after it is of what another node has recorded before the stream was opened. */
    @Test
    void aChangeOfAnotherNodeIsKnownWhenAStreamOpens() throws Exception {
        for (int i = 0; i < CHANGES; i++) {
            PackagedNode node = cluster.nodes().get(i % 2);
            String before = revision(node);
            String json = "{\"app\":\"Close\",\"domain\":\"D%d\",\"status\":\"OK\",\"job_id\":\"K\"}".formatted(i);
            assertThat(node.post("/api/v1/status", json).statusCode()).isEqualTo(200);
            List<String> received = new ArrayList<>();

            // Of another node, which may be ahead: an id that this node did not know yet would be answered by a reset.
            String id = read(cluster.other(node), before, received);

            assertThat(id).isEqualTo(Long.toString(Long.parseLong(before) + 1));
        }
    }

    private static String revision(PackagedNode node) throws Exception {
        return PackagedCluster.JSON
                .readTree(node.get("/api/v1/status").body())
                .at("/data/revision")
                .asText();
    }
}
