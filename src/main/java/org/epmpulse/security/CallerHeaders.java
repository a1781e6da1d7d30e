package org.epmpulse.security;

import java.util.Map;
import org.epmpulse.config.Role;
import org.jspecify.annotations.Nullable;

/** The headers that identify the caller. The gate removes all headers with {@link #PREFIX}, then sets these. */
public final class CallerHeaders {

    /** Name of the key of the request. */
    public static final String KEY = "EpmPulse-Key";

    /** Label of the key's {@link Role}. */
    public static final String ROLE = "EpmPulse-Role";

    /** Identifies the request in the log. */
    public static final String REQUEST_ID = "EpmPulse-Request-Id";

    /** Address of the client; see {@link TrustedProxies}. */
    public static final String CLIENT = "EpmPulse-Client";

    /** The prefix of all these headers. */
    public static final String PREFIX = "EpmPulse-";

    private CallerHeaders() {}

    /** Name of the key, or null for a request without a key. */
    public static @Nullable String key(Map<String, Object> headers) {
        Object key = headers.get(KEY);
        return key == null || key.toString().isEmpty() ? null : key.toString();
    }
}
