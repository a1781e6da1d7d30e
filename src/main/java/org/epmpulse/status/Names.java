package org.epmpulse.status;

import java.util.Collection;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;

/** Suggests a known name for a misspelt one. */
public final class Names {

    /** Longer texts get no suggestion. */
    private static final int MAX_LENGTH = 100;

    private Names() {}

    /**
     * The known name with the smallest edit distance, ignoring case; null if none is close enough. The distance may be
     * up to a third of the given name's length, or 1 for a short name, and must be less than the length of the known name.
     */
    public static @Nullable String nearest(String name, Collection<String> known) {
        if (name.length() > MAX_LENGTH) {
            return null;
        }
        LevenshteinDistance distance = new LevenshteinDistance(Math.max(1, name.length() / 3));
        String lowerCase = name.toLowerCase(Locale.ROOT);
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : known) {
            int candidateDistance = distance.apply(lowerCase, candidate.toLowerCase(Locale.ROOT));
            boolean near = candidateDistance >= 0 && candidateDistance < candidate.length();
            if (near && candidateDistance < bestDistance) {
                best = candidate;
                bestDistance = candidateDistance;
            }
        }
        return best;
    }
}
