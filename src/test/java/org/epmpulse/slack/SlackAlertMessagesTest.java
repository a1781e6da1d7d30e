package org.epmpulse.slack;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.epmpulse.alerts.AlertMessage;
import org.epmpulse.alerts.DomainEvent;
import org.epmpulse.alerts.DomainEvent.Kind;
import org.epmpulse.alerts.TestingAlert;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SandboxMessage;
import org.epmpulse.sandbox.SlackSandbox;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.FileDocuments;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Earlier messages of problems that end together. */
class SlackAlertMessagesTest {

    private static final Instant BEGAN = Instant.parse("2026-02-16T14:30:00Z");
    private static final int DOMAINS = 75;

    private static final Catalog CATALOG =
            new Catalog(Map.of("FCCS", new Catalog.App("FCCS", "Close", names(), List.of("C1"), false)));

    @TempDir
    private Path root;

    private Instant now = BEGAN;
    private DataFolder folder;
    private SlackSandbox slack;
    private SlackAlertMessages messages;

    @BeforeEach
    void start() throws IOException {
        folder = DataFolder.open(root);
        slack = SlackSandbox.start(() -> now);
        slack.put(SandboxChannel.of("C1", "close"));
        CanvasLinks noLinks = new CanvasLinks(channel -> null, () -> null, Runnable::run, () -> now);
        messages = new SlackAlertMessages(
                new SlackAlertSink(Map.of("C1", "close"), CATALOG, noLinks),
                new FileDocuments(folder, () -> now, new SimpleMeterRegistry()),
                new SlackClient(slack.botToken(), slack.apiUrl()),
                false);
    }

    @AfterEach
    void stop() {
        slack.close();
        folder.close();
    }

    private static Set<String> names() {
        return IntStream.range(0, DOMAINS)
                .mapToObj(SlackAlertMessagesTest::name)
                .collect(Collectors.toSet());
    }

    private static String name(int domain) {
        return "D" + domain;
    }

    private static AlertMessage message(int domain, Kind kind) {
        DomainEvent event = new DomainEvent(kind, BEGAN, null, null, 1, 0, BEGAN);
        return TestingAlert.message(CATALOG, "C1", false, new DomainId("FCCS", name(domain)), event);
    }

    private void send(AlertMessage message) {
        messages.send(message);
        now = now.plus(Duration.ofMinutes(1));
    }

    private long shownAsFailed() {
        return slack.messages().stream()
                .filter(message -> message.posted().contains("Failed"))
                .map(SandboxMessage::text)
                .filter(text -> text.contains("Failed"))
                .count();
    }

    @Test
    void aRecoveryOfManyIsShownInTheMessageOfEachInTheEnd() {
        IntStream.range(0, DOMAINS - 1).forEach(domain -> send(message(domain, Kind.WARNING)));
        AlertMessage recovery = new AlertMessage(
                "C1",
                IntStream.range(0, DOMAINS - 1)
                        .mapToObj(domain -> message(domain, Kind.OK).alerts().get(0))
                        .toList(),
                false,
                false,
                now);

        send(recovery);
        long afterTheRecovery = shownAsFailed();
        send(message(DOMAINS - 1, Kind.WARNING));
        long afterTheNextMessage = shownAsFailed() - 1;
        send(message(DOMAINS - 1, Kind.OK));

        assertThat(afterTheRecovery).isEqualTo(44);
        assertThat(afterTheNextMessage).isEqualTo(14);
        assertThat(shownAsFailed()).isZero();
        assertThat(slack.messages()).hasSize(DOMAINS + 2);
        assertThat(slack.violations()).isEmpty();
    }
}
