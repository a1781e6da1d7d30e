package org.epmpulse.security;

import java.util.Map;
import org.epmpulse.config.Role;
import org.jspecify.annotations.Nullable;

/** The headers that say who sent a request. The gate sets them and removes all that begin with {@link #PREFIX} before. */
public final class CallerHeaders {

    /** Name of the key the request came with. */
    public static final String KEY = "EpmPulse-Key";

    /** Label of the key's {@link Role}. */
    public static final String ROLE = "EpmPulse-Role";

    /** Names the request in the log. */
    public static final String REQUEST_ID = "EpmPulse-Request-Id";

    /** Address of who sent it, as far as proxies are trusted. */
    public static final String CLIENT = "EpmPulse-Client";

    /** What all of them begin with. */
    public static final String PREFIX = "EpmPulse-";

    private CallerHeaders() {}

    /** Name of the key, or null where none is needed. */
    public static @Nullable String key(Map<String, Object> headers) {
        Object key = headers.get(KEY);
        return key == null || key.toString().isEmpty() ? null : key.toString();
    }
}
