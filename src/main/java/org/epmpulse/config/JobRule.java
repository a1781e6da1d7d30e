package org.epmpulse.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs of a watched environment belong to a domain. In the texts {@code *} stands for any characters, {@code ?}
 * for one, and upper and lower case are the same. Immutable.
 *
 * @param name of the job
 * @param type such as {@code RULES}; null for any
 * @param user who runs the job; null for anybody
 * @param domain of the app that has this rule
 */
public record JobRule(
        String name, @Nullable String type, @Nullable String user, String domain) {

    /** Whether a job is one of these. A rule with a type or user matches no job without one. */
    public boolean matches(String jobName, @Nullable String jobType, @Nullable String jobUser) {
        return matches(name, jobName) && matches(type, jobType) && matches(user, jobUser);
    }

    private static boolean matches(@Nullable String pattern, @Nullable String text) {
        if (pattern == null) {
            return true;
        }
        return text != null && matchesWildcards(pattern.toLowerCase(Locale.ROOT), text.toLowerCase(Locale.ROOT));
    }

    /** Takes at most the product of the lengths, unlike a regular expression with many stars. */
    private static boolean matchesWildcards(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int retry = 0;
        while (t < text.length()) {
            char wanted = p < pattern.length() ? pattern.charAt(p) : 0;
            if (p < pattern.length() && wanted == '*') {
                star = p++;
                retry = t;
            } else if (p < pattern.length() && (wanted == '?' || wanted == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++retry;
            } else {
                return false;
            }
        }
        return pattern.substring(p).chars().allMatch(c -> c == '*');
    }
}
