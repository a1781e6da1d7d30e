package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.epmpulse.store.postgres.DatabaseSettings;
import org.epmpulse.store.postgres.TcpProxy;
import org.epmpulse.store.postgres.TestingPostgres;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the packaged program for a database, from files to the database and back. */
class MigrateIT {

    @TempDir
    Path folder;

    private Map<String, String> files;
    private Map<String, String> shared;

    private record Result(int code, String output) {}

    @BeforeEach
    void configure() throws Exception {
        files = PackagedProgram.settings(folder);
        shared = shared(TestingPostgres.newSchema());
    }

    private Map<String, String> shared(DatabaseSettings database) {
        Map<String, String> settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_DATABASE_URL", database.url());
        settings.put("EPMPULSE_DATABASE_USER", String.valueOf(database.user()));
        settings.put("EPMPULSE_DATABASE_PASSWORD", TestingPostgres.PASSWORD);
        return settings;
    }

    private Result execute(Map<String, String> settings, String... arguments) throws Exception {
        try (PackagedProgram program = PackagedProgram.start(folder, settings, arguments)) {
            return new Result(program.exitCode(), program.output());
        }
    }

    private static String etag(PackagedProgram program) throws Exception {
        return program.get("/api/v1/status").headers().firstValue("ETag").orElseThrow();
    }

    private static void post(PackagedProgram program, String job) throws Exception {
        assertThat(program.post(
                                "/api/v1/status",
                                "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\",\"job_id\":\"" + job
                                        + "\"}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aServiceMovesToTheDatabaseAndBackAndItsClientsNoticeNothing() throws Exception {
        String etag;
        String history;
        try (PackagedProgram program = PackagedProgram.run(folder, files)) {
            post(program, "J1");
            post(program, "J2");
            etag = etag(program);
            history = program.get("/api/v1/history").body();
            assertThat(execute(shared, "migrate", "--to-database"))
                    .satisfies(refused -> assertThat(refused.code()).isEqualTo(1))
                    .satisfies(refused -> assertThat(refused.output()).contains("is in use by another EPMPulse"));
            program.terminate();
        }

        Result migrated = execute(shared, "migrate", "--to-database");

        assertThat(migrated.output()).contains("Copied 2 updates up to revision 2", "is equal.");
        assertThat(migrated.code()).isZero();
        Result stopped = execute(files);
        assertThat(stopped.code()).isEqualTo(78);
        assertThat(stopped.output()).contains("MOVED: the updates are in the database 127.0.0.1", "migrate --to-files");
        try (PackagedProgram program = PackagedProgram.run(folder, shared)) {
            assertThat(etag(program)).isEqualTo(etag);
            assertThat(program.get("/api/v1/history").body()).isEqualTo(history);
            assertThat(execute(shared, "database").output())
                    .contains("Tables    version", "2 updates, rows 1 to 2", "Node ");
            post(program, "J3");
            etag = etag(program);
            await().untilAsserted(() -> assertThat(folder.resolve("data/apps_status.json"))
                    .content()
                    .contains("\"revision\":3", "\"job_id\":\"J3\""));
            program.terminate();
        }
        assertThat(execute(shared, "database", "--verify"))
                .isEqualTo(new Result(0, "Rows 1 to 3 are intact, up to revision 3."));
        Path back = folder.resolve("back");
        assertThat(execute(shared, "migrate", "--to-files", back.toString()).output())
                .contains("Copied 3 updates up to revision 3", "is equal.");
        files.put("EPMPULSE_DATA_DIR", back.toString());
        try (PackagedProgram program = PackagedProgram.run(folder, files)) {
            assertThat(etag(program)).isEqualTo(etag);
        }
    }

    /** The program hangs in the middle of the copy, because the database is not reached any more, and is killed. */
    private void killInTheMiddle(TcpProxy link, long bytes, Map<String, String> settings, String... arguments)
            throws Exception {
        link.stallAfter(bytes);
        try (PackagedProgram program = PackagedProgram.start(folder, settings, arguments)) {
            await().atMost(Duration.ofSeconds(60)).until(link::isStalled);
            assertThat(program.alive()).as(program.output()).isTrue();
            program.kill();
        }
        link.restore();
    }

    /** How many bytes a complete run exchanges with the database. */
    private long bytesOf(TcpProxy link, Map<String, String> settings, String... arguments) throws Exception {
        long before = link.bytes();
        assertThat(execute(settings, arguments).output()).contains("is equal.");
        return link.bytes() - before;
    }

    @Test
    void aCopyThatIsKilledIsNotUsedAndCanBeRepeated() throws Exception {
        String etag;
        try (PackagedProgram program = PackagedProgram.run(folder, files)) {
            for (int batch = 0; batch < 3; batch++) {
                assertThat(program.post("/api/v1/status/batch", batch(batch)).statusCode())
                        .isEqualTo(200);
            }
            etag = etag(program);
            program.terminate();
        }
        try (TcpProxy link = new TcpProxy(TestingPostgres.port())) {
            Map<String, String> other = through(link, shared(TestingPostgres.newSchema()));
            long bytes = bytesOf(link, other, "migrate", "--to-database");
            Files.delete(folder.resolve("data/MOVED"));
            Map<String, String> linked = through(link, shared);

            killInTheMiddle(link, bytes / 2, linked, "migrate", "--to-database");

            assertThat(execute(shared, "database").output()).contains("no updates");
            try (PackagedProgram program = PackagedProgram.run(folder, files)) {
                assertThat(etag(program)).isEqualTo(etag);
                program.terminate();
            }
            assertThat(execute(shared, "migrate", "--to-database"))
                    .satisfies(repeated -> assertThat(repeated.output()).contains("up to revision 3000", "is equal."))
                    .satisfies(repeated -> assertThat(repeated.code()).isZero());

            bytes = bytesOf(link, linked, "migrate", "--to-files", "complete");
            // It reads everything twice: to compare, and to write the files.
            killInTheMiddle(link, bytes * 3 / 4, linked, "migrate", "--to-files", "back");

            files.put("EPMPULSE_DATA_DIR", folder.resolve("back").toString());
            Result incomplete = execute(files);
            assertThat(incomplete.code()).isEqualTo(78);
            assertThat(incomplete.output()).contains("is not complete", "migrate --to-files");
            assertThat(execute(shared, "migrate", "--to-files", "back").output())
                    .contains("up to revision 3000", "is equal.");
            try (PackagedProgram program = PackagedProgram.run(folder, files)) {
                assertThat(etag(program)).isEqualTo(etag);
            }
        }
    }

    private static String batch(int number) {
        String message = "m".repeat(150);
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"Loading\",\"job_id\":\"J"
                        + number + "-" + i + "\",\"message\":\"" + message + "\"}")
                .collect(Collectors.joining(",", "{\"updates\":[", "]}"));
    }

    /** The settings with the database behind the link. */
    private static Map<String, String> through(TcpProxy link, Map<String, String> settings) {
        Map<String, String> linked = new TreeMap<>(settings);
        linked.computeIfPresent(
                "EPMPULSE_DATABASE_URL", (name, url) -> url.replaceFirst(":\\d+/", ":" + link.port() + "/"));
        return linked;
    }

    @Test
    void theCheckReportsTheDatabaseAndNeverThePassword() throws Exception {
        Result online = execute(shared, "check", "--online");

        assertThat(online.output())
                .contains("Online", "Database: 127.0.0.1, database postgres is reachable", "EPMPULSE_DATABASE_URL")
                .doesNotContain(TestingPostgres.PASSWORD);
        assertThat(execute(shared, "check").output()).doesNotContain("is reachable", TestingPostgres.PASSWORD);
    }

    @Test
    void theSqlIsPrintedWithoutADatabase() throws Exception {
        Result sql = execute(files, "database", "--sql");

        assertThat(sql.code()).isZero();
        assertThat(sql.output()).contains("CREATE TABLE journal (", "INSERT INTO flyway_schema_history", "COMMIT;");
    }

    @Test
    void whatIsMissingIsSaid() throws Exception {
        Result unset = execute(files, "database");
        assertThat(unset.code()).isEqualTo(78);
        assertThat(unset.output()).contains("EPMPULSE_DATABASE_URL: is not set");

        assertThat(execute(files, "migrate").code()).isEqualTo(2);
        assertThat(execute(shared, "migrate", "--to-files", "x", "--from", "y").code())
                .isEqualTo(2);
        Result none = execute(shared, "migrate", "--to-database", "--from", "nowhere");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.output())
                .contains("the data folder nowhere was not found")
                .doesNotContain("\tat ");
        assertThat(Files.exists(folder.resolve("nowhere"))).isFalse();
        shared.put("EPMPULSE_DATABASE_PASSWORD", "wrong-hunter2");
        Result wrong = execute(shared, "database");
        assertThat(wrong.code()).isEqualTo(78);
        assertThat(wrong.output()).contains("password authentication failed").doesNotContain("hunter2");
    }
}
