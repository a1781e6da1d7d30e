package org.epmpulse.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.epmpulse.store.Documents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDocumentsTest {

    private static final Instant NOW = Instant.parse("2026-03-31T22:00:00Z");

    @TempDir
    private Path root;

    private DataFolder folder;
    private Documents documents;

    @BeforeEach
    void open() throws IOException {
        folder = DataFolder.open(root);
        documents = new FileDocuments(folder, () -> NOW, new SimpleMeterRegistry());
    }

    @AfterEach
    void close() {
        folder.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void documentsAreFilesOfTheDataFolder() throws IOException {
        assertThat(documents.read("slack/canvases.json")).isEmpty();

        documents.write("slack/canvases.json", bytes("one"));
        documents.write("slack/canvases.json", bytes("two"));
        documents.write("slack/alerts.json", bytes("three"));

        assertThat(Files.readString(root.resolve("slack/canvases.json"))).isEqualTo("two");
        assertThat(documents.read("slack/canvases.json")).hasValue(bytes("two"));
        assertThat(documents.read("slack/alerts.json")).hasValue(bytes("three"));
    }

    @Test
    void aDocumentThatIsSetAsideIsInQuarantineWithItsReason() throws IOException {
        documents.write("slack/canvases.json", bytes("damaged"));

        documents.setAside("slack/canvases.json", "it is damaged");

        assertThat(documents.read("slack/canvases.json")).isEmpty();
        Path quarantined = root.resolve("quarantine/canvases-2026-03-31T220000Z.json");
        assertThat(quarantined).hasContent("damaged");
        assertThat(Path.of(quarantined + ".reason.txt")).content().contains("it is damaged");
    }

    @Test
    void aFailedWriteKeepsTheContentAndNamesTheFile() throws IOException {
        documents.write("slack/canvases.json", bytes("one"));
        Files.createDirectory(root.resolve("slack/canvases.json.tmp"));

        assertThatThrownBy(() -> documents.write("slack/canvases.json", bytes("two")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("slack/canvases.json cannot be written: ");
        assertThat(documents.read("slack/canvases.json")).hasValue(bytes("one"));
    }
}
