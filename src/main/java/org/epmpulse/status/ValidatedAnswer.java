package org.epmpulse.status;

import org.jspecify.annotations.Nullable;

/**
 * An answer that {@link AnswerValidator} accepted: its domain is configured and its fields are within their bounds.
 *
 * @param key name of the API key; null if it did not come through the API
 */
public record ValidatedAnswer(
        DomainId id, Answer answer, @Nullable String key) {}
