package org.epmpulse.bench;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** GET of the whole board beside a bare Camel route that answers as many bytes. */
@Command(
        name = "reads",
        description = "GET of the board, with and without an ETag, beside a bare Camel route.",
        mixinStandardHelpOptions = true)
final class ReadsBenchmark implements Callable<Integer> {

    private static final String NAME = "reads";
    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 64;

    @Mixin
    private Effort effort = new Effort();

    @Override
    public Integer call() throws Exception {
        Duration measured = effort.measured(5);
        Path folder = Program.newFolder();
        try {
            MadeJournal.write(folder, DOMAINS, 3 * DOMAINS);
            Readers readers = new Readers(folder.resolve("keys"), measured);
            HttpResponse<String> board;
            try (Program program = start(folder, readers)) {
                board = program.get("/api/v1/status");
            }
            Contest contest = new Contest(NAME, effort, measured);
            Contest.Runner bare = contest.runner(() -> Program.startBareRoute(board.body()));
            Contest.Runner epmPulse = contest.runner(() -> start(folder, readers));
            List<Contest.Entry> entries = List.of(
                    bare.entry(
                            "bare Camel route, %,d bytes".formatted(board.body().length()),
                            (program, time) -> Wrk.get(program, CONNECTIONS, time, 1)),
                    epmPulse.entry("GET all, %d domains".formatted(DOMAINS), readers::read),
                    epmPulse.entry(
                            "GET all, unchanged (304)",
                            (program, time) -> readers.read(
                                    program,
                                    time,
                                    program.get("/api/v1/status")
                                            .headers()
                                            .firstValue("ETag")
                                            .orElseThrow())));
            contest.run();
            Comparison.publish(
                    NAME,
                    "requests",
                    entries,
                    "%d keys take turns, as each may read 600 times a minute.".formatted(readers.keys));
        } finally {
            Program.delete(folder);
        }
        return 0;
    }

    private static Program start(Path folder, Readers readers) throws IOException, InterruptedException {
        return Program.start(folder, Program.apps(DOMAINS), Map.of("EPMPULSE_API_KEYS_FILE", readers.file.toString()));
    }

    /**
     * Who reads: the limit of a key is a name's, so the same few keys get new names before each load. Enough keys for a
     * whole run would cost each request more than all else, as it is compared with every one.
     */
    private static final class Readers {

        private static final int MOST_PER_SECOND = 25_000;
        private static final int READS_AT_ONCE = 600;
        private static final Duration LONGEST_RELOAD = Duration.ofSeconds(15);

        private final Path file;
        private final Duration longest;
        private final int keys;
        private int generation;

        /** @param longest of a load; a longer one becomes several */
        Readers(Path file, Duration longest) throws Exception {
            this.file = file;
            this.longest = longest;
            this.keys = (int) (longest.toSeconds() * MOST_PER_SECOND / READS_AT_ONCE) + 1;
            rename();
        }

        Wrk.Result read(Program program, Duration time, String... tag) throws Exception {
            Duration rest = time;
            while (rest.compareTo(longest) > 0) {
                readOnce(program, longest, tag);
                rest = rest.minus(longest);
            }
            return readOnce(program, rest, tag);
        }

        private Wrk.Result readOnce(Program program, Duration time, String... tag) throws Exception {
            rename();
            long start = System.nanoTime();
            while (program.statusOf("/api/v1/jobs?limit=1", newest()) != 200) {
                if (System.nanoTime() - start > LONGEST_RELOAD.toNanos()) {
                    throw new IllegalStateException("the new names were not taken");
                }
                // Wrong keys are counted, too: 20 a minute.
                TimeUnit.SECONDS.sleep(2);
            }
            return Wrk.get(program, CONNECTIONS, time, keys, tag);
        }

        private void rename() throws IOException, NoSuchAlgorithmException {
            generation++;
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < keys; i++) {
                lines.append(line("reader-%d-%d".formatted(generation, i), Wrk.readerKey(i)));
            }
            lines.append(line("newest-" + generation, newest()));
            Path next = Files.writeString(file.resolveSibling("keys.new"), lines);
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
        }

        /** Is valid when the new names are. */
        private String newest() {
            return "the-newest-key-of-the-benchmark-%06d".formatted(generation);
        }

        private static String line(String name, String key) throws NoSuchAlgorithmException {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return "%s:read:%s%n".formatted(name, HexFormat.of().formatHex(hash));
        }
    }
}
