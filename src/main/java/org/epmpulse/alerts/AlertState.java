package org.epmpulse.alerts;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/**
 * What channels were sent and what is pending for them, as far as it outlives the process. Immutable.
 *
 * @param channels by channel's id; a channel without an entry got no alerts before
 */
record AlertState(Map<String, List<Domain>> channels) {

    AlertState {
        channels = Map.copyOf(Objects.requireNonNull(channels, "channels"));
    }

    /**
     * A domain as a channel knows it; one that is left out has no problem.
     *
     * @param open the problem that goes on; null if there is none
     * @param pending what is still to be sent to the channel, in this order
     */
    record Domain(DomainId id, @Nullable Incident open, List<DomainEvent> pending) {

        Domain {
            Objects.requireNonNull(id, "id");
            pending = List.copyOf(Objects.requireNonNull(pending, "pending"));
        }
    }
}
