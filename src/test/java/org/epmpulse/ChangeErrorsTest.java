package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.apache.logging.log4j.Level;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures of shipped routes that receive changes of the board. */
@Isolated("records the log of all classes")
class ChangeErrorsTest {

    private static final String APPS = """
            {"apps": {"Planning": {"domains": ["Actual"], "channels": ["CMAIN"]}},
             "channels": {"CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"}}}
            """;

    private static final String BROKEN = """
            steps:
              - throwException:
                  exceptionType: java.lang.IllegalStateException
                  message: it is broken
            """;

    @TempDir
    Path folder;

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());

    @AutoClose
    private final RecordedLog errors = new RecordedLog(Level.ERROR);

    @AutoClose
    private TestingEpmPulse epmPulse;

    @BeforeEach
    void configure() throws IOException {
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.addCanvas("FMAIN", "Main");
        epmPulse = new TestingEpmPulse(folder, APPS);
        epmPulse.settings.put("SLACK_BOT_TOKEN", slack.botToken());
        epmPulse.settings.put("SLACK_API_URL", slack.apiUrl().toString());
        epmPulse.settings.put("EPMPULSE_CANVAS_MIN_INTERVAL", "50ms");
    }

    /** Starts with the shipped routes; the first step of one throws. */
    private void startWithBroken(String route) throws Exception {
        Path routes = Files.createDirectory(folder.resolve("routes"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("routes"), "*.camel.yaml")) {
            for (Path file : files) {
                String text = Files.readString(file);
                if (file.endsWith(route + ".camel.yaml")) {
                    text = text.replace("      steps:\n", BROKEN.indent(6));
                }
                Files.writeString(routes.resolve(file.getFileName()), text);
            }
        }
        epmPulse.settings.put("EPMPULSE_ROUTES_DIR", routes.toString());
        epmPulse.start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"canvas-refresh", "board-events"})
    void aFailureIsLoggedOnceWithItsCause(String route) throws Exception {
        startWithBroken(route);

        epmPulse.status("Planning", "Actual", "OK", "unseen");

        await().until(() -> !errors.messages().isEmpty());
        assertThat(errors.messages())
                .singleElement()
                .asString()
                .contains(route, "IllegalStateException: it is broken", "at the next comparison with the board");
    }

    @Test
    void canvasesAreStillPublished() throws Exception {
        startWithBroken("canvas-refresh");
        await().until(() -> slack.canvas("FMAIN").edits().size() == 1);
        epmPulse.status("Planning", "Actual", "OK", "unseen");
        await().until(() -> !errors.messages().isEmpty());

        epmPulse.post("/api/v1/canvas/sync", "");

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(slack.canvas("FMAIN").markdown()).contains("unseen"));
        assertThat(errors.messages()).hasSize(1);
    }
}
