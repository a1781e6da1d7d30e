package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.epmpulse.security.RateLimitedException;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.IdempotencyConflictException;
import org.epmpulse.store.StateUnknownException;
import org.epmpulse.store.StoreUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The error reply to each exception. */
class ErrorRepliesTest {

    private static final Map<String, Object> HEADERS = Map.of("EpmPulse-Request-Id", "4711");

    private final ErrorReplies replies = new ErrorReplies(false);

    static Stream<Arguments> expected() {
        return Stream.of(
                Arguments.of(
                        new InvalidUpdateException(InvalidUpdateException.Code.INVALID_APP, "x"), 400, "INVALID_APP"),
                Arguments.of(new BadRequestException("x"), 400, "INVALID_REQUEST"),
                Arguments.of(new NotFoundException("x", Map.of()), 404, "NOT_FOUND"),
                Arguments.of(new HistoryGoneException(Instant.EPOCH), 404, "1970-01-01T00:00:00Z"),
                Arguments.of(new IdempotencyConflictException(), 409, "IDEMPOTENCY_CONFLICT"),
                Arguments.of(new RateLimitedException("x", Duration.ofSeconds(3)), 429, "RATE_LIMITED"),
                Arguments.of(new StoreUnavailableException("x", new IllegalStateException()), 503, "STATE_ERROR"),
                Arguments.of(new StateUnknownException("secret"), 504, "\"retry_with_key\":false"),
                Arguments.of(new InterruptedException("secret"), 503, "UNAVAILABLE"),
                Arguments.of(new IllegalStateException("secret"), 500, "4711"));
    }

    @ParameterizedTest
    @MethodSource("expected")
    void anExceptionAndItsWrapperHaveTheSameReply(Exception e, int status, String text) {
        Reply alone = replies.of(e, HEADERS);
        Reply asCause = replies.of(new CompletionException(new IllegalStateException(e)), HEADERS);

        assertThat(alone.status()).isEqualTo(asCause.status()).isEqualTo(status);
        assertThat(body(alone)).isEqualTo(body(asCause)).contains(text).doesNotContain("secret");
    }

    @Test
    void theRootMostKnownCauseDecides() {
        Exception late = new IllegalStateException(new BadRequestException("x"));

        assertThat(replies.of(new StoreUnavailableException("y", late), HEADERS).status())
                .isEqualTo(400);
    }

    @Test
    void retryAfterIsRoundedUpToSeconds() {
        Reply reply = replies.of(new RateLimitedException("x", Duration.ofMillis(2_001)), HEADERS);

        assertThat(reply.headers()).containsEntry("Retry-After", "3");
    }

    private static String body(Reply reply) {
        return StandardCharsets.UTF_8.decode(reply.body()).toString();
    }
}
