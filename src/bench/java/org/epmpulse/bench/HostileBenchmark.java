package org.epmpulse.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Posts of a client beside peers that want to exhaust the program: connections that do not read, unfinished heads and
 * bodies, and a Slack that answers without end.
 */
@Command(
        name = "hostile",
        description = "Measure posts beside peers that do not read, do not finish or do not end.",
        mixinStandardHelpOptions = true)
final class HostileBenchmark implements Callable<Integer> {

    private static final String NAME = "hostile";
    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 8;
    private static final int POSTS_PER_SECOND = 200;
    private static final int ENTRIES = 3_000;
    private static final String HOSTILE_KEY = "a-hostile-key-of-the-benchmark-0123456789";
    private static final int MIB = 1 << 20;
    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(30);

    @Mixin
    private DurationOptions options = new DurationOptions();

    @Override
    public Integer call() throws Exception {
        Duration time = options.quick() ? Duration.ofSeconds(3) : options.time(1);
        Table table = new Table(
                NAME, "beside", "p50 ms", "p99 ms", "max ms", "failed posts", "no reply in 30 s", "MiB resident");
        Path folder = Program.newFolder();
        try (EndlessSlack slack = new EndlessSlack();
                Program program = Program.start(
                        folder,
                        "{\"apps\": {\"App\": {\"domains\": [%s], \"channels\": [\"C1\"]}}, \"channels\": {\"C1\": {\"name\": \"one\", \"canvas_id\": \"F1\"}}}"
                                .formatted(Program.domains(DOMAINS)),
                        Map.of(
                                "EPMPULSE_API_KEY",
                                Program.KEY + "," + HOSTILE_KEY,
                                "SLACK_BOT_TOKEN",
                                "xoxb-hostile",
                                "SLACK_API_URL",
                                slack.url()))) {
            for (int i = 0; i < ENTRIES; i += DOMAINS) {
                program.fill(DOMAINS);
            }
            measure(table, "nothing", program, 0, "", time);
            measure(
                    table,
                    "20 connections, each 2,000 pipelined requests without a key",
                    program,
                    20,
                    "GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2_000),
                    time);
            int heads = (int) Math.min(9_000, maxHandles() / 2);
            measure(
                    table,
                    heads + " connections with 15 KB of an unfinished head",
                    program,
                    heads,
                    "GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(15_000),
                    time);
            measure(
                    table,
                    "400 connections that read no history",
                    program,
                    400,
                    "GET /api/v1/history?limit=1000 HTTP/1.1\r\nHost: x\r\nX-API-Key: " + HOSTILE_KEY + "\r\n\r\n",
                    time);
            measure(
                    table,
                    "220 connections with an unfinished body of 1 MB",
                    program,
                    220,
                    "POST /api/v1/status/batch HTTP/1.1\r\nHost: x\r\nX-API-Key: " + HOSTILE_KEY
                            + "\r\nContent-Type: application/json\r\nContent-Length: " + MIB + "\r\n\r\n"
                            + " ".repeat(MIB - 1),
                    time);
            slack.answerWithoutEnd();
            measure(table, "a Slack that answers without end", program, 0, "", time);
        } finally {
            Program.delete(folder);
        }
        table.note("%d posts/s for %d s each.".formatted(POSTS_PER_SECOND, time.toSeconds()));
        table.publish();
        return 0;
    }

    private static void measure(Table table, String peers, Program program, int count, String bytes, Duration time)
            throws IOException, InterruptedException {
        try (HostilePeers hostile =
                        new HostilePeers(program.uri("/"), count, bytes.getBytes(StandardCharsets.US_ASCII));
                PacedLoad load = PacedLoad.start(program, CONNECTIONS, DOMAINS, POSTS_PER_SECOND)) {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
            long unanswered = load.finish(REPLY_TIMEOUT);
            Histogram micros = load.micros();
            table.row(
                    peers,
                    "%.1f".formatted(micros.getValueAtPercentile(50) / 1e3),
                    "%.1f".formatted(micros.getValueAtPercentile(99) / 1e3),
                    "%.1f".formatted(micros.getMaxValue() / 1e3),
                    Long.toString(load.failures()),
                    Long.toString(unanswered),
                    "%.0f".formatted(program.residentMib()));
        }
    }

    /** The number of files that a process may open. */
    private static long maxHandles() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .mapToLong(line -> Long.parseLong(line.split("\\s{2,}")[1]))
                .findFirst()
                .orElseThrow();
    }

    /** Answers each call, at first with {@code ok}, later with blanks without end. */
    private static final class EndlessSlack implements AutoCloseable {

        private static final int CHUNK = 1 << 16;

        private final HttpServer server;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private volatile boolean endless;
        private volatile boolean closed;

        EndlessSlack() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(threads);
            server.createContext("/", exchange -> {
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, 0);
                try (OutputStream body = exchange.getResponseBody()) {
                    byte[] blanks = " ".repeat(CHUNK).getBytes(StandardCharsets.US_ASCII);
                    while (endless && !closed) {
                        body.write(blanks);
                    }
                    body.write("{\"ok\":true}".getBytes(StandardCharsets.US_ASCII));
                }
            });
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/api/";
        }

        void answerWithoutEnd() {
            endless = true;
        }

        @Override
        public void close() {
            closed = true;
            server.stop(0);
            threads.shutdownNow();
        }
    }
}
