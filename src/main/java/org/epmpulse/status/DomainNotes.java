package org.epmpulse.status;

import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Texts shown beside the statuses. Immutable.
 *
 * @param reasons why a running domain may stay so; a run may have ended since
 * @param outages of EPM environments, by application: since when the environment is unavailable, as a sentence
 */
public record DomainNotes(Map<DomainId, String> reasons, Map<String, String> outages) {

    public static final DomainNotes NONE = new DomainNotes(Map.of(), Map.of());

    public DomainNotes {
        reasons = Map.copyOf(reasons);
        outages = Map.copyOf(outages);
    }

    /** Equal for equal reasons, also after a restart; empty if there are none. */
    public String fingerprint() {
        if (reasons.isEmpty()) {
            return "";
        }
        return "-" + HexFormat.of().formatHex(Sha256.of(new TreeMap<>(reasons).toString()), 0, 4);
    }

    /** Why the domain is still running; null if there is nothing to explain, or it runs no more. */
    public @Nullable String reason(DomainId id, Status status) {
        return status == Status.LOADING ? reasons.get(id) : null;
    }
}
