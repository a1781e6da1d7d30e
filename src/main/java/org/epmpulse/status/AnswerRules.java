package org.epmpulse.status;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides the outcome of an answer. It changes neither the status nor the durations of its domain. */
public final class AnswerRules {

    private AnswerRules() {}

    /**
     * Decides the outcome of an answer that arrives now, and returns its journal entry. The entry repeats the status
     * that it is about: so it can be read alone, and a version that knows no answers reads it as a repeated update.
     *
     * @param idempotency of the request; null if it had none
     * @throws NoProblemException if it acknowledges a domain that is not Warning
     * @throws InvalidUpdateException if it would have ended already
     */
    public static Entry decide(Board board, ValidatedAnswer sent, Instant received, @Nullable Idempotency idempotency) {
        DomainStatus current = board.of(sent.id());
        Answer answer = sent.answer();
        // Not when the request is read: a repeated one gets the first reply also after the end.
        if (answer.until() != null && !answer.until().isAfter(received)) {
            throw new InvalidUpdateException("until must be in the future, is " + answer.until());
        }
        if (answer.kind() == AnswerKind.ACKNOWLEDGE && current.status() != Status.WARNING) {
            throw new NoProblemException(sent.id(), current.status());
        }
        boolean changes = changes(board.answers(sent.id()), sent, received);
        ValidatedUpdate about = new ValidatedUpdate(
                sent.id(),
                current.status(),
                current.jobId(),
                current.message(),
                current.timestamp(),
                current.epmJobId(),
                current.source(),
                sent.key(),
                current.url(),
                null);
        return new Entry(
                about,
                received,
                changes ? Outcome.RECORDED : Outcome.DUPLICATE,
                board.revision() + (changes ? 1 : 0),
                current.started(),
                current.durationSec(),
                idempotency,
                null,
                answer);
    }

    private static boolean changes(DomainAnswers known, ValidatedAnswer sent, Instant received) {
        DomainAnswers.Active before = known.inForce(sent.answer().kind(), received);
        if (before == null || sent.answer().kind().isEnd()) {
            return (before == null) != sent.answer().kind().isEnd();
        }
        DomainAnswers.Active after = DomainAnswers.Active.of(sent.answer(), sent.key(), received);
        return !Objects.equals(before.until(), after.until())
                || !Objects.equals(before.reason(), after.reason())
                || !Objects.equals(before.by(), after.by());
    }
}
