package org.epmpulse.status;

import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known beside the statuses. Immutable.
 *
 * @param reasons why a domain is as it is
 * @param outages by the application whose EPM environment cannot be asked: since when, in a sentence
 */
public record DomainNotes(Map<DomainId, String> reasons, Map<String, String> outages) {

    public static final DomainNotes NONE = new DomainNotes(Map.of(), Map.of());

    public DomainNotes {
        reasons = Map.copyOf(reasons);
        outages = Map.copyOf(outages);
    }

    /** Equal for equal remarks, also over restarts; empty if there are none. */
    public String fingerprint() {
        if (reasons.isEmpty()) {
            return "";
        }
        return "-" + HexFormat.of().formatHex(Sha256.of(new TreeMap<>(reasons).toString()), 0, 4);
    }

    /** Null if nothing is known. */
    public @Nullable String reason(DomainId id) {
        return reasons.get(id);
    }
}
