package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.epmpulse.status.Status;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.StateFileWriter;
import org.epmpulse.threads.ServiceThreads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state file of a node whose journal is in a database. */
class StateFileWriterTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path root;

    private JsonNode state() throws Exception {
        Path file = root.resolve("apps_status.json");
        return Files.exists(file) ? JSON.readTree(Files.readString(file)) : JSON.missingNode();
    }

    @Test
    void eachNodeWritesWhatAnyNodeHasRecordedAndAStartWithFilesDoesNotReadIt() throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();
        try (TestingNode writer = new TestingNode(settings);
                TestingNode node = new TestingNode(TestingPostgres.named(settings, "b"));
                DataFolder folder = DataFolder.open(root);
                StateFileWriter file =
                        new StateFileWriter(folder, FileStore.CATALOG, node.store, node.store.created())) {
            node.store.onUpdate(file::changed);
            file.start(new ServiceThreads(node.meters));
            await().until(() -> state().path("revision").asLong(-1) == 0);

            writer.post(Status.WARNING, "J1").get(10, TimeUnit.SECONDS);

            await().until(() -> state().path("revision").asLong() == 1);
            assertThat(state().at("/apps/Planning/domains/Actual/status").asText())
                    .isEqualTo("Warning");
            assertThat(state().at("/apps/Planning/domains/Budget/status").asText())
                    .isEqualTo("Blank");
            assertThat(state().path("version").asText()).isEqualTo("1.0");
            assertThat(state().path("store_id").asText()).isEqualTo(writer.store.id());
        }

        try (FileStore files = new FileStore(root, Instant.now())) {
            assertThat(files.store.board().revision()).isZero();
            assertThat(files.store.quarantined()).isZero();
        }
    }
}
