package org.epmpulse.slack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.epmpulse.alerts.AlertChannel;
import org.epmpulse.alerts.AlertFailure;
import org.epmpulse.alerts.AlertFailure.Kind;
import org.epmpulse.alerts.AlertMessage;
import org.epmpulse.alerts.DomainEvent;
import org.epmpulse.alerts.TestingAlert;
import org.epmpulse.slack.SlackClient.Workspace;
import org.epmpulse.slack.SlackRefusedException.Blame;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SlackAlertSinkTest {

    private static final DomainId ACTUAL = new DomainId("Planning", "Actual");
    private static final DomainEvent WARNING =
            new DomainEvent(DomainEvent.Kind.WARNING, Instant.EPOCH, "LOAD_1", null, 1, 0);

    private final CanvasLinks links = new CanvasLinks(
            channel -> channel.equals("C1") ? "F1" : null,
            () -> new Workspace("https://example.slack.com/", "T1"),
            Runnable::run,
            () -> Instant.EPOCH);
    private final SlackAlertSink sink = new SlackAlertSink(names(), catalog(), links);

    private static Map<String, String> names() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("C1", "epm-main");
        names.put("C2", "close");
        return names;
    }

    private static Catalog catalog() {
        return new Catalog(Map.of(
                "Planning",
                new Catalog.App(
                        "Planning", "Planning", new LinkedHashSet<>(List.of("Actual")), List.of("C1", "C3"), false)));
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(
                        new SlackRateLimitedException(Duration.ofSeconds(30)),
                        AlertFailure.rateLimited(Duration.ofSeconds(30))),
                Arguments.of(
                        new SlackRefusedException(Blame.TARGET, "not_in_channel", "invite the app"),
                        AlertFailure.of(Kind.CHANNEL_REFUSED, "not_in_channel (invite the app)")),
                Arguments.of(
                        new SlackRefusedException(Blame.CONTENT, "no_text", null),
                        AlertFailure.of(Kind.CONTENT_REFUSED, "no_text")),
                Arguments.of(
                        new SlackRefusedException(Blame.CREDENTIAL, "invalid_auth", null),
                        AlertFailure.of(Kind.CREDENTIAL_REFUSED, "invalid_auth")),
                Arguments.of(
                        new SlackUnavailableException("HTTP 503", null), AlertFailure.of(Kind.UNAVAILABLE, "HTTP 503")),
                Arguments.of(
                        new IllegalStateException("SLACK_BOT_TOKEN is not set"),
                        AlertFailure.of(Kind.UNEXPECTED, "unexpected error, see the log")));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failuresOfSlackAreClassified(Exception failure, AlertFailure classified) {
        assertThat(sink.classify(failure)).isEqualTo(classified);
    }

    @Test
    void anExceptionWrappedByARouteIsFound() {
        RuntimeException wrapped = new IllegalStateException(
                "the step failed", new SlackRefusedException(Blame.TARGET, "is_archived", null));

        assertThat(sink.classify(wrapped)).isEqualTo(AlertFailure.of(Kind.CHANNEL_REFUSED, "is_archived"));
    }

    @Test
    void aChannelReceivesTheAlertsOfTheAppsItShows() {
        assertThat(sink.channels())
                .containsExactly(
                        new AlertChannel("C1", "epm-main", List.of(ACTUAL)),
                        new AlertChannel("C2", "close", List.of()));
    }

    @Test
    void aMessageLinksToTheCanvasOnceTheWorkspaceIsKnown() {
        AlertMessage message = TestingAlert.message(catalog(), "C1", false, ACTUAL, WARNING);

        assertThat(sink.text(message)).isEqualTo("🔴 *Planning / Actual*: Failed · job LOAD_1");

        sink.prepare();

        assertThat(sink.text(message))
                .isEqualTo("🔴 *Planning / Actual*: Failed · job LOAD_1"
                        + " · <https://example.slack.com/docs/T1/F1|canvas>");
        assertThat(sink.text(TestingAlert.message(catalog(), "C1", true, ACTUAL, WARNING)))
                .isEqualTo("Planning / Actual: Failed");
    }
}
