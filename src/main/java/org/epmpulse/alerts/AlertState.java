package org.epmpulse.alerts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/**
 * The alert state that is stored on disk: open problems and pending events of each channel. Immutable.
 *
 * @param channels by the channel's id; a channel without an entry received no alerts so far
 * @param claims messages whose call to the sink had begun, by the channel's id; their events are pending, too. Only with
 *     several nodes
 * @param position the changes that are in the state; null with a single node
 * @param digests time of the latest digest, by the channel's id; empty without digests
 */
record AlertState(
        Map<String, List<Domain>> channels,
        Map<String, Claim> claims,
        @Nullable Position position,
        Map<String, Instant> digests) {

    AlertState {
        digests = Map.copyOf(digests);
        channels = Map.copyOf(Objects.requireNonNull(channels, "channels"));
        claims = Map.copyOf(claims);
    }

    /** The state of a single node. */
    AlertState(Map<String, List<Domain>> channels) {
        this(channels, Map.of(), null, Map.of());
    }

    /**
     * The state of a domain for one channel; a domain that is left out has no problem.
     *
     * @param open the current problem; null if there is none
     * @param pending events that are not sent yet, in this order
     * @param deadline of which people were told; null if there is none
     */
    record Domain(
            DomainId id,
            @Nullable Incident open,
            List<DomainEvent> pending,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            ToldDeadline deadline) {

        Domain {
            Objects.requireNonNull(id, "id");
            pending = List.copyOf(Objects.requireNonNull(pending, "pending"));
        }

        /** A domain whose deadlines are not in danger. */
        Domain(DomainId id, @Nullable Incident open, List<DomainEvent> pending) {
            this(id, open, pending, null);
        }
    }

    /**
     * A deadline of which people were told.
     *
     * @param late whether they know that it has passed
     */
    record ToldDeadline(Instant at, boolean late) {

        ToldDeadline {
            Objects.requireNonNull(at, "at");
        }
    }

    /**
     * A message that was being sent: if the sink has accepted it, there is a receipt of the claim.
     *
     * @param plain whether it was rendered as plain text
     * @param digest the time of a daily digest; null if it is another message
     */
    record Claim(
            UUID claim,
            List<DomainAlert> alerts,
            boolean plain,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Instant digest) {

        Claim {
            Objects.requireNonNull(claim, "claim");
            alerts = List.copyOf(Objects.requireNonNull(alerts, "alerts"));
        }
    }

    /**
     * The changes that are in the state.
     *
     * @param store id of the store, without which the revision says nothing
     * @param revision of the last change
     */
    record Position(String store, long revision) {

        Position {
            Objects.requireNonNull(store, "store");
        }
    }
}
