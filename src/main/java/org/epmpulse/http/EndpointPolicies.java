package org.epmpulse.http;

import java.util.Map;

/**
 * The policies of all endpoints. No other class has rules for certain paths. Files of the page are {@link #PUBLIC}.
 */
public final class EndpointPolicies {

    private static final int MAX_UPDATE_BYTES = 16 * 1024;
    private static final int MAX_BODY_BYTES = 1024 * 1024;

    /** A file that can be read without a key. */
    public static final EndpointPolicy PUBLIC =
            new EndpointPolicy(Access.PUBLIC, MAX_BODY_BYTES, false, true, false, true);

    /** For monitoring on the same machine. */
    static final EndpointPolicy LOCAL = new EndpointPolicy(Access.LOCAL, MAX_BODY_BYTES, false, true, false, true);

    /** Events that are sent until the client disconnects. */
    static final EndpointPolicy STREAM = new EndpointPolicy(Access.KEY, MAX_BODY_BYTES, false, true, true, true);

    /** Not in the access log: monitors send such requests all day. */
    private static final EndpointPolicy HEALTH =
            new EndpointPolicy(Access.PUBLIC, MAX_BODY_BYTES, false, true, false, false);

    private static final EndpointPolicy ONE_UPDATE =
            new EndpointPolicy(Access.KEY, MAX_UPDATE_BYTES, false, true, false, true);

    private static final EndpointPolicy ADMIN = new EndpointPolicy(Access.KEY, MAX_BODY_BYTES, true, true, false, true);
    private static final EndpointPolicy API = new EndpointPolicy(Access.KEY, MAX_BODY_BYTES, false, true, false, true);
    private static final EndpointPolicy SITE =
            new EndpointPolicy(Access.KEY, MAX_BODY_BYTES, false, false, false, true);

    private static final String API_PREFIX = "/api/v1/";
    private static final String ADMIN_PATH = "/api/v1/admin";

    private static final Map<String, EndpointPolicy> PATHS = Map.of(
            "/api/v1/metrics",
            LOCAL,
            "/api/v1/events",
            STREAM,
            "/health",
            HEALTH,
            "/api/v1/health",
            HEALTH,
            "/api/v1/openapi.json",
            PUBLIC,
            "/api/v1/status",
            ONE_UPDATE,
            ADMIN_PATH,
            ADMIN);

    private EndpointPolicies() {}

    /**
     * The policy for a path.
     *
     * @param path of a route, or of a request, normalized or not
     */
    public static EndpointPolicy of(String path) {
        EndpointPolicy policy = PATHS.get(path);
        if (policy != null) {
            return policy;
        }
        if (!path.startsWith(API_PREFIX)) {
            return SITE;
        }
        return path.startsWith(ADMIN_PATH + "/") ? ADMIN : API;
    }
}
