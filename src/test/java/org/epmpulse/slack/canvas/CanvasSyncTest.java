package org.epmpulse.slack.canvas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.epmpulse.slack.canvas.TestingCanvases.Reply;
import org.junit.jupiter.api.Test;

/** Who waits until a canvas is sent. */
class CanvasSyncTest {

    private static final Duration SLACK_TAKES = Duration.ofSeconds(5);

    private Reply reply = Reply.ok(SLACK_TAKES);

    private final TestingCanvases canvases = new TestingCanvases(
            2, TestingCanvases.limits(Duration.ofSeconds(2), 45, Duration.ZERO, 1), (channel, markdown) -> reply);

    private CanvasSync syncOf(String channel) {
        canvases.advance(Duration.ofMinutes(1));
        return canvases.publisher.sync(channel);
    }

    @Test
    void aSyncEndsWhenSlackHasTakenTheCanvas() throws InterruptedException {
        try (CanvasSync sync = syncOf("C0")) {
            canvases.advance(Duration.ofSeconds(1));
            assertThat(sync.await(Duration.ZERO)).isFalse();

            canvases.advance(SLACK_TAKES);

            assertThat(sync.await(Duration.ZERO)).isTrue();
        }
    }

    @Test
    void aSyncThatIsGivenUpLeavesNothingBehindWhileSlackIsDown() {
        reply = Reply.error(SLACK_TAKES, "service_unavailable");
        for (int i = 0; i < 100; i++) {
            try (CanvasSync sync = syncOf(null)) {
                canvases.advance(Duration.ofMillis(100L * i));
            }
        }

        assertThat(canvases.publisher.waitingSyncs()).isZero();
    }

    @Test
    void whoStillWaitsIsNotForgottenWithWhoGaveUp() throws InterruptedException {
        CanvasSync patient = syncOf("C0");
        canvases.publisher.sync("C0").close();

        canvases.advance(SLACK_TAKES.plusSeconds(1));

        assertThat(patient.await(Duration.ZERO)).isTrue();
    }

    @Test
    void theCanvasIsSentAlthoughNobodyWaitsForIt() {
        syncOf("C0").close();
        int sent = canvases.sent;

        canvases.advance(SLACK_TAKES);

        assertThat(canvases.sent).isEqualTo(sent + 1);
    }
}
