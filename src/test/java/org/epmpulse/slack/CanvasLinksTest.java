package org.epmpulse.slack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.epmpulse.slack.SlackClient.Workspace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanvasLinksTest {

    private final Deque<Runnable> background = new ArrayDeque<>();
    private Instant now = Instant.parse("2026-03-31T22:00:00Z");
    private Workspace workspace;
    private int requests;

    private final CanvasLinks links = new CanvasLinks(
            channel -> channel.equals("C1") ? "F1" : null, this::requestWorkspace, background::add, () -> now);

    private Workspace requestWorkspace() {
        requests++;
        if (workspace == null) {
            throw new SlackUnavailableException("no response", null);
        }
        return workspace;
    }

    private void prepare() {
        links.prepare();
        background.forEach(Runnable::run);
        background.clear();
    }

    @Test
    void theWorkspaceIsRequestedOnceInTheBackground() {
        workspace = new Workspace("https://example.slack.com/", "T1");
        links.prepare();

        assertThat(links.of("C1")).isNull();

        prepare();
        now = now.plus(Duration.ofDays(1));
        prepare();

        assertThat(links.of("C1")).isEqualTo("https://example.slack.com/docs/T1/F1");
        assertThat(links.of("C2")).isNull();
        assertThat(requests).isEqualTo(1);
    }

    @Test
    void aFailedRequestIsRetriedLater() {
        prepare();
        prepare();

        assertThat(requests).isEqualTo(1);

        workspace = new Workspace("https://example.slack.com/", "T1");
        now = now.plus(Duration.ofMinutes(1));
        prepare();

        assertThat(links.of("C1")).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "https://example.slack.com/|x>, T1, F1",
        "javascript:alert(1)/,          T1, F1",
        "https://example.slack.com/,    T|, F1",
        "https://example.slack.com/,    T1, F1>"
    })
    void anInvalidAddressGivesNoLink(String url, String team, String canvas) {
        assertThat(new Workspace(url, team).canvas(canvas)).isNull();
    }
}
