package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each client keeps in {@code EPMPULSE_SPOOL} while EPMPulse is away, and sends afterwards. */
class SpoolIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path NOTHING = Path.of("/dev/null");

    @TempDir
    static Path folder;

    @AutoClose
    private static PackagedProgram program;

    @BeforeAll
    static void start() throws Exception {
        program = PackagedProgram.run(folder);
    }

    private static Map<String, String> settings(String address, Path spool) {
        Map<String, String> settings = ClientProcess.settings(address);
        settings.put("EPMPULSE_SPOOL", spool.toString());
        settings.put("EPMPULSE_DEADLINE", "60");
        return settings;
    }

    private static List<String> words(ExecRunner runner, String domain, String jobId) throws Exception {
        return runner.require()
                .commandLine(List.of("--app", "Planning", "--domain", domain, "--job-id", jobId), "true");
    }

    private static ExecRunner.Ended run(ExecRunner runner, String address, Path spool, String jobId) throws Exception {
        return ExecRunner.start(folder, settings(address, spool), NOTHING, words(runner, "Actual", jobId))
                .await();
    }

    /** An ended command that EPMPulse does not get. */
    private static void runAway(ExecRunner runner, Path spool, String jobId) throws Exception {
        try (TroubledServer away = new TroubledServer(TroubledServer.reply(503, Map.of("Retry-After", "3600"), ""))) {
            ExecRunner.Ended ended = run(runner, away.address(), spool, jobId);

            assertThat(ended.code()).isZero();
            assertThat(ended.err().lines())
                    .hasSize(2)
                    .allMatch(line -> line.endsWith("; it is kept in the spool and sent before the next one"));
        }
    }

    private static List<Path> files(Path spool) throws IOException {
        try (Stream<Path> files = Files.list(spool)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Only the journal has the keys. */
    private static String journal() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path day : files(folder.resolve("data/history"))) {
            text.append(Files.readString(day));
        }
        return text.toString();
    }

    private static List<JsonNode> oldestFirst(String jobId) throws Exception {
        List<JsonNode> entries = program.entries(jobId);
        Collections.reverse(entries);
        return entries;
    }

    private static List<String> texts(List<JsonNode> entries, String field) {
        return entries.stream().map(entry -> entry.path(field).asText()).toList();
    }

    @ParameterizedTest
    @EnumSource
    void whatCouldNotBeSentIsSentFirstByTheNextCall(ExecRunner runner) throws Exception {
        Path spool = folder.resolve("spool-" + runner);
        runAway(runner, spool, "kept-" + runner);
        List<Path> kept = files(spool);
        List<String> times = new ArrayList<>();
        for (Path file : kept) {
            if (runner != ExecRunner.POWERSHELL) {
                assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
            }
            assertThat(Files.readString(file)).doesNotContain(PackagedProgram.KEY);
            times.add(JSON.readTree(file.toFile()).path("timestamp").asText());
        }

        ExecRunner.Ended next = run(runner, program.address(), spool, "kept-" + runner);

        assertThat(next.err()).isEmpty();
        assertThat(files(spool)).isEmpty();
        List<JsonNode> entries = oldestFirst("kept-" + runner);
        assertThat(texts(entries, "status")).containsExactly("Loading", "OK", "Loading", "OK");
        for (Path file : kept) {
            String key = file.getFileName().toString().replace(".json", "");
            assertThat(journal()).contains("\"idempotency_key\":\"" + key + "\"");
        }
        assertThat(entries.subList(0, 2))
                .extracting(
                        entry -> Instant.parse(entry.path("timestamp").asText()).toEpochMilli())
                .isEqualTo(times.stream()
                        .map(time -> Instant.parse(time).toEpochMilli())
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void aRequestWhoseReplyWasLostCountsOnce(ExecRunner runner) throws Exception {
        Path spool = folder.resolve("lost-spool-" + runner);
        try (TroubledServer away = new TroubledServer(TroubledServer.loseTheReply(
                program.uri(""), TroubledServer.reply(503, Map.of("Retry-After", "3600"), "")))) {
            run(runner, away.address(), spool, "lost-" + runner);
        }

        run(runner, program.address(), spool, "lost-" + runner);

        assertThat(texts(oldestFirst("lost-" + runner), "status")).containsExactly("Loading", "OK", "Loading", "OK");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsBrokenOrRefusedIsPutAsideAndTheRestIsSent(ExecRunner runner) throws Exception {
        Path spool = Files.createDirectories(folder.resolve("broken-" + runner));
        Files.writeString(spool.resolve("20200101T000000.000000Z-a.json"), "{\"app\":\"Plan");
        Files.writeString(spool.resolve("20200101T000000.000000Z-b.json"), "");
        Files.write(spool.resolve("20200101T000000.000000Z-c.json"), new byte[] {-1, 0, 10});
        Files.writeString(
                spool.resolve("20200101T000000.000000Z-d.json"),
                "{\"app\":\"Nobody\",\"domain\":\"X\",\"status\":\"OK\"}");
        Files.writeString(
                spool.resolve("20200101T000000.000000Z-" + runner + ".batch.json"),
                "{\"updates\":[{\"app\":\"Planning\",\"domain\":\"Budget\",\"status\":\"OK\",\"job_id\":\"rest-"
                        + runner + "\"}]}");
        Files.writeString(spool.resolve(".20200101T000000.000000Z-f.json.tmp"), "half written");

        ExecRunner.Ended ended = run(runner, program.address(), spool, "rest-" + runner);

        assertThat(ended.code()).isZero();
        assertThat(ended.err().lines())
                .hasSizeGreaterThanOrEqualTo(4)
                .allMatch(line -> line.startsWith("EPMPulse did not accept a status of the spool: "));
        assertThat(ended.err()).contains("INVALID_APP");
        assertThat(files(spool.resolve("refused"))).hasSize(4);
        assertThat(files(spool)).hasSize(1);
        assertThat(texts(oldestFirst("rest-" + runner), "status")).containsExactly("OK", "Loading", "OK");
    }

    @ParameterizedTest
    @EnumSource
    void aWrongKeyLosesNothing(ExecRunner runner) throws Exception {
        Path spool = folder.resolve("key-" + runner);
        runAway(runner, spool, "key-" + runner);
        Map<String, String> wrong = settings(program.address(), spool);
        wrong.put("EPMPULSE_API_KEY", "not-the-key-of-anything-0123456789-abcdef");

        ExecRunner.Ended refused = ExecRunner.start(folder, wrong, NOTHING, words(runner, "Actual", "key-" + runner))
                .await();
        run(runner, program.address(), spool, "key-" + runner);

        assertThat(refused.err()).contains("INVALID_KEY").contains("kept in the spool");
        assertThat(texts(oldestFirst("key-" + runner), "status"))
                .containsExactly("Loading", "OK", "Loading", "OK", "Loading", "OK");
    }

    @Test
    void eachClientSendsWhatAnotherHasKeptAndTwoAtOnceKeepTheOrder() throws Exception {
        Path spool = folder.resolve("shared");
        List<ExecRunner> runners = List.of(ExecRunner.PYTHON, ExecRunner.DASH, ExecRunner.JAVA, ExecRunner.BUSYBOX);
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String job = "both-" + i;
            Files.createDirectories(spool);
            for (String status : List.of("Loading", "OK")) {
                String time = "2026-01-01T00:00:%02d.%sZ".formatted(i, status.equals("OK") ? "500000" : "000000");
                Files.writeString(
                        spool.resolve(time.replaceAll("[-:]", "") + "-" + i + ".json"),
                        "{\"app\":\"FCCS\",\"domain\":\"Consolidation\",\"status\":\"" + status + "\",\"job_id\":\""
                                + job + "\",\"timestamp\":\"" + time + "\"}");
            }
            jobs.add(job);
        }
        List<ExecRunner.Running> running = new ArrayList<>();

        for (ExecRunner runner : runners) {
            running.add(ExecRunner.start(
                    folder, settings(program.address(), spool), NOTHING, words(runner, "Forecast", "own-" + runner)));
        }
        for (ExecRunner.Running each : running) {
            ExecRunner.Ended ended = each.await();
            assertThat(ended.code()).isZero();
            assertThat(ended.err()).isEmpty();
        }

        assertThat(files(spool)).isEmpty();
        long revision = 0;
        for (String job : jobs) {
            List<JsonNode> entries = oldestFirst(job);
            assertThat(texts(entries, "status")).as(job).containsExactly("Loading", "OK");
            for (JsonNode entry : entries) {
                assertThat(entry.path("revision").asLong()).isGreaterThan(revision);
                revision = entry.path("revision").asLong();
            }
        }
        for (ExecRunner runner : runners) {
            assertThat(texts(oldestFirst("own-" + runner), "status")).containsExactly("Loading", "OK");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "POWERSHELL")
    void aFullDiskCostsOnlyTheStatus(ExecRunner runner) throws Exception {
        List<String> full = List.of(
                "unshare",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o size=4k none \"$EPMPULSE_SPOOL\" && head -c 4096 /dev/zero > \"$EPMPULSE_SPOOL/x\";"
                        + " \"$@\"; code=$?; ls -A \"$EPMPULSE_SPOOL\"; exit $code",
                "sh");
        Path spool = Files.createDirectories(folder.resolve("full-" + runner));
        Installed.require(
                "unshare",
                Installed.works(
                        List.of("unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt")));
        List<String> words = new ArrayList<>(full);
        words.addAll(words(runner, "Actual", "full"));
        try (TroubledServer away = new TroubledServer(TroubledServer.reply(503, Map.of("Retry-After", "3600"), ""))) {
            ExecRunner.Ended ended = ExecRunner.start(folder, settings(away.address(), spool), NOTHING, words)
                    .await();

            assertThat(ended.code()).isZero();
            assertThat(ended.out()).as("no half of a file is left").isEqualTo("x\n");
            assertThat(ended.err().lines())
                    .hasSize(2)
                    .allMatch(line -> line.startsWith("EPMPulse did not accept the status: 503"))
                    .allMatch(line -> line.contains("EPMPULSE_SPOOL"));
        }
    }

    @Test
    void aFlushSendsTheSpoolWithoutACommand() throws Exception {
        Map<ExecRunner, List<String>> flushes = new TreeMap<>();
        flushes.put(ExecRunner.PYTHON, List.of("--flush"));
        flushes.put(ExecRunner.JAVA, List.of("--flush"));
        flushes.put(ExecRunner.DASH, List.of("--flush"));
        for (Map.Entry<ExecRunner, List<String>> flush : flushes.entrySet()) {
            Path spool = folder.resolve("flush-" + flush.getKey());
            runAway(flush.getKey(), spool, "flush-" + flush.getKey());
            List<String> words = new ArrayList<>(flush.getKey().commandLine(flush.getValue()));
            words.remove("--");

            ExecRunner.Ended ended = ExecRunner.start(folder, settings(program.address(), spool), NOTHING, words)
                    .await();

            assertThat(ended.code()).isZero();
            assertThat(ended.err()).isEmpty();
            assertThat(files(spool)).isEmpty();
            assertThat(texts(oldestFirst("flush-" + flush.getKey()), "status")).containsExactly("Loading", "OK");
        }
    }
}
