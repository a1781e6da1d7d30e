package org.epmpulse.api;

import org.jspecify.annotations.Nullable;

/**
 * Names one version of a reply.
 *
 * @param value without quotes
 */
record EntityTag(String value) {

    /** As it stands in the {@code ETag} header. */
    String header() {
        return "\"" + value + "\"";
    }

    /**
     * Whether somebody who sends this {@code If-None-Match} has this version already.
     *
     * @param ifNoneMatch tags, weak or not, separated by commas, or {@code *}; null if there is none
     */
    boolean matches(@Nullable String ifNoneMatch) {
        if (ifNoneMatch == null) {
            return false;
        }
        for (String tag : ifNoneMatch.split(",")) {
            String strong = tag.strip();
            if (strong.startsWith("W/")) {
                strong = strong.substring(2);
            }
            if (strong.equals("*") || strong.equals(header())) {
                return true;
            }
        }
        return false;
    }
}
