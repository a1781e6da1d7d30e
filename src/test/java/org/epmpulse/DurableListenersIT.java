package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.epmpulse.store.postgres.DatabaseSettings;
import org.epmpulse.store.postgres.TestingPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A durable listener of packaged programs that are killed while its target is slow and refuses some calls. */
class DurableListenersIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final int ROUNDS = 3;
    private static final int POSTS = 60;

    private static final String ROUTE = """
            - route:
                id: ledger
                from:
                  uri: status-changes:ledger
                  parameters:
                    durable: true
                    queueSize: 20
                  steps:
                    - setBody:
                        expression:
                          simple:
                            expression: "${body.revision} ${body.domain}"
                    - setHeader:
                        name: CamelHttpMethod
                        expression:
                          constant:
                            expression: POST
                    - to:
                        uri: http://127.0.0.1:%d/ledger
            """;

    /** What the target has accepted, such as {@code 17 Actual}. */
    private final List<String> ledger = new CopyOnWriteArrayList<>();

    @TempDir
    Path folder;

    private HttpServer target;
    private int calls;

    @BeforeEach
    void start() throws IOException {
        target = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        target.createContext("/ledger", this::accept);
        target.start();
        Path site = Files.createDirectories(folder.resolve("routes/site"));
        try (Stream<Path> shipped = Files.list(Path.of("routes"))) {
            for (Path file : shipped.filter(Files::isRegularFile).toList()) {
                Files.copy(file, folder.resolve("routes").resolve(file.getFileName()));
            }
        }
        Files.writeString(
                site.resolve("ledger.camel.yaml"),
                ROUTE.formatted(target.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        target.stop(0);
    }

    /** Refuses each hundredth call. */
    private void accept(HttpExchange call) throws IOException {
        String line = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        calls++;
        if (calls % 100 == 0) {
            call.sendResponseHeaders(503, -1);
        } else {
            ledger.add(line);
            call.sendResponseHeaders(204, -1);
        }
        call.close();
    }

    private Map<String, String> settings(Path own) {
        Map<String, String> settings = PackagedProgram.settings(own);
        settings.put("EPMPULSE_ROUTES_DIR", folder.resolve("routes").toString());
        return settings;
    }

    private static long post(PackagedProgram program, int number) throws Exception {
        String domain = List.of("Actual", "Budget", "Forecast").get(number % 3);
        HttpResponse<String> reply = program.post(
                "/api/v1/status",
                "{\"app\":\"Planning\",\"domain\":\"%s\",\"status\":\"OK\",\"job_id\":\"J%d\"}"
                        .formatted(domain, number));
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return JSON.readTree(reply.body()).at("/data/revision").asLong();
    }

    private List<Long> revisions() {
        return ledger.stream().map(line -> Long.parseLong(line.split(" ")[0])).toList();
    }

    /** Each revision came at least once, and no later one of them before it. */
    private void assertComplete(long first, long last) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(revisions().stream().distinct())
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(first, last).boxed().toList()));
    }

    @Test
    void killsMissNothing() throws Exception {
        Path own = folder.resolve("own");
        long last = 0;
        for (int round = 0; round < ROUNDS; round++) {
            try (PackagedProgram program = PackagedProgram.run(own, settings(own))) {
                await().atMost(PATIENCE).until(() -> Files.exists(own.resolve("data/listeners/positions.json")));
                for (int i = 0; i < POSTS; i++) {
                    last = post(program, i + round * POSTS);
                }
                program.kill();
            }
        }
        try (PackagedProgram program = PackagedProgram.run(own, settings(own))) {
            last = post(program, ROUNDS * POSTS);
            assertComplete(1, last);
            assertThat(program.terminate()).isIn(0, 143);
        }

        // An orderly stop has stored the position of the last change.
        try (PackagedProgram program = PackagedProgram.run(own, settings(own))) {
            int before = ledger.size();
            last = post(program, ROUNDS * POSTS + 1);
            assertComplete(1, last);
            assertThat(ledger).hasSize(before + 1);
        }
    }

    @Test
    void theOtherNodeContinuesAtThePositionOfTheKilledOne() throws Exception {
        DatabaseSettings database = TestingPostgres.newSchema();
        try (PackagedProgram a = node("a", database)) {
            await().atMost(PATIENCE).until(() -> TestingPostgres.hasListener(database, "ledger"));
            try (PackagedProgram b = node("b", database)) {
                long last = 0;
                for (int i = 0; i < POSTS; i++) {
                    last = post(b, i);
                }
                a.kill();
                for (int i = POSTS; i < 2 * POSTS; i++) {
                    last = post(b, i);
                }

                assertComplete(1, last);
            }
        }
    }

    private PackagedProgram node(String name, DatabaseSettings database) throws Exception {
        Path own = folder.resolve(name);
        Map<String, String> settings = settings(own);
        settings.put("EPMPULSE_DATABASE_URL", database.url());
        settings.put("EPMPULSE_DATABASE_USER", String.valueOf(database.user()));
        settings.put("EPMPULSE_DATABASE_PASSWORD", TestingPostgres.PASSWORD);
        settings.put("EPMPULSE_NODE", name);
        return PackagedProgram.run(own, settings);
    }
}
