package org.epmpulse.status;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.epmpulse.status.InvalidUpdateException.Code;
import org.jspecify.annotations.Nullable;

/** Rejects answers with a field out of bounds. */
public final class AnswerValidator {

    /** How far ahead an answer may end. */
    public static final Duration MAX_DURATION = Duration.ofDays(31);

    /** In characters (code points). */
    public static final int MAX_REASON = 500;

    /** In characters (code points). */
    public static final int MAX_BY = 100;

    private AnswerValidator() {}

    /**
     * Validates an answer.
     *
     * @param until ISO 8601, no zone means UTC; null for none, which a mute must not have
     * @param reason null for none
     * @param by null for none
     * @param key name of the API key; null if it did not come through the API
     * @param now by the wall clock
     * @throws InvalidUpdateException if it is rejected
     */
    public static ValidatedAnswer validate(
            DomainId id,
            AnswerKind kind,
            @Nullable String until,
            @Nullable String reason,
            @Nullable String by,
            @Nullable String key,
            Instant now) {
        Answer answer = new Answer(
                kind,
                until(kind, until, now),
                UpdateValidator.text("reason", reason, MAX_REASON),
                UpdateValidator.text("by", by, MAX_BY));
        return new ValidatedAnswer(id, answer, key);
    }

    private static @Nullable Instant until(AnswerKind kind, @Nullable String text, Instant now) {
        if (text == null || text.isEmpty()) {
            if (kind == AnswerKind.MUTE) {
                throw invalid(
                        "until is required: when the mute ends, at most " + MAX_DURATION.toDays() + " days ahead");
            }
            return null;
        }
        Instant until = Timestamps.parse(text);
        if (until == null) {
            throw invalid("until must be ISO 8601, for example 2026-02-16T18:00:00Z");
        }
        if (until.isAfter(now.plus(MAX_DURATION))) {
            throw invalid("until must be at most " + MAX_DURATION.toDays() + " days ahead, is " + until);
        }
        return until.truncatedTo(ChronoUnit.MILLIS);
    }

    private static InvalidUpdateException invalid(String message) {
        return new InvalidUpdateException(Code.INVALID_REQUEST, message);
    }
}
