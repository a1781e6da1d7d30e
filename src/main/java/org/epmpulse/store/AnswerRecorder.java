package org.epmpulse.store;

import java.util.concurrent.CompletionException;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.NoProblemException;
import org.epmpulse.status.ValidatedAnswer;
import org.jspecify.annotations.Nullable;

/** Records answers to alerts: the bean behind {@code direct:answer-record}. Thread-safe. */
public final class AnswerRecorder {

    private final StatusStore store;

    public AnswerRecorder(StatusStore store) {
        this.store = store;
    }

    /**
     * An answer as it was sent.
     *
     * @param idempotency null if the request had no idempotency key
     */
    public record Submission(
            ValidatedAnswer answer, @Nullable Idempotency idempotency) {}

    /**
     * Records an answer; blocks until it is on disk.
     *
     * @throws NoProblemException if it acknowledges a domain that is not Warning
     * @throws StoreUnavailableException if it cannot be written; nothing was recorded
     * @throws StateUnknownException if a database did not tell whether it was recorded
     * @throws IdempotencyConflictException if the key was used for another body
     */
    public Entry record(Submission submission) {
        try {
            return store.answer(submission.answer(), submission.idempotency()).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new StoreUnavailableException("the answer could not be written", e.getCause());
        }
    }
}
