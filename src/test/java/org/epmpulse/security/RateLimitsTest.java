package org.epmpulse.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.Submission;
import org.junit.jupiter.api.Test;

/** The rate limits of each key. */
class RateLimitsTest {

    private static final Map<String, Object> A = Map.of(CallerHeaders.KEY, "a");
    private static final Map<String, Object> B = Map.of(CallerHeaders.KEY, "b");

    private final TestingClock clock = new TestingClock();

    private static Submission updates(int count) {
        StatusUpdate update = StatusUpdate.of("FCCS", null, "OK", null, null);
        return new Submission(Collections.nCopies(count, update), true, null);
    }

    @Test
    void eachItemOfABatchCountsForTheKeyOfTheRequest() {
        RateLimits limits = new RateLimits(60, clock);
        limits.updates(updates(60), A);

        assertThatExceptionOfType(RateLimitedException.class)
                .isThrownBy(() -> limits.updates(updates(10), A))
                .satisfies(e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(10)));
        assertThatCode(() -> limits.updates(updates(60), B)).doesNotThrowAnyException();
    }

    @Test
    void aBatchLargerThanTheLimitCostsTheWholeMinute() {
        RateLimits limits = new RateLimits(60, clock);

        assertThatCode(() -> limits.updates(updates(1000), A)).doesNotThrowAnyException();
        assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> limits.updates(updates(1), A));
    }

    @Test
    void whatAnotherNodeHasRecordedCountsForTheKey() {
        RateLimits limits = new RateLimits(60, clock);

        limits.recorded("a", 50);

        assertThatCode(() -> limits.updates(updates(10), A)).doesNotThrowAnyException();
        assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> limits.updates(updates(1), A));
        assertThatCode(() -> limits.updates(updates(60), B)).doesNotThrowAnyException();
    }

    @Test
    void twoNodesTogetherAllowTheLimit() {
        RateLimits first = new RateLimits(60, clock);
        RateLimits second = new RateLimits(60, clock);
        int accepted = 0;

        for (int second10 = 0; second10 < 3_000; second10++) {
            accepted += post(first, second) + post(second, first);
            clock.advance(Duration.ofMillis(100));
        }

        // 5 minutes at 60 a minute, and the 60 that each node allows at first.
        assertThat(accepted).isBetween(5 * 60, 5 * 60 + 2 * 60);
    }

    private static int post(RateLimits to, RateLimits other) {
        try {
            to.updates(updates(1), A);
        } catch (RateLimitedException e) {
            return 0;
        }
        other.recorded("a", 1);
        return 1;
    }

    @Test
    void aKeyOwesOneMinuteAtMost() {
        RateLimits limits = new RateLimits(60, clock);

        limits.recorded("a", 1_000_000);

        assertThatExceptionOfType(RateLimitedException.class)
                .isThrownBy(() -> limits.updates(updates(1), A))
                .satisfies(e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(61)));
        clock.advance(Duration.ofSeconds(61));
        assertThatCode(() -> limits.updates(updates(1), A)).doesNotThrowAnyException();
    }

    @Test
    void withoutALimitOtherNodesCountForNothing() {
        RateLimits limits = new RateLimits(0, clock);

        limits.recorded("a", 1_000_000);

        assertThatCode(() -> limits.updates(updates(1000), A)).doesNotThrowAnyException();
    }

    @Test
    void aLimitOfZeroTurnsTheLimitOff() {
        RateLimits limits = new RateLimits(0, clock);

        assertThatCode(() -> {
                    for (int i = 0; i < 100; i++) {
                        limits.updates(updates(1000), A);
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    void settingTheClockNeitherRefillsNorBlocksALimit() {
        RateLimits limits = new RateLimits(60, clock.steadySource());
        limits.updates(updates(60), A);

        clock.set(Duration.ofHours(1));
        assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> limits.updates(updates(1), A));
        clock.set(Duration.ofHours(-2));
        clock.advance(Duration.ofSeconds(1));

        assertThatCode(() -> limits.updates(updates(1), A)).doesNotThrowAnyException();
    }

    @Test
    void tenCanvasSyncsPerMinuteAreAllowed() {
        RateLimits limits = new RateLimits(0, clock);
        for (int i = 0; i < 10; i++) {
            limits.sync(A);
        }

        assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> limits.sync(A));
        clock.advance(Duration.ofSeconds(6));
        assertThatCode(() -> limits.sync(A)).doesNotThrowAnyException();
    }

    @Test
    void theRetryAfterHeaderHasWholeSeconds() {
        assertThat(RateLimitedException.header(Duration.ofMillis(1))).isEqualTo("1");
        assertThat(RateLimitedException.header(Duration.ofMillis(1001))).isEqualTo("2");
        assertThat(RateLimitedException.header(Duration.ofSeconds(7))).isEqualTo("7");
    }
}
