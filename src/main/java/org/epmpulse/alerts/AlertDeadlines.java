package org.epmpulse.alerts;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
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
     * @param endangered by the domain that is the root cause; a failed domain is not among them, because its problem has
     *     an alert of its own
     * @param done the domains that are done
     */
    record Now(Instant windowStart, Map<DomainId, Endangered> endangered, Set<DomainId> done) {

        static final Now NONE = new Now(Instant.EPOCH, Map.of(), Set.of());

        public Now {
            endangered = Map.copyOf(endangered);
            done = Set.copyOf(done);
        }
    }

    /**
     * A deadline in danger.
     *
     * @param late whether it has passed; else it will probably be missed
     * @param deadline of the domain, or of one that waits for it
     * @param message for people: the deadline, and which domains wait
     */
    record Endangered(boolean late, Instant deadline, String message) {}
}
