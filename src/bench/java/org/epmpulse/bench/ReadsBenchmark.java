package org.epmpulse.bench;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.epmpulse.status.Sha256;
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
            HttpResponse<String> board;
            try (Program program = start(folder)) {
                board = program.get("/api/v1/status");
            }
            InterleavedMeasurement measurement = new InterleavedMeasurement(NAME, options, measured);
            InterleavedMeasurement.Runner<Program> bare =
                    measurement.runner(() -> Program.startBareRoute(board.body()));
            InterleavedMeasurement.Runner<Program> epmPulse = measurement.runner(() -> start(folder));
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
        return Program.start(folder, Program.apps(DOMAINS), keySettings(folder));
    }

    /** Writes the keys of {@link #read} to a folder; returns the settings of a program that accepts them. */
    static Map<String, String> keySettings(Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), keys());
        return Map.of("EPMPULSE_API_KEYS_FILE", file.toString());
    }

    /** Reads the board with many keys in turn; with a tag, only if it changed. */
    static Wrk.Result read(Program program, Duration time, String... tag) throws Exception {
        return Wrk.get(program, CONNECTIONS, time, READERS, tag);
    }

    private static String keys() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < READERS; i++) {
            String hash = HexFormat.of().formatHex(Sha256.of(Wrk.readerKey(i)));
            lines.append("reader-%d:read:%s%n".formatted(i, hash));
        }
        return lines.toString();
    }
}
