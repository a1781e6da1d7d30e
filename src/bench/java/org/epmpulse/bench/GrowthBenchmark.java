package org.epmpulse.bench;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a POST costs with more domains, more connections and a longer journal, what batches and reads carry, and how long
 * a start takes. Takes a quarter of an hour and prints tables; POST beside the floor is {@link UpdatesBenchmark}.
 */
public final class GrowthBenchmark {

    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final Duration MEASURED = Duration.ofSeconds(10);
    private static final int CONNECTIONS = 64;
    private static final long LINES = 1_000_000;
    private static final int LARGE_BATCH = 1_000;
    private static final int READERS = 450;

    private GrowthBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println("| | requests/s | CPU µs a request | p50 ms | p99 ms |");
        System.out.println("|---|---|---|---|---|");
        for (int domains : new int[] {5, 10_000, 100_000}) {
            try (Program program = Program.start(Program.apps(domains), Map.of())) {
                post(program, CONNECTIONS, domains, WARM_UP);
                row("POST, " + domains + " domains", post(program, CONNECTIONS, domains, MEASURED));
            }
        }
        Path folder = Program.newFolder();
        try (Program program = Program.start(folder, Program.apps(15), Map.of())) {
            post(program, CONNECTIONS, 15, WARM_UP);
            for (int connections : new int[] {1, 16, 256}) {
                row("POST, " + connections + " connections", post(program, connections, 15, MEASURED));
            }
            batches(program, 100);
            batches(program, LARGE_BATCH);
            while (revision(program) < LINES) {
                batch(program, LARGE_BATCH, MEASURED);
            }
            row("POST behind " + revision(program) + " lines", post(program, CONNECTIONS, 15, MEASURED));
        }
        reads();
        starts(folder);
    }

    private static Wrk.Result post(Program program, int connections, int domains, Duration duration)
            throws IOException, InterruptedException {
        return Wrk.run(
                program, "/api/v1/status", connections, duration, "post.lua", Program.KEY, Integer.toString(domains));
    }

    private static void batches(Program program, int items) throws IOException, InterruptedException {
        batch(program, items, MEASURED);
        Wrk.Result result = batch(program, items, MEASURED);
        row("batch of " + items + ": " + Math.round(result.perSecond() * items) + " updates/s", result);
    }

    private static Wrk.Result batch(Program program, int items, Duration duration)
            throws IOException, InterruptedException {
        return Wrk.run(
                program,
                "/api/v1/status/batch",
                8,
                duration,
                "batch.lua",
                Program.KEY,
                "15",
                Integer.toString(items));
    }

    /** With many keys, as each may read 600 times a minute; and beside a bare Camel route that answers as many bytes. */
    private static void reads() throws Exception {
        Path folder = Program.newFolder();
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < READERS; i++) {
            String key = "a-key-of-reader-%04d-of-the-benchmark".formatted(i);
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            keys.append("reader-%d:read:%s%n".formatted(i, HexFormat.of().formatHex(hash)));
        }
        Path file = Files.writeString(folder.resolve("keys"), keys);
        String board;
        try (Program program =
                Program.start(folder, Program.apps(15), Map.of("EPMPULSE_API_KEYS_FILE", file.toString()))) {
            post(program, CONNECTIONS, 15, Duration.ofSeconds(5));
            HttpResponse<String> reply = program.get("/api/v1/status");
            board = reply.body();
            String tag = reply.headers().firstValue("ETag").orElseThrow();
            get(program, Integer.toString(READERS));
            row("GET all, " + board.length() + " bytes", get(program, Integer.toString(READERS)));
            row("GET all, unchanged", get(program, Integer.toString(READERS), tag));
        }
        try (Program program = Program.start(BareRoute.class, board)) {
            get(program, "1");
            row("GET of a bare Camel route", get(program, "1"));
        }
    }

    private static Wrk.Result get(Program program, String... arguments) throws IOException, InterruptedException {
        return Wrk.run(program, "/api/v1/status", CONNECTIONS, MEASURED, "get.lua", arguments);
    }

    private static void starts(Path folder) throws IOException, InterruptedException {
        long lines;
        try (Program program = Program.start(folder, Program.apps(15), Map.of())) {
            lines = revision(program);
            System.out.printf("%n%d lines, with the state file: %d ms%n", lines, program.startTime().toMillis());
        }
        long bytes;
        try (Stream<Path> days = Files.list(folder.resolve("data/history"))) {
            bytes = days.mapToLong(day -> day.toFile().length()).sum();
        }
        System.out.printf("a line of the journal: %d bytes%n", bytes / lines);
        Files.delete(folder.resolve("data/apps_status.json"));
        try (Program program = Program.start(folder, Program.apps(15), Map.of())) {
            System.out.printf("without it, by the journal: %d ms%n", program.startTime().toMillis());
        }
        for (int i = 0; i < 3; i++) {
            try (Program program = Program.start(Program.apps(15), Map.of())) {
                TimeUnit.SECONDS.sleep(10);
                System.out.printf(
                        "empty: ready after %d ms, then %.0f MiB resident%n",
                        program.startTime().toMillis(), program.residentMib());
            }
        }
    }

    private static long revision(Program program) throws IOException, InterruptedException {
        String board = program.get("/api/v1/status").body();
        return Long.parseLong(board.replaceFirst("(?s).*?\"revision\":(\\d+).*", "$1"));
    }

    private static void row(String what, Wrk.Result result) {
        System.out.printf(
                "| %s | %.0f | %.0f | %.1f | %.1f |%n",
                what, result.perSecond(), result.cpuMicros(), result.medianMillis(), result.p99Millis());
    }
}
