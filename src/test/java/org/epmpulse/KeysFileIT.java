package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.epmpulse.config.NewKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys file of the packaged program: roles, and changes of the file. */
class KeysFileIT {

    private static final String UPDATE = "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}";

    private final NewKey board = NewKey.named("board");
    private final NewKey odi = NewKey.named("odi");
    private final NewKey ops = NewKey.named("ops");

    @TempDir
    Path folder;

    private Path file;
    private Map<String, String> settings;

    @BeforeEach
    void configure() throws Exception {
        file = folder.resolve("keys");
        settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_API_KEYS_FILE", file.toString());
        write(board.line().replace(":write:", ":read:"), odi.line());
    }

    private void write(String... lines) throws Exception {
        Files.write(file, List.of(lines));
    }

    private static int read(PackagedProgram program, NewKey key) throws Exception {
        return PackagedProgram.send(
                        HttpRequest.newBuilder(program.uri("/api/v1/status")).header("X-API-Key", key.key()))
                .statusCode();
    }

    private static int update(PackagedProgram program, String key) throws Exception {
        return PackagedProgram.send(HttpRequest.newBuilder(program.uri("/api/v1/status"))
                        .header("X-API-Key", key)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(UPDATE)))
                .statusCode();
    }

    private static long count(PackagedProgram program, String text) {
        return program.output().lines().filter(line -> line.contains(text)).count();
    }

    @Test
    void eachKeyHasThePermissionsOfItsRoleAndIsRecordedInTheJournal() throws Exception {
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            assertThat(read(program, board)).isEqualTo(200);
            assertThat(update(program, board.key())).isEqualTo(403);
            assertThat(update(program, odi.key())).isEqualTo(200);
            assertThat(update(program, PackagedProgram.KEY)).isEqualTo(200);
            assertThat(read(program, ops)).isEqualTo(403);

            assertThat(program.get("/api/v1/history").body()).contains("\"key\":\"odi\"");
        }
    }

    @Test
    void aChangeTakesEffectWithinSecondsAndAnInvalidFileChangesOnlyHealth() throws Exception {
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            write(ops.line());
            await().atMost(Duration.ofSeconds(10)).until(() -> update(program, ops.key()) == 200);
            assertThat(update(program, odi.key())).isEqualTo(403);

            write(ops.line(), "odi:write:half-a-hash");
            await().until(() -> program.get("/health").body().contains("\"degraded\""));
            assertThat(program.get("/health").body())
                    .contains("\"keys_file\":\"error: line 2: the SHA-256")
                    .doesNotContain(folder.toString());
            assertThat(update(program, ops.key())).isEqualTo(200);

            write(ops.line(), odi.line());
            await().until(() -> update(program, odi.key()) == 200);
            // The new keys are valid before the log and health say so.
            await().untilAsserted(() -> assertThat(program.get("/health").body())
                    .contains("\"healthy\"")
                    .doesNotContain("keys_file"));
            await().untilAsserted(() -> assertThat(count(program, "reloaded")).isEqualTo(2));
            assertThat(count(program, "its previous keys stay valid")).isEqualTo(1);
            assertThat(program.output()).doesNotContain("half-a-hash");
        }
    }

    @Test
    void anInvalidLinePreventsTheStart() throws Exception {
        write(odi.line(), "ops:owner:" + "f".repeat(64));

        try (PackagedProgram program = PackagedProgram.start(folder, settings)) {
            assertThat(program.exitCode()).isEqualTo(78);
            assertThat(program.output().lines())
                    .containsExactly("epmpulse: " + file + ": line 2: the role must be read, write or admin");
        }
    }

    @Test
    void checkShowsEveryInvalidLine() throws Exception {
        write("nonsense", odi.line(), odi.line());

        try (PackagedProgram program = PackagedProgram.start(folder, settings, "check")) {
            assertThat(program.exitCode()).isEqualTo(1);
            assertThat(program.output())
                    .contains(
                            file + ": line 1: must be NAME:ROLE:SHA256HEX",
                            file + ": line 3: duplicate name, first used in line 2")
                    .contains("2 errors");
        }
    }
}
