package org.epmpulse.status;

import java.util.Collection;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;

/** Finds what somebody who misspelt a name most likely meant. */
public final class Names {

    /** A longer text is no misspelt name. */
    private static final int MAX_LENGTH = 100;

    private Names() {}

    /**
     * The known name closest to the given one, whatever the case: at most a third of the given one's letters, or one,
     * differ, and one at least is the same. Null if none is that close.
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
