package org.epmpulse.alerts;

import java.time.Instant;
import org.epmpulse.status.DomainId;

/** What people have answered to alerts. Asked often, under a lock: must return at once. Thread-safe. */
public interface AlertAnswers {

    /** Nobody has answered anything. */
    AlertAnswers NONE = new AlertAnswers() {
        @Override
        public boolean isMuted(DomainId domain, Instant now) {
            return false;
        }

        @Override
        public boolean isAcknowledged(DomainId domain, Instant now) {
            return false;
        }
    };

    /**
     * Whether problems of the domain are counted and not sent. A problem that is still open when this ends is sent
     * then.
     *
     * @param now by the wall clock
     */
    boolean isMuted(DomainId domain, Instant now);

    /**
     * Whether somebody takes care of the domain's open problem, so that it gets no reminder.
     *
     * @param now by the wall clock
     */
    boolean isAcknowledged(DomainId domain, Instant now);
}
