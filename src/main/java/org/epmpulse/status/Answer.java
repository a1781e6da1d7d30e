package org.epmpulse.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a person has said about the alerts of a domain; see {@link AnswerKind}.
 *
 * @param until when it ends by itself, in whole milliseconds; null if it has no end of its own
 * @param reason for people, at most 500 characters; null if none was given
 * @param by who it was, at most 100 characters; null if only the API key is known
 */
public record Answer(
        AnswerKind kind,
        @Nullable Instant until,
        @Nullable String reason,
        @Nullable String by) {}
