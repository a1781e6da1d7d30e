package org.epmpulse.slack;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.epmpulse.slack.SlackThreads.Message;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.FileDocuments;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlackThreadsTest {

    @TempDir
    private Path root;

    private DataFolder folder;
    private SlackThreads threads;

    @BeforeEach
    void open() throws IOException {
        folder = DataFolder.open(root);
        threads = new SlackThreads(new FileDocuments(folder, () -> Instant.EPOCH, new SimpleMeterRegistry()));
    }

    @AfterEach
    void close() {
        folder.close();
    }

    @Test
    void theMessagesOfAChannelAreReadBack() {
        threads.save("C1", Map.of("p1", new Message("1.000001", false), "p2", new Message("1.000002", true)));
        threads.save("C2", Map.of("p1", new Message("2.000001", false)));
        threads.save("C2", Map.of());

        assertThat(threads.of("C1"))
                .containsOnly(
                        Map.entry("p1", new Message("1.000001", false)),
                        Map.entry("p2", new Message("1.000002", true)));
        assertThat(threads.of("C2")).isEmpty();
    }

    @Test
    void theOldestMessagesAreForgotten() {
        Map<String, Message> many = new TreeMap<>();
        for (int i = 0; i < 1_500; i++) {
            many.put("p" + i, new Message("1.%06d".formatted(i), false));
        }

        threads.save("C1", many);

        assertThat(threads.of("C1")).hasSize(1_000).doesNotContainKey("p499").containsKey("p500");
    }

    @Test
    void aDamagedFileGoesToQuarantine() throws IOException {
        threads.save("C1", Map.of("p1", new Message("1.000001", false)));
        Files.writeString(root.resolve("slack/messages.json"), "{\"version\":1,");

        assertThat(threads.of("C1")).isEmpty();

        assertThat(root.resolve("slack/messages.json")).doesNotExist();
        assertThat(root.resolve("quarantine")).isNotEmptyDirectory();
    }
}
