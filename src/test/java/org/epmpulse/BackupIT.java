package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backs up a program under load with the shipped scripts, restores the backup and starts it. */
class BackupIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int WRITERS = 6;
    private static final int REPLIES_BEFORE_THE_BACKUP = 200;
    private static final int BATCH = 5;

    @TempDir
    Path folder;

    private final AtomicInteger requests = new AtomicInteger();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private Path home;
    private Path backups;
    private String output = "";

    @BeforeEach
    void install() throws Exception {
        Installed.require("flock and sha256sum", Installed.works(List.of("flock", "--version")));
        Installed.require("rsync", Installed.works(List.of("rsync", "--version")));
        home = folder.resolve("home");
        backups = folder.resolve("backups");
        Files.createDirectories(home.resolve("routes/site"));
        Files.createDirectories(home.resolve("config"));
        Files.writeString(home.resolve("routes/site/mine.camel.yaml"), "# mine\n");
        Files.createDirectories(home.resolve("extra"));
        Files.writeString(home.resolve("extra/driver-1.jar"), "a jar");
        Files.writeString(home.resolve("config/apps.json"), "{}");
        Files.writeString(home.resolve(".env"), "EPMPULSE_API_KEY=secret\n");
    }

    private int run(String script, Map<String, String> settings, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "deploy/backup/" + script));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(settings);
        Process process = builder.start();
        output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor();
    }

    private Path backUp(String... settings) throws Exception {
        Map<String, String> environment =
                new TreeMap<>(Map.of("BACKUP_FROM", home.toString(), "BACKUP_TO", backups.toString()));
        for (int i = 0; i < settings.length; i += 2) {
            environment.put(settings[i], settings[i + 1]);
        }
        assertThat(run("backup.sh", environment)).as(output).isZero();
        return Path.of(output.strip());
    }

    private void restore(Path backup, Path to) throws Exception {
        assertThat(run("restore.sh", Map.of(), backup.toString(), to.toString()))
                .as(output)
                .isZero();
    }

    private PackagedProgram start(Path at) throws Exception {
        return PackagedProgram.run(at, PackagedProgram.settings(at));
    }

    private static String update(String job, String domain) {
        return "{\"app\":\"Planning\",\"domain\":\"%s\",\"status\":\"Loading\",\"job_id\":\"%s\"}"
                .formatted(domain, job);
    }

    private void post(PackagedProgram program) throws IOException, InterruptedException {
        int request = requests.incrementAndGet();
        List<String> items = new ArrayList<>();
        int size = request % 3 == 0 ? BATCH : 1;
        for (int i = 0; i < size; i++) {
            items.add(update("J" + request + "-" + i, "Actual"));
        }
        HttpResponse<String> reply = size == 1
                ? program.post("/api/v1/status", items.get(0))
                : program.post("/api/v1/status/batch", "{\"updates\":[" + String.join(",", items) + "]}");
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        for (int i = 0; i < size; i++) {
            acknowledged.add("J" + request + "-" + i);
        }
    }

    private static Set<String> history(PackagedProgram program) throws Exception {
        Set<String> jobs = new HashSet<>();
        String cursor = "";
        do {
            JsonNode data = JSON.readTree(
                            program.get("/api/v1/history?limit=1000" + cursor).body())
                    .path("data");
            data.path("entries").forEach(entry -> jobs.add(entry.path("job_id").asText()));
            cursor = data.path("next").isNull()
                    ? ""
                    : "&cursor=" + data.path("next").asText();
        } while (!cursor.isEmpty());
        return jobs;
    }

    private static String tag(PackagedProgram program) throws Exception {
        return program.get("/api/v1/status").headers().firstValue("ETag").orElseThrow();
    }

    @Test
    void updatesAcknowledgedBeforeABackupUnderLoadExistAfterARestore() throws Exception {
        Path backup;
        Set<String> before;
        try (PackagedProgram program = start(home)) {
            AtomicBoolean running = new AtomicBoolean(true);
            CountDownLatch replies = new CountDownLatch(REPLIES_BEFORE_THE_BACKUP);
            List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                Thread writer = new Thread(() -> {
                    try {
                        while (running.get()) {
                            post(program);
                            replies.countDown();
                        }
                    } catch (IOException | InterruptedException | AssertionError e) {
                        failures.add(e);
                    }
                });
                writers.add(writer);
                writer.start();
            }
            replies.await();
            before = Set.copyOf(acknowledged);
            backup = backUp();
            running.set(false);
            for (Thread writer : writers) {
                writer.join();
            }
            assertThat(failures).isEmpty();
        }
        Path elsewhere = folder.resolve("elsewhere");

        restore(backup, elsewhere);

        assertThat(elsewhere.resolve("routes/site/mine.camel.yaml")).hasContent("# mine");
        assertThat(elsewhere.resolve(".env")).hasContent("EPMPULSE_API_KEY=secret");
        try (PackagedProgram program = start(elsewhere)) {
            Set<String> restored = history(program);
            assertThat(restored).containsAll(before);
            assertThat(acknowledged).containsAll(restored);
            assertThat(JSON.readTree(program.get("/api/v1/status").body())
                            .at("/data/revision")
                            .asInt())
                    .isEqualTo(restored.size());
            assertThat(program.get("/health").body()).contains("\"healthy\"");
            post(program);
        }
    }

    @Test
    void whatWasSentAndHowFarListenersAreIsInABackup() throws Exception {
        try (PackagedProgram program = start(home)) {
            post(program);
        }
        List<String> files =
                List.of("listeners/positions.json", "alerts/webhook.json", "slack/alerts.json", "watch/planning.json");
        for (String file : files) {
            Files.createDirectories(home.resolve("data").resolve(file).getParent());
            Files.writeString(home.resolve("data").resolve(file), "{}");
        }

        Path backup = backUp();

        assertThat(files).allSatisfy(file -> assertThat(backup.resolve("data").resolve(file))
                .hasContent("{}"));
    }

    @Test
    void aRestoredStoreHasANewIdAndTheOldDataIsKept() throws Exception {
        String original;
        Path backup;
        try (PackagedProgram program = start(home)) {
            post(program);
            backup = backUp();
            original = tag(program);
            assertThat(run("restore.sh", Map.of(), backup.toString(), home.toString()))
                    .isNotZero();
            assertThat(output).contains("is running");
        }

        restore(backup, home);

        try (Stream<Path> files = Files.list(home)) {
            Path oldInstallation = files.filter(
                            file -> file.getFileName().toString().startsWith("before-restore-"))
                    .findFirst()
                    .orElseThrow();
            assertThat(oldInstallation.resolve("data/history")).isDirectory();
            assertThat(oldInstallation.resolve(".env")).exists();
        }
        String restored;
        try (PackagedProgram program = start(home)) {
            restored = tag(program);
            assertThat(restored).isNotEqualTo(original);
            assertThat(home.resolve("data/restored")).doesNotExist();
        }
        try (PackagedProgram program = start(home)) {
            assertThat(tag(program)).isEqualTo(restored);
        }
    }

    @Test
    void backupsArePrivateVerifiedHardLinkedAndDeletedAfterRetention() throws Exception {
        Path day = closedDay(home.resolve("data"), "2026-01-31");
        Path old = Files.createDirectories(backups.resolve("epmpulse-20200101T000000Z"));
        Path mirror = folder.resolve("mirror");

        Path first = backUp();
        Path second = backUpInTheNextSecond(first, mirror);

        assertThat(old).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backups)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(second.resolve(".env"))))
                .isEqualTo("rw-------");
        Path linked = second.resolve("data/history").resolve(day.getFileName());
        assertThat(Files.isSameFile(linked, first.resolve("data/history").resolve(day.getFileName())))
                .isTrue();
        assertThat(Files.isSameFile(second.resolve("extra/driver-1.jar"), first.resolve("extra/driver-1.jar")))
                .isTrue();
        assertThat(mirror.resolve(second.getFileName()).resolve("SHA256SUMS")).exists();

        Files.writeString(second.resolve("config/apps.json"), "{ }");
        assertThat(run(
                        "restore.sh",
                        Map.of(),
                        second.toString(),
                        folder.resolve("to").toString()))
                .isNotZero();
        assertThat(output).contains("damaged");
        assertThat(folder.resolve("to")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EPMPULSE_DATABASE_URL=postgresql://db.example.com/epmpulse",
                "  export  EPMPULSE_DATABASE_URL = \"postgresql://db.example.com/epmpulse\"  # the cluster"
            })
    void ofANodeWithADatabaseTheRestIsBackedUpAndTheOutputSaysSo(String line) throws Exception {
        Files.writeString(home.resolve(".env"), "EPMPULSE_API_KEY=secret\n" + line + "\n");
        Files.createDirectories(home.resolve("data/history"));
        Files.writeString(home.resolve("data/MOVED"), "");

        assertThat(run("backup.sh", Map.of("BACKUP_FROM", home.toString(), "BACKUP_TO", backups.toString())))
                .as(output)
                .isZero();

        List<String> lines = output.lines().toList();
        assertThat(lines.get(0)).contains("not in this backup: the updates, which are in the database");
        Path backup = Path.of(lines.get(lines.size() - 1));
        assertThat(backup.resolve("data")).doesNotExist();
        assertThat(backup.resolve("SHA256SUMS")).content().contains("./.env", "./config/apps.json", "./routes/site/");

        Files.writeString(home.resolve("config/apps.json"), "changed");
        Files.delete(home.resolve("extra/driver-1.jar"));
        restore(backup, home);

        assertThat(home.resolve("extra/driver-1.jar")).hasContent("a jar");

        assertThat(home.resolve("config/apps.json")).hasContent("{}");
        assertThat(home.resolve("data/MOVED")).exists();
        assertThat(home.resolve("data/restored")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#EPMPULSE_DATABASE_URL=postgresql://db",
                "EPMPULSE_DATABASE_URL=",
                "EPMPULSE_DATABASE_URL=\"\"",
                "EPMPULSE_DATABASE_URL= # none",
                "EPMPULSE_DATABASE_URL=postgresql://db\nexport EPMPULSE_DATABASE_URL=''"
            })
    void aDatabaseThatIsNotSetDoesNotLeaveTheDataOut(String lines) throws Exception {
        closedDay(home.resolve("data"), "2026-01-31");
        Files.writeString(home.resolve(".env"), lines + "\n");

        assertThat(backUp().resolve("data/history/2026-01-31.jsonl.gz")).exists();
    }

    @Test
    void theDataFolderOfEnvIsBackedUpAndRestored() throws Exception {
        Path stale = closedDay(home.resolve("data"), "2026-01-31");
        Path data = folder.resolve("second disk/data");
        Files.writeString(
                home.resolve(".env"), "export EPMPULSE_DATA_DIR = \"../second disk/data\"  # a larger disk\r\n");
        Map<String, String> settings = PackagedProgram.settings(home);
        settings.remove("EPMPULSE_DATA_DIR");
        Path backup;
        try (PackagedProgram program = PackagedProgram.run(home, settings)) {
            post(program);
            backup = backUp();
            assertThat(run("restore.sh", Map.of(), backup.toString(), home.toString()))
                    .isNotZero();
            assertThat(output).contains("is running");
        }

        restore(backup, home);

        assertThat(backup.resolve("data/history").resolve(stale.getFileName())).doesNotExist();
        assertThat(stale).exists();
        assertThat(data.resolve("restored")).exists();
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("before-restore-")))
                    .singleElement()
                    .satisfies(former -> assertThat(former.resolve("history")).isDirectory());
        }
        try (PackagedProgram program = PackagedProgram.run(home, settings)) {
            assertThat(history(program)).isEqualTo(acknowledged);
        }
    }

    @Test
    void aRelativeDataFolderIsThatOfTheHomeItIsRestoredTo() throws Exception {
        closedDay(home.resolve("data"), "2026-01-30");
        Path day = closedDay(home.resolve("var/data"), "2026-01-31");
        Files.writeString(home.resolve(".env"), "EPMPULSE_DATA_DIR='var/data'\n");
        Path elsewhere = folder.resolve("elsewhere");

        restore(backUp(), elsewhere);

        assertThat(elsewhere.resolve("data")).doesNotExist();
        assertThat(elsewhere.resolve("var/data/history").toFile().list())
                .containsExactly(day.getFileName().toString());
    }

    @Test
    void theDataFolderInTheSettingsOfTheBackupWinsOverEnv() throws Exception {
        closedDay(home.resolve("data"), "2026-01-31");
        Files.writeString(home.resolve(".env"), "EPMPULSE_DATA_DIR=missing\n");

        Path backup = backUp("BACKUP_DATA", home.resolve("data").toString());

        assertThat(backup.resolve("data/history/2026-01-31.jsonl.gz")).exists();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            EPMPULSE_DATA_DIR=missing | there is no journal in
            EPMPULSE_DATA_DIR="data   | the value of EPMPULSE_DATA_DIR must end with its opening quote""")
    void withoutAKnownDataFolderABackupFails(String line, String reason) throws Exception {
        closedDay(home.resolve("data"), "2026-01-31");
        Files.writeString(home.resolve(".env"), line + "\n");

        assertThat(run("backup.sh", Map.of("BACKUP_FROM", home.toString(), "BACKUP_TO", backups.toString())))
                .isNotZero();
        assertThat(output).contains(reason, home.resolve(".env").toString());
        assertThat(backups).doesNotExist();
    }

    @Test
    void ofLinksTheContentIsInABackup() throws Exception {
        closedDay(home.resolve("data"), "2026-01-31");
        List<String> links = List.of("data/history", ".env", "config", "routes/site/mine.camel.yaml", "extra");
        for (String link : links) {
            Path target = folder.resolve("disk").resolve(link);
            Files.createDirectories(target.getParent());
            Files.move(home.resolve(link), target);
            Files.createSymbolicLink(home.resolve(link), target);
        }

        Path backup = backUp();

        assertThat(backup.resolve("SHA256SUMS"))
                .content()
                .contains(
                        "  ./data/history/2026-01-31.jsonl.gz\n",
                        "  ./.env\n",
                        "  ./config/apps.json\n",
                        "  ./routes/site/mine.camel.yaml\n",
                        "  ./extra/driver-1.jar\n");
    }

    @Test
    void noPositionInABackupIsAheadOfItsHistory() throws Exception {
        closedDay(home.resolve("data"), "2026-01-31");
        List<String> positions = List.of("listeners/positions.json", "watch/planning.json");
        for (String file : positions) {
            Files.createDirectories(home.resolve("data").resolve(file).getParent());
            Files.writeString(home.resolve("data").resolve(file), "before");
        }
        Path tools = Files.createDirectories(folder.resolve("tools"));
        Path cp = Files.writeString(tools.resolve("cp"), """
                #!/bin/sh
                cd '%s/data'
                case $* in
                  */history/*) for file in listeners/* watch/*; do echo after >"$file"; done ;;
                esac
                exec /bin/cp "$@"
                """.formatted(home));
        Files.setPosixFilePermissions(cp, PosixFilePermissions.fromString("rwx------"));

        Path backup = backUp("PATH", tools + ":" + System.getenv("PATH"));

        assertThat(backup.resolve("data/history/2026-01-31.jsonl.gz")).exists();
        assertThat(positions).allSatisfy(file -> {
            assertThat(home.resolve("data").resolve(file)).hasContent("after");
            assertThat(backup.resolve("data").resolve(file)).hasContent("before");
        });
    }

    private static Path closedDay(Path data, String day) throws IOException {
        Path file = data.resolve("history").resolve(day + ".jsonl.gz");
        Files.createDirectories(file.getParent());
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write('\n');
        }
        return file;
    }

    /** Waits, because the names of backups differ only by the second. */
    private Path backUpInTheNextSecond(Path first, Path mirror) throws Exception {
        String name = first.getFileName().toString();
        await().until(() -> !name.endsWith(
                Instant.now().toString().replaceAll("[-:]|\\.\\d+", "").substring(9)));
        return backUp("BACKUP_RSYNC", mirror.toString());
    }
}
