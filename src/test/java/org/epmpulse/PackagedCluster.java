package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.OAuthClient;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.epmpulse.store.postgres.TcpProxy;
import org.epmpulse.store.postgres.TestingPostgres;
import org.epmpulse.store.postgres.TestingServer;

/**
 * Two packaged programs that share a database, a server of its own, behind nginx where it is installed. Slack and EPM are simulated. Each node
 * reaches the database, and Slack, through a link of its own.
 */
final class PackagedCluster implements AutoCloseable {

    static final ObjectMapper JSON = new ObjectMapper();

    /** Domains of the app {@code Close}, which the load updates. */
    static final int DOMAINS = 40;

    /** Domains of the app {@code Alerts}, which get a Warning and an OK in turn. */
    static final int ALERTS = 20;

    /** Domains of the app {@code Polled}, which has jobs of EPM. */
    static final int JOBS = 20;

    static final String APPLICATION = "Polled";
    static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

    /** Far above every time that is promised, for a machine that does much else. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String APPS = """
            {"epm": {
               "auth": {"type": "oauth", "token_url": "%s", "client_id": "epmpulse", "client_secret": "secret-of-epm"},
               "servers": {"planning": {"name": "Planning", "base_url": "%s"}}},
             "apps": {
               "Close": {"domains": [%s], "channels": ["CMAIN"]},
               "Alerts": {"domains": [%s], "channels": ["CALERTS"]},
               "Polled": {"domains": [%s], "channels": ["CMAIN"], "server": "planning"}},
             "channels": {
               "CMAIN": {"name": "epm-main", "canvas_id": "FMAIN", "alerts": false},
               "CALERTS": {"name": "alerts", "canvas_id": "FALERTS"}}}
            """;

    final SlackSandbox slack = SlackSandbox.start(InstantSource.system());
    final EpmSandbox epm = EpmSandbox.start(InstantSource.system());
    final TestingServer server = TestingServer.start();

    /** How many warnings and OKs, and how many jobs, clients have sent. */
    final AtomicInteger alerts = new AtomicInteger();

    final AtomicInteger jobs = new AtomicInteger();
    final PackagedNode a;
    final PackagedNode b;

    private final AtomicInteger turns = new AtomicInteger();
    private final List<URI> fronts;
    private final HttpClient client;
    private final TestingNginx nginx;

    private PackagedCluster(Path folder, Map<String, String> settings) throws Exception {
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.put(SandboxChannel.of("CALERTS", "alerts"));
        slack.addCanvas("FMAIN", "Main");
        slack.addCanvas("FALERTS", "Alerts");
        epm.put(OAuthClient.of("epmpulse", "secret-of-epm"));
        epm.addApplication(APPLICATION);
        Path apps = folder.resolve("apps.json");
        Files.writeString(
                apps,
                APPS.formatted(
                        epm.tokenUrl(),
                        epm.environmentUrl(),
                        domains("D", DOMAINS),
                        domains("W", ALERTS),
                        domains("J", JOBS)));
        a = node("a", folder, apps, settings);
        b = node("b", folder, apps, settings);
        HttpClient.Builder http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5));
        if (Installed.works(List.of("nginx", "-v")) && Installed.works(List.of("openssl", "version"))) {
            Path certificate = Files.createDirectories(folder.resolve("certificate"));
            TestingNginx.certificate(certificate);
            nginx = TestingNginx.start(
                    Files.readString(Path.of("deploy/nginx/epmpulse-cluster.conf"))
                            .replace("10.0.0.11:18800", "127.0.0.1:" + a.port())
                            .replace("10.0.0.12:18800", "127.0.0.1:" + b.port()),
                    certificate,
                    folder.resolve("nginx"));
            client = http.sslContext(TestingNginx.trusting(certificate)).build();
            fronts = List.of(nginx.uri(""));
        } else {
            nginx = null;
            client = http.build();
            fronts = List.of(a.uri(""), b.uri(""));
        }
    }

    private PackagedNode node(String name, Path folder, Path apps, Map<String, String> settings) throws Exception {
        TcpProxy toDatabase = new TcpProxy(server.port());
        TcpProxy toSlack = new TcpProxy(slack.apiUrl().getPort());
        Path own = folder.resolve(name);
        Map<String, String> all = PackagedProgram.settings(own);
        all.put("EPMPULSE_PORT", Integer.toString(FreePort.find()));
        all.put("EPMPULSE_APPS_CONFIG", apps.toString());
        all.put("EPMPULSE_POLL_INTERVAL", POLL_INTERVAL.toSeconds() + "s");
        all.put("EPMPULSE_API_KEY", PackagedNode.keys());
        all.put("EPMPULSE_NODE", name);
        all.put("EPMPULSE_DATABASE_URL", "postgresql://127.0.0.1:" + toDatabase.port() + "/postgres");
        all.put("EPMPULSE_DATABASE_USER", "postgres");
        all.put("EPMPULSE_DATABASE_PASSWORD", TestingPostgres.PASSWORD);
        all.put("SLACK_BOT_TOKEN", slack.botToken());
        all.put("SLACK_API_URL", "http://127.0.0.1:" + toSlack.port() + "/api/");
        all.putAll(settings);
        return new PackagedNode(name, own, all, toDatabase, toSlack);
    }

    private static String domains(String prefix, int count) {
        return String.join(
                ",",
                IntStream.range(0, count).mapToObj(i -> '"' + prefix + i + '"').toList());
    }

    /**
     * Starts both nodes and waits until one of them is active. Skips the test if PostgreSQL is not installed.
     *
     * @param settings of both nodes, beside those of each test
     */
    static PackagedCluster start(Path folder, Map<String, String> settings) throws Exception {
        Installed.require("PostgreSQL", TestingServer.hasPrograms());
        PackagedCluster cluster = new PackagedCluster(folder, settings);
        try {
            cluster.startNodes();
            return cluster;
        } catch (Exception | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    private void startNodes() throws Exception {
        a.start();
        b.start();
        a.awaitReady();
        b.awaitReady();
        awaitActive();
    }

    List<PackagedNode> nodes() {
        return List.of(a, b);
    }

    PackagedNode other(PackagedNode node) {
        return node == a ? b : a;
    }

    /** The active node; waits until there is one. */
    PackagedNode awaitActive() {
        await("an active node").atMost(PATIENCE).until(() -> a.isActive() || b.isActive());
        return a.isActive() ? a : b;
    }

    /** Sends a request as a client does that knows only the balancer; without one to each node in turn. */
    HttpResponse<String> send(String path, HttpRequest.Builder request) throws IOException, InterruptedException {
        int turn = turns.getAndIncrement();
        for (int attempt = 1; ; attempt++) {
            URI front = fronts.get(Math.floorMod(turn + attempt, fronts.size()));
            try {
                request.uri(URI.create(front + path)).setHeader("X-API-Key", PackagedProgram.KEY);
                return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            } catch (ConnectException | HttpConnectTimeoutException e) {
                // As the balancer: the next node gets what could not be sent.
                if (attempt == fronts.size()) {
                    throw e;
                }
            }
        }
    }

    Connection connect() throws SQLException {
        return server.connect();
    }

    /** Mends everything that a test may have left, and waits until both nodes run and one is active. */
    void recover() throws Exception {
        server.ensureRunning();
        for (PackagedNode node : nodes()) {
            node.recover();
        }
        for (PackagedNode node : nodes()) {
            node.awaitReady();
            await("updates by node " + node).atMost(PATIENCE).until(node::acceptsUpdates);
        }
        PackagedNode active = awaitActive();
        for (PackagedNode node : nodes()) {
            await("health of node " + node).atMost(PATIENCE).untilAsserted(() -> assertThat(node.states())
                    .isEqualTo(Map.of(active.name(), "active", other(active).name(), "running")));
        }
    }

    /** Waits until the nodes agree, and Slack shows what they have. */
    void assertConverged() {
        await("both boards").atMost(PATIENCE).untilAsserted(() -> assertThat(board(a))
                .isEqualTo(board(b)));
        for (Map.Entry<String, String> canvas :
                Map.of("CMAIN", "FMAIN", "CALERTS", "FALERTS").entrySet()) {
            for (PackagedNode node : nodes()) {
                await("canvas of " + canvas.getKey()).atMost(PATIENCE).untilAsserted(() -> assertThat(
                                content(slack.canvas(canvas.getValue()).markdown()))
                        .isEqualTo(content(node.get("/api/v1/canvas/preview?channel=" + canvas.getKey())
                                .body())));
            }
        }
        assertThat(slack.violations()).isEmpty();
    }

    private static String content(String markdown) {
        return markdown.replaceFirst("\\*as of .*", "");
    }

    /** What was recorded for each domain, without what follows from the time of the request. */
    static JsonNode board(PackagedNode node) throws Exception {
        HttpResponse<String> reply = node.get("/api/v1/status");
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        JsonNode data = JSON.readTree(reply.body()).path("data");
        data.path("apps")
                .forEach(app -> app.forEach(domain -> ((com.fasterxml.jackson.databind.node.ObjectNode) domain)
                        .remove(List.of("stale", "reason", "usual_sec", "eta", "overdue"))));
        return data;
    }

    @Override
    public void close() throws Exception {
        List<AutoCloseable> parts = new ArrayList<>(List.of(a, b));
        if (nginx != null) {
            parts.add(nginx);
        }
        parts.add(slack);
        parts.addAll(List.of(epm, server));
        for (AutoCloseable part : parts) {
            part.close();
        }
    }
}
