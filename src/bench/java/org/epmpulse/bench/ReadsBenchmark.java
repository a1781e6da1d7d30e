package org.epmpulse.bench;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Compares GET of the whole board with a bare Camel route that returns a body of the same size. */
@Command(
        name = "reads",
        description = "Compare GET of the board, with and without an ETag, with a bare Camel route.",
        mixinStandardHelpOptions = true)
final class ReadsBenchmark implements Callable<Integer> {

    private static final String NAME = "reads";
    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 64;

    /** The number of keys; each may read ten times a second. */
    private static final int READERS = 8_000;

    @Mixin
    private RoundOptions options = new RoundOptions();

    @Override
    public Integer call() throws Exception {
        Duration measured = options.measured(5);
        Path folder = Program.newFolder();
        try {
            GeneratedJournal.write(folder, DOMAINS, 3 * DOMAINS);
            Files.writeString(folder.resolve("keys"), keys());
            HttpResponse<String> board;
            try (Program program = start(folder)) {
                board = program.get("/api/v1/status");
            }
            InterleavedMeasurement measurement = new InterleavedMeasurement(NAME, options, measured);
            InterleavedMeasurement.Runner bare = measurement.runner(() -> Program.startBareRoute(board.body()));
            InterleavedMeasurement.Runner epmPulse = measurement.runner(() -> start(folder));
            List<InterleavedMeasurement.Entry> entries = List.of(
                    bare.entry(
                            "bare Camel route, %,d bytes".formatted(board.body().length()),
                            (program, time) -> Wrk.get(program, CONNECTIONS, time, 1)),
                    epmPulse.entry("GET all, %d domains".formatted(DOMAINS), ReadsBenchmark::read),
                    epmPulse.entry(
                            "GET all, unchanged (304)",
                            (program, time) -> read(
                                    program,
                                    time,
                                    program.get("/api/v1/status")
                                            .headers()
                                            .firstValue("ETag")
                                            .orElseThrow())));
            measurement.run();
            Comparison.publish(
                    NAME,
                    "requests",
                    entries,
                    "%d keys take turns, because each key may read 600 times a minute.".formatted(READERS));
        } finally {
            Program.delete(folder);
        }
        return 0;
    }

    private static Program start(Path folder) throws IOException, InterruptedException {
        return Program.start(
                folder,
                Program.apps(DOMAINS),
                Map.of("EPMPULSE_API_KEYS_FILE", folder.resolve("keys").toString()));
    }

    private static Wrk.Result read(Program program, Duration time, String... tag) throws Exception {
        return Wrk.get(program, CONNECTIONS, time, READERS, tag);
    }

    private static String keys() throws NoSuchAlgorithmException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < READERS; i++) {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(Wrk.readerKey(i).getBytes(StandardCharsets.UTF_8));
            lines.append("reader-%d:read:%s%n".formatted(i, HexFormat.of().formatHex(hash)));
        }
        return lines.toString();
    }
}
