package org.epmpulse.slack.canvas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackQuirk;
import org.epmpulse.sandbox.SlackSandbox;
import org.epmpulse.slack.SlackClient;
import org.epmpulse.slack.SlackRateLimitedException;
import org.epmpulse.slack.SlackRefusedException;
import org.epmpulse.slack.SlackUnavailableException;
import org.epmpulse.store.journal.DataFolder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of making a canvas, where it depends on time or on the disk. */
class CanvasCreatorTest {

    private static final String CREATE = "conversations.canvases.create";

    @TempDir
    private Path root;

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());

    @AutoClose
    private final SlackClient client = new SlackClient(slack.botToken(), slack.apiUrl());

    private Instant now = Instant.parse("2026-03-31T12:00:00Z");

    @BeforeEach
    void setUp() {
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.quirk(SlackQuirk.CREATE_ADDS_ANOTHER_TAB, true);
    }

    private CanvasRegistry open(DataFolder folder) throws IOException {
        return CanvasRegistry.open(folder, List.of("CMAIN"), new SimpleMeterRegistry(), now);
    }

    @Test
    void aCreationWithoutAnswerIsRepeatedOnceItCannotBeUnderWayAnyMore() throws IOException {
        try (DataFolder folder = DataFolder.open(root)) {
            CanvasCreator maker = new CanvasCreator(client, open(folder), () -> now);
            slack.fail(CallMatcher.method(CREATE), Fault.reset(), 1);
            assertThatThrownBy(() -> maker.createInChannel("CMAIN")).isInstanceOf(SlackUnavailableException.class);

            now = now.plusSeconds(59);
            assertThatThrownBy(() -> maker.look("CMAIN"))
                    .isInstanceOf(SlackUnavailableException.class)
                    .hasMessageContaining("may still be making");
            now = now.plusSeconds(1);
            assertThat(maker.look("CMAIN")).isNull();
            assertThat(maker.createInChannel("CMAIN"))
                    .isEqualTo(slack.canvases().get(0).id());
        }
    }

    @Test
    void aCreationThatSlackDidNotTakeIsRepeatedAtOnce() throws IOException {
        try (DataFolder folder = DataFolder.open(root)) {
            CanvasCreator maker = new CanvasCreator(client, open(folder), () -> now);
            slack.fail(CallMatcher.method(CREATE), Fault.rateLimited(Duration.ofSeconds(1)), 1);
            assertThatThrownBy(() -> maker.createInChannel("CMAIN")).isInstanceOf(SlackRateLimitedException.class);

            assertThat(maker.look("CMAIN")).isNull();
        }
    }

    @Test
    void nothingIsMadeThatCannotBeWrittenDown() throws IOException {
        try (DataFolder folder = DataFolder.open(root)) {
            CanvasCreator maker = new CanvasCreator(client, open(folder), () -> now);
            Path file = root.resolve("slack").resolve("canvases.json");
            Files.createDirectories(file.resolve("in-the-way"));

            assertThatThrownBy(() -> maker.createInChannel("CMAIN")).hasMessageContaining("canvases.json");

            assertThat(slack.calls(CREATE)).isEmpty();
        }
    }

    @Test
    void anUnreadableRecordAllowsNoStandaloneCanvasThatMayBeTheSecond() throws IOException {
        slack.quirk(SlackQuirk.CHANNEL_CANVASES_NOT_IN_TIER, true);
        try (DataFolder folder = DataFolder.open(root)) {
            Path file = Files.createDirectories(root.resolve("slack")).resolve("canvases.json");
            Files.writeString(file, "[]");
            CanvasCreator maker = new CanvasCreator(client, open(folder), () -> now);

            assertThat(maker.look("CMAIN")).isNull();
            assertThat(maker.createInChannel("CMAIN")).isNull();
            assertThatThrownBy(() -> maker.createStandalone("CMAIN"))
                    .isInstanceOf(SlackRefusedException.class)
                    .hasMessageContaining("canvas_id");

            assertThat(slack.canvases()).isEmpty();
        }
    }

    @Test
    void aCanvasThatIsGoneIsNotReplacedUnseen() {
        slack.addToken("xoxb-few-scopes", "canvases:write");
        CanvasRegistry made = CanvasRegistry.inMemory();
        try (SlackClient few = new SlackClient("xoxb-few-scopes", slack.apiUrl())) {
            CanvasCreator maker = new CanvasCreator(few, made, () -> now);
            String canvasId = maker.createInChannel("CMAIN");
            slack.deleteCanvas(String.valueOf(canvasId));

            assertThat(maker.look("CMAIN")).isEqualTo(canvasId);
        }
        assertThat(slack.canvases()).isEmpty();
    }

    @Test
    void theTabThatWasMadeHereComesBeforeOtherCanvases() {
        slack.addChannelCanvas("FNOTES", "Notes", "CMAIN");
        slack.addChannelCanvas("FOURS", "EPM status", "CMAIN");

        assertThat(new CanvasCreator(client, CanvasRegistry.inMemory(), () -> now).look("CMAIN"))
                .isEqualTo("FOURS");
    }
}
