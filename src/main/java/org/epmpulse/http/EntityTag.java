package org.epmpulse.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entity tag of one version of a reply.
 *
 * @param value without quotes
 */
public record EntityTag(String value) {

    /** The value of the {@code ETag} header. */
    String header() {
        return "\"" + value + "\"";
    }

    /** The reply with this tag, or 304 if these request headers name this version. */
    public Reply replyOrNotModified(Map<String, Object> headers, Reply reply) {
        return isMatchedBy(headers) ? notModified() : reply.withHeaders(headers());
    }

    /** Whether {@code If-None-Match} in these request headers names this version. */
    public boolean isMatchedBy(Map<String, Object> headers) {
        return matches(RequestHeaders.text(headers, "If-None-Match"));
    }

    /** The reply 304 with this tag. */
    public Reply notModified() {
        return new Reply(304, headers(), null);
    }

    /** The headers of every reply with this version. */
    public Map<String, String> headers() {
        return Map.of("ETag", header());
    }

    /**
     * Whether this {@code If-None-Match} names this version.
     *
     * @param ifNoneMatch tags, weak or not, separated by commas, or {@code *}; null if the header is absent
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
