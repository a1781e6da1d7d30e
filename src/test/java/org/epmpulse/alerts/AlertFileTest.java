package org.epmpulse.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.epmpulse.status.DomainId;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.FileDocuments;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlertFileTest {

    private static final Instant NOW = Instant.parse("2026-03-31T22:00:00.123456Z");
    private static final AlertState STATE = new AlertState(Map.of(
            "C1",
            List.of(
                    new AlertState.Domain(
                            new DomainId("Planning", "Actual ✓"),
                            new Incident(NOW, 17, NOW.minusSeconds(60)),
                            List.of(new DomainEvent(DomainEvent.Kind.WARNING_AGAIN, NOW, "J\"1", null, 3, 0))),
                    new AlertState.Domain(
                            new DomainId("Planning", "Budget"),
                            null,
                            List.of(new DomainEvent(DomainEvent.Kind.OK, NOW, null, "m", 1, 720)))),
            "C2",
            List.of()));

    @TempDir
    private Path root;

    private DataFolder folder;
    private AlertFile alerts;

    @BeforeEach
    void open() throws IOException {
        folder = DataFolder.open(root);
        alerts = new AlertFile(new FileDocuments(folder, () -> NOW, new SimpleMeterRegistry()), "slack/alerts.json");
    }

    @AfterEach
    void close() {
        folder.close();
    }

    private Path file() {
        return root.resolve("slack/alerts.json");
    }

    @Test
    void aWrittenStateIsReadBack() throws IOException {
        assertThat(alerts.read()).isNull();

        alerts.write(STATE);
        alerts.write(STATE);

        assertThat(alerts.read()).isEqualTo(STATE);
    }

    /** Files of earlier versions are read after an upgrade, and files of this version after a downgrade. */
    @Test
    void theFileFormatDoesNotChange() throws IOException {
        alerts.write(STATE);

        assertThat(Files.readString(file())).isEqualTo("""
                {"version":1,"channels":{"C1":[{"id":{"app":"Planning","domain":"Actual ✓"},\
                "open":{"since":"2026-03-31T22:00:00.123456Z","revision":17,"started":"2026-03-31T21:59:00.123456Z"},\
                "pending":[{"kind":"WARNING_AGAIN","noted":"2026-03-31T22:00:00.123456Z","job_id":"J\\"1",\
                "message":null,"runs":3,"down_sec":0}]},{"id":{"app":"Planning","domain":"Budget"},"open":null,\
                "pending":[{"kind":"OK","noted":"2026-03-31T22:00:00.123456Z","job_id":null,"message":"m","runs":1,\
                "down_sec":720}]}],"C2":[]}}""");
    }

    @Test
    void whatSeveralNodesNeedIsReadBack() throws IOException {
        AlertState.Claim claim = new AlertState.Claim(
                UUID.randomUUID(),
                List.of(new DomainAlert(
                        new DomainId("Planning", "Budget"),
                        new DomainEvent(DomainEvent.Kind.OK, NOW, null, "m", 1, 720))),
                true,
                NOW);
        AlertState state = new AlertState(
                STATE.channels(),
                Map.of("C1", claim),
                new AlertState.Position("store.2", 1_234_567_890_123L),
                Map.of("C1", NOW));

        alerts.write(state);

        assertThat(alerts.read()).isEqualTo(state);
    }

    @Test
    void onlyThisUserCanReadIt() throws IOException {
        alerts.write(STATE);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().getParent())))
                .isEqualTo("rwx------");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{\"version\":1,\"chan",
                "{\"version\":2,\"channels\":{}}",
                "{\"version\":1}",
                "{\"version\":1,\"channels\":{\"C1\":null}}",
                "{\"version\":1,\"channels\":{\"C1\":[{\"id\":null,\"pending\":[]}]}}",
                "{\"version\":1,\"channels\":{\"C1\":[{\"id\":{\"app\":\"A\",\"domain\":\"D\"},"
                        + "\"open\":{\"since\":\"soon\",\"revision\":1},\"pending\":[]}]}}"
            })
    void invalidContentIsRejected(String content) throws IOException {
        alerts.write(STATE);
        Files.writeString(file(), content);

        assertThatThrownBy(alerts::read)
                .isInstanceOf(IOException.class)
                .message()
                .isNotBlank();
    }

    @Test
    void aDamagedFileIsInQuarantineWithTheReason() throws IOException {
        alerts.write(STATE);
        Files.writeString(file(), "damaged");

        alerts.quarantine("damaged");

        assertThat(file()).doesNotExist();
        try (Stream<Path> quarantined = Files.list(root.resolve("quarantine"))) {
            assertThat(quarantined.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "alerts-2026-03-31T220000.123456Z.json",
                            "alerts-2026-03-31T220000.123456Z.json.reason.txt");
        }
    }

    @Test
    void aFailedWriteKeepsTheOldContent() throws IOException {
        alerts.write(STATE);
        Files.createDirectory(root.resolve("slack/alerts.json.tmp"));

        assertThatThrownBy(() -> alerts.write(new AlertState(Map.of()))).isInstanceOf(IOException.class);

        assertThat(alerts.read()).isEqualTo(STATE);
    }
}
