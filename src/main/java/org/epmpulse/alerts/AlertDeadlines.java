package org.epmpulse.alerts;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.epmpulse.status.DomainId;

/** The deadlines of the close that are in danger. Thread-safe. */
@FunctionalInterface
public interface AlertDeadlines {

    /** No domain has a deadline. */
    AlertDeadlines NONE = () -> Now.NONE;

    /** The deadlines at the current time. */
    Now now();

    /**
     * The deadlines at one time.
     *
     * @param windowStart when the window of the close began: a deadline before it is one of an earlier window
     * @param endangered what is reported to a recipient, by the domain that is the first cause of which it gets alerts;
     *     none of these waits for another one, or for a failed domain whose alert the recipient gets
     * @param done the domains that are done
     */
    record Now(Instant windowStart, Function<Recipient, Map<DomainId, Endangered>> endangered, Set<DomainId> done) {

        static final Now NONE = new Now(Instant.EPOCH, recipient -> Map.of(), Set.of());

        public Now {
            done = Set.copyOf(done);
        }
    }

    /** Somebody who gets the alerts of some domains. */
    interface Recipient {

        /** Whether it gets alerts of the domain's deadlines. */
        boolean gets(DomainId id);

        /** Whether it gets, or has got, an alert of the domain's failure. */
        boolean getsFailure(DomainId id);

        /** Whether it has got an alert of the domain's deadline in this window, which is not over. */
        boolean isTold(DomainId id);
    }

    /**
     * A deadline in danger.
     *
     * @param late whether it has passed; else it will probably be missed
     * @param deadline of the domain, or of one of the same alert
     * @param message for people: the deadline, and which domains wait
     */
    record Endangered(boolean late, Instant deadline, String message) {}
}
