package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.PackagedCluster.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one node has acknowledged is in the reply of another to a request that comes after. */
class ReadYourWriteIT {

    private static final int CLIENTS = 4;
    private static final int UPDATES_PER_CLIENT = Integer.getInteger("read.updates", 750);

    @TempDir
    Path folder;

    @AutoClose
    private PackagedCluster cluster;

    @AutoClose("shutdownNow")
    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);

    @BeforeEach
    void start() throws Exception {
        cluster = PackagedCluster.start(folder, Map.of());
    }

    @Test
    void aReadIsNeverOlderThanWhatAnotherNodeHasAcknowledged() throws Exception {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            running.add(clients.submit(() -> postAndRead(client)));
        }
        for (Future<?> client : running) {
            client.get();
        }
    }

    private Void postAndRead(int client) throws Exception {
        for (int i = 0; i < UPDATES_PER_CLIENT; i++) {
            PackagedNode writer = cluster.nodes().get((client + i) % 2);
            PackagedNode reader = cluster.other(writer);
            String job = "Y" + client + "-" + i;
            JsonNode written = data(writer.post("/api/v1/status", """
                    {"app":"Close","domain":"D%d","status":"OK","job_id":"%s"}""".formatted(client, job)));

            JsonNode board = read(reader, "/api/v1/status");

            assertThat(board.path("revision").asLong())
                    .isGreaterThanOrEqualTo(written.path("revision").asLong());
            assertThat(board.at("/apps/Close/D" + client + "/job_id").asText()).isEqualTo(job);
            if (i % 3 == 0) {
                JsonNode app = read(reader, "/api/v1/status/Close");
                assertThat(app.at("/domains/D" + client + "/job_id").asText()).isEqualTo(job);
                assertThat(read(reader, "/api/v1/jobs/" + job).path("status").asText())
                        .isEqualTo("OK");
            }
        }
        return null;
    }

    /** Reads again while the node says that it may not know all, because the database did not answer within a second. */
    private static JsonNode read(PackagedNode node, String path) throws Exception {
        HttpResponse<String> reply = node.get(path);
        while (reply.headers().firstValue("EPMPulse-As-Of").isPresent()) {
            reply = node.get(path);
        }
        return data(reply);
    }

    private static JsonNode data(HttpResponse<String> reply) throws Exception {
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return JSON.readTree(reply.body()).path("data");
    }
}
