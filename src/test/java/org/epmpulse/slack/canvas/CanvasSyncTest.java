package org.epmpulse.slack.canvas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.epmpulse.slack.canvas.TestingCanvases.Reply;
import org.junit.jupiter.api.Test;

/** Requests that wait until a canvas is published. */
class CanvasSyncTest {

    private static final Duration RESPONSE_TIME = Duration.ofSeconds(5);

    private Reply reply = Reply.ok(RESPONSE_TIME);

    private final TestingCanvases canvases = new TestingCanvases(
            2, TestingCanvases.limits(Duration.ofSeconds(2), 45, Duration.ZERO, 1), (channel, markdown) -> reply);

    private CanvasSync syncOf(String channel) {
        canvases.advance(Duration.ofMinutes(1));
        return canvases.publisher.sync(channel);
    }

    @Test
    void aSyncEndsWhenTheCanvasIsPublished() throws InterruptedException {
        try (CanvasSync sync = syncOf("C0")) {
            canvases.advance(Duration.ofSeconds(1));
            assertThat(sync.await(Duration.ZERO)).isEqualTo(CanvasSync.Result.TIMED_OUT);

            canvases.advance(RESPONSE_TIME);

            assertThat(sync.await(Duration.ZERO)).isEqualTo(CanvasSync.Result.ANSWERED);
        }
    }

    @Test
    void aClosedSyncIsForgottenWhileSlackIsUnavailable() {
        reply = Reply.error(RESPONSE_TIME, "service_unavailable");
        for (int i = 0; i < 100; i++) {
            try (CanvasSync sync = syncOf(null)) {
                canvases.advance(Duration.ofMillis(100L * i));
            }
        }

        assertThat(canvases.publisher.waitingSyncs()).isZero();
    }

    @Test
    void closingOneSyncDoesNotAffectAnother() throws InterruptedException {
        CanvasSync waiting = syncOf("C0");
        canvases.publisher.sync("C0").close();

        canvases.advance(RESPONSE_TIME.plusSeconds(1));

        assertThat(waiting.await(Duration.ZERO)).isEqualTo(CanvasSync.Result.ANSWERED);
    }

    @Test
    void theCanvasIsPublishedAfterTheSyncIsClosed() {
        syncOf("C0").close();
        int sent = canvases.sent;

        canvases.advance(RESPONSE_TIME);

        assertThat(canvases.sent).isEqualTo(sent + 1);
    }

    @Test
    void aStopEndsWaitingSyncsAtOnceAndThoseInFlightWithTheirEdit() throws InterruptedException {
        CanvasSync inFlight = syncOf("C0");
        canvases.advance(Duration.ofMillis(500));
        canvases.publisher.stop();
        CanvasSync waiting = canvases.publisher.sync("C1");

        assertThat(waiting.await(Duration.ZERO)).isEqualTo(CanvasSync.Result.STOPPED);
        assertThat(inFlight.await(Duration.ZERO)).isEqualTo(CanvasSync.Result.TIMED_OUT);

        canvases.advance(RESPONSE_TIME);
        assertThat(inFlight.await(Duration.ZERO)).isEqualTo(CanvasSync.Result.ANSWERED);
    }

    @Test
    void aStopEndsASyncWhoseEditIsAborted() throws InterruptedException {
        reply = Reply.error(RESPONSE_TIME, "service_unavailable");
        CanvasSync sync = syncOf("C0");
        canvases.advance(Duration.ofMillis(500));
        canvases.publisher.stop();

        canvases.advance(RESPONSE_TIME);

        assertThat(sync.await(Duration.ZERO)).isEqualTo(CanvasSync.Result.STOPPED);
    }
}
