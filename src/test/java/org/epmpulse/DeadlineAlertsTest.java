package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.epmpulse.sandbox.AlertReceiver;
import org.epmpulse.sandbox.AlertReceiver.Received;
import org.epmpulse.sandbox.CallMatcher;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deadlines of a close that have passed, as alerts to a webhook and to PagerDuty. */
@Order(1)
class DeadlineAlertsTest {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm");

    /** The board is compared every 30 s. */
    private static final Duration COMPARED = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    private static String clock(Duration ago) {
        return CLOCK.format(Instant.now().minus(ago).atZone(ZoneOffset.UTC));
    }

    /** A window that began an hour ago; both domains are late, and one waits for the other. */
    private static String apps() {
        return """
                {"apps": {"FCCS": {"domains": [
                   {"name": "Journals", "by": "%s"},
                   {"name": "Consolidation", "by": "%s", "after": ["FCCS/Journals"]}]}},
                 "close": {"starts": "%s", "timezone": "UTC", "days": "mon-sun"}}
                """.formatted(clock(Duration.ofMinutes(20)), clock(Duration.ofMinutes(10)), clock(Duration.ofHours(1)));
    }

    private static List<String> received(AlertReceiver receiver) {
        return receiver.received(AlertReceiver.webhook()).stream()
                .map(Received::json)
                .map(event -> event.path("type").asText() + " "
                        + event.path("subject").asText())
                .toList();
    }

    @Test
    void aMissedDeadlineIsOneAlertForEachCauseAndEndsWhenTheDomainIsDone() throws Exception {
        try (AlertReceiver receiver = AlertReceiver.start(InstantSource.system());
                TestingEpmPulse epmPulse = new TestingEpmPulse(folder, apps())) {
            epmPulse.settings.put("EPMPULSE_WEBHOOK_URL", receiver.webhookUrl().toString());
            epmPulse.settings.put("EPMPULSE_PAGERDUTY_KEY", AlertReceiver.PAGERDUTY_KEY);
            epmPulse.settings.put(
                    "EPMPULSE_PAGERDUTY_URL", receiver.pagerDutyUrl().toString());
            epmPulse.start();

            await().atMost(COMPARED).untilAsserted(() -> assertThat(received(receiver))
                    .containsExactly("org.epmpulse.alert.late FCCS/Journals"));
            assertThat(receiver.received(AlertReceiver.webhook())
                            .get(0)
                            .json()
                            .at("/data/message")
                            .asText())
                    .contains("FCCS/Consolidation waits for it");
            epmPulse.status("FCCS", "Journals", "OK", "done");

            await().atMost(COMPARED).untilAsserted(() -> assertThat(received(receiver))
                    .containsExactlyInAnyOrder(
                            "org.epmpulse.alert.late FCCS/Journals",
                            "org.epmpulse.alert.recovered FCCS/Journals",
                            "org.epmpulse.alert.late FCCS/Consolidation"));
            CallMatcher pagerDuty = AlertReceiver.pagerDuty();
            await().untilAsserted(() -> assertThat(receiver.received(pagerDuty))
                    .extracting(call -> call.json().path("event_action").asText())
                    .containsExactlyInAnyOrder("trigger", "resolve", "trigger"));
        }
    }
}
