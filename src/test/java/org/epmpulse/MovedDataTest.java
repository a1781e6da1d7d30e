package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients get while files of the data folder are not where they belong. */
class MovedDataTest {

    private static final String APPS = """
            {"apps": {"Planning": {"domains": ["Actual"]}}}""";

    private static final String UPDATE = """
            {"app": "Planning", "domain": "Actual", "status": "OK", "message": "refused"}""";

    @TempDir
    Path folder;

    @AutoClose
    private TestingEpmPulse epmPulse;

    @BeforeEach
    void start() throws Exception {
        epmPulse = new TestingEpmPulse(folder, APPS).start();
        epmPulse.status("Planning", "Actual", "Warning", "before");
    }

    @ParameterizedTest
    @ValueSource(strings = {"history", "epmpulse.lock", "."})
    void updatesAreRefusedAndHealthIsUnhealthyUntilTheFilesAreBack(String name) throws Exception {
        Path moved = folder.resolve("data").resolve(name).normalize();
        Path aside = folder.resolve("aside");
        Files.move(moved, aside);

        await().until(() -> epmPulse.get("/health").statusCode() == 503);
        HttpResponse<String> refused = epmPulse.post("/api/v1/status", UPDATE);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("STATE_ERROR");
        assertThat(epmPulse.get("/health").body())
                .contains("\"unhealthy\"", "while EPMPulse is running")
                .doesNotContain(folder.toString());
        assertThat(moved).doesNotExist();
        Files.move(aside, moved);

        await().until(() -> epmPulse.get("/health").statusCode() == 200);
        assertThat(epmPulse.data("/api/v1/status")
                        .at("/apps/Planning/Actual/message")
                        .asText())
                .isEqualTo("before");
        assertThat(epmPulse.status("Planning", "Actual", "OK", "after")).isEqualTo(2);
    }

    @Test
    void noUpdateIsLostWhenAllOfTheHistoryIsDeletedAndTheServiceRestarted() throws Exception {
        try (var files = Files.list(folder.resolve("data/history"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        await().until(() -> epmPulse.get("/health").statusCode() == 503);

        epmPulse.restart();

        assertThat(epmPulse.get("/health").statusCode()).isEqualTo(200);
        assertThat(epmPulse.get("/api/v1/history").body()).contains("before");
    }
}
