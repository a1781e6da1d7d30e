package org.epmpulse.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The headers that say who sent a request. The gate sets them and removes all that begin with {@link #PREFIX} before. */
final class CallerHeaders {

    /** Name of the key the request came with. */
    static final String KEY = "EpmPulse-Key";

    /** Label of the key's {@link Role}. */
    static final String ROLE = "EpmPulse-Role";

    /** Names the request in the log. */
    static final String REQUEST_ID = "EpmPulse-Request-Id";

    /** Address of who sent it, as far as proxies are trusted. */
    static final String CLIENT = "EpmPulse-Client";

    /** What all of them begin with. */
    static final String PREFIX = "EpmPulse-";

    private CallerHeaders() {}

    /** Name of the key, or null where none is needed. */
    static @Nullable String key(Map<String, Object> headers) {
        Object key = headers.get(KEY);
        return key == null || key.toString().isEmpty() ? null : key.toString();
    }
}
