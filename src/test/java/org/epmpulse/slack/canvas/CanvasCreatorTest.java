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
import org.epmpulse.store.journal.FileDocuments;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of creating a canvas that depend on time or on the disk. */
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
        FileDocuments documents = new FileDocuments(folder, () -> now, new SimpleMeterRegistry());
        CanvasRegistry registry = new CanvasRegistry(documents, List.of("CMAIN"), () -> now);
        registry.load();
        return registry;
    }

    @Test
    void aCreationWithoutResponseIsRepeatedAfterItsTimeout() throws IOException {
        try (DataFolder folder = DataFolder.open(root)) {
            CanvasCreator creator = new CanvasCreator(client, open(folder), () -> now);
            slack.fail(CallMatcher.method(CREATE), Fault.reset(), 1);
            assertThatThrownBy(() -> creator.createInChannel("CMAIN")).isInstanceOf(SlackUnavailableException.class);

            now = now.plusSeconds(59);
            assertThatThrownBy(() -> creator.find("CMAIN"))
                    .isInstanceOf(SlackUnavailableException.class)
                    .hasMessageContaining("may still be creating");
            now = now.plusSeconds(1);
            assertThat(creator.find("CMAIN")).isNull();
            assertThat(creator.createInChannel("CMAIN"))
                    .isEqualTo(slack.canvases().get(0).id());
        }
    }

    @Test
    void aRejectedCreationIsRepeatedAtOnce() throws IOException {
        try (DataFolder folder = DataFolder.open(root)) {
            CanvasCreator creator = new CanvasCreator(client, open(folder), () -> now);
            slack.fail(CallMatcher.method(CREATE), Fault.rateLimited(Duration.ofSeconds(1)), 1);
            assertThatThrownBy(() -> creator.createInChannel("CMAIN")).isInstanceOf(SlackRateLimitedException.class);

            assertThat(creator.find("CMAIN")).isNull();
        }
    }

    @Test
    void noCanvasIsCreatedIfTheRegistryCannotBeWritten() throws IOException {
        try (DataFolder folder = DataFolder.open(root)) {
            CanvasCreator creator = new CanvasCreator(client, open(folder), () -> now);
            Path file = root.resolve("slack").resolve("canvases.json");
            Files.createDirectories(file.resolve("in-the-way"));

            assertThatThrownBy(() -> creator.createInChannel("CMAIN")).hasMessageContaining("canvases.json");

            assertThat(slack.calls(CREATE)).isEmpty();
        }
    }

    @Test
    void withAnUnreadableRegistryNoStandaloneCanvasIsCreated() throws IOException {
        slack.quirk(SlackQuirk.CHANNEL_CANVASES_NOT_IN_TIER, true);
        try (DataFolder folder = DataFolder.open(root)) {
            Path file = Files.createDirectories(root.resolve("slack")).resolve("canvases.json");
            Files.writeString(file, "[]");
            CanvasCreator creator = new CanvasCreator(client, open(folder), () -> now);

            assertThat(creator.find("CMAIN")).isNull();
            assertThat(creator.createInChannel("CMAIN")).isNull();
            assertThatThrownBy(() -> creator.createStandalone("CMAIN"))
                    .isInstanceOf(SlackRefusedException.class)
                    .hasMessageContaining("canvas_id");

            assertThat(slack.canvases()).isEmpty();
        }
    }

    @Test
    void withoutTheReadScopeADeletedCanvasIsNotReplaced() {
        slack.addToken("xoxb-few-scopes", "canvases:write");
        CanvasRegistry registry = CanvasRegistry.inMemory();
        try (SlackClient few = new SlackClient("xoxb-few-scopes", slack.apiUrl())) {
            CanvasCreator creator = new CanvasCreator(few, registry, () -> now);
            String canvasId = creator.createInChannel("CMAIN");
            slack.deleteCanvas(String.valueOf(canvasId));

            assertThat(creator.find("CMAIN")).isEqualTo(canvasId);
        }
        assertThat(slack.canvases()).isEmpty();
    }

    @Test
    void theTabWithOurTitleComesBeforeOtherCanvases() {
        slack.addChannelCanvas("FNOTES", "Notes", "CMAIN");
        slack.addChannelCanvas("FOURS", "EPM status", "CMAIN");

        assertThat(new CanvasCreator(client, CanvasRegistry.inMemory(), () -> now).find("CMAIN"))
                .isEqualTo("FOURS");
    }

    @Test
    void aCreationThatDidNotReachSlackIsRepeatedAtOnce() {
        CanvasRegistry registry = CanvasRegistry.inMemory();
        CanvasCreator creator = new CanvasCreator(client, registry, () -> now);
        slack.refuseConnections();
        assertThatThrownBy(() -> creator.createInChannel("CMAIN")).isInstanceOf(SlackUnavailableException.class);
        assertThatThrownBy(() -> creator.createStandalone("CMAIN")).isInstanceOf(SlackUnavailableException.class);
        slack.acceptConnections();

        assertThat(creator.find("CMAIN")).isNull();
        assertThat(creator.createStandalone("CMAIN"))
                .isEqualTo(slack.canvases().get(0).id());
    }
}
