package org.epmpulse.status;

import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The answers to a domain's alerts that are in force. Immutable.
 *
 * @param acknowledgement until the domain has recovered, or earlier; null if there is none
 * @param mute null if there is none
 * @param revision of the latest answer, also of one that ended another; 0 if there was none
 */
public record DomainAnswers(
        @Nullable Active acknowledgement, @Nullable Active mute, long revision) {

    /** Nobody has answered. */
    public static final DomainAnswers NONE = new DomainAnswers(null, null, 0);

    /**
     * An answer that was given and not ended by another one.
     *
     * @param since when it was received
     * @param until when it ends by itself; null if it has no end of its own
     * @param reason null if none was given
     * @param by name of the person, or else of the API key; null if neither is known
     */
    public record Active(
            Instant since,
            @Nullable Instant until,
            @Nullable String reason,
            @Nullable String by) {

        static Active of(Answer answer, @Nullable String key, Instant received) {
            return new Active(received, answer.until(), answer.reason(), answer.by() != null ? answer.by() : key);
        }

        private boolean isInForce(Instant now) {
            return until == null || now.isBefore(until);
        }
    }

    /** The acknowledgement in force at this time; null if there is none. */
    public @Nullable Active acknowledgement(Instant now) {
        return acknowledgement != null && acknowledgement.isInForce(now) ? acknowledgement : null;
    }

    /** The mute in force at this time; null if there is none. */
    public @Nullable Active mute(Instant now) {
        return mute != null && mute.isInForce(now) ? mute : null;
    }

    /** The answer of this kind, or that this kind would end, in force at this time; null if there is none. */
    public @Nullable Active inForce(AnswerKind kind, Instant now) {
        return kind.isAcknowledgement() ? acknowledgement(now) : mute(now);
    }

    /** The times, past and future, at which answers end by themselves. */
    public Stream<Instant> ends() {
        return Stream.of(acknowledgement, mute)
                .filter(Objects::nonNull)
                .map(Active::until)
                .filter(Objects::nonNull);
    }

    /** The answers after one more. */
    DomainAnswers with(Answer answer, @Nullable String key, Instant received, long newRevision) {
        Active active = answer.kind().isEnd() ? null : Active.of(answer, key, received);
        return answer.kind().isAcknowledgement()
                ? new DomainAnswers(active, mute, newRevision)
                : new DomainAnswers(acknowledgement, active, newRevision);
    }

    /** The answers after the domain has recovered. */
    DomainAnswers recovered() {
        return acknowledgement == null ? this : new DomainAnswers(null, mute, revision);
    }
}
