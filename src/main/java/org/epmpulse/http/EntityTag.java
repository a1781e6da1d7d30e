package org.epmpulse.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names one version of a reply.
 *
 * @param value without quotes
 */
public record EntityTag(String value) {

    /** As it stands in the {@code ETag} header. */
    String header() {
        return "\"" + value + "\"";
    }

    /** The reply with this tag, or 304 if the sender of these headers has this version already. */
    public Reply unlessKnown(Map<String, Object> headers, Reply reply) {
        return isKnown(headers) ? unchanged() : reply.withHeaders(headers());
    }

    /** Whether the sender of these headers has this version already. */
    public boolean isKnown(Map<String, Object> headers) {
        return matches(RequestHeaders.text(headers, "If-None-Match"));
    }

    /** What is said to somebody who has this version already. */
    public Reply unchanged() {
        return new Reply(304, headers(), null);
    }

    /** What goes with every reply of this version. */
    public Map<String, String> headers() {
        return Map.of("ETag", header());
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
