package org.epmpulse.alerts;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/**
 * The alert state that is stored on disk: open problems and pending events of each channel. Immutable.
 *
 * @param channels by the channel's id; a channel without an entry received no alerts so far
 */
record AlertState(Map<String, List<Domain>> channels) {

    AlertState {
        channels = Map.copyOf(Objects.requireNonNull(channels, "channels"));
    }

    /**
     * The state of a domain for one channel; a domain that is left out has no problem.
     *
     * @param open the current problem; null if there is none
     * @param pending events that are not sent yet, in this order
     */
    record Domain(DomainId id, @Nullable Incident open, List<DomainEvent> pending) {

        Domain {
            Objects.requireNonNull(id, "id");
            pending = List.copyOf(Objects.requireNonNull(pending, "pending"));
        }
    }
}
