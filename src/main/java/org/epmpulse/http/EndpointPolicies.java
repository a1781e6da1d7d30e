package org.epmpulse.http;

import java.util.Map;
import org.epmpulse.http.EndpointPolicy.Scans;

/**
 * The policies of all endpoints. No other class has rules for certain paths. Files of the page are {@link #PAGE}.
 */
public final class EndpointPolicies {

    private static final int MAX_UPDATE_BYTES = 16 * 1024;
    private static final int MAX_BODY_BYTES = 1024 * 1024;

    /** A file that can be read without a key. */
    public static final EndpointPolicy PUBLIC =
            new EndpointPolicy(Access.PUBLIC, MAX_BODY_BYTES, false, true, false, true, false, Scans.NONE);

    /** A file of the page, which itself shows that the service is starting. */
    public static final EndpointPolicy PAGE =
            new EndpointPolicy(Access.PUBLIC, MAX_BODY_BYTES, false, true, false, true, true, Scans.NONE);

    /** For monitoring on the same machine. */
    static final EndpointPolicy LOCAL =
            new EndpointPolicy(Access.LOCAL, MAX_BODY_BYTES, false, true, false, true, false, Scans.NONE);

    /** Events that are sent until the client disconnects. */
    static final EndpointPolicy STREAM =
            new EndpointPolicy(Access.KEY, MAX_BODY_BYTES, false, true, true, true, false, Scans.NONE);

    /** Not in the access log: monitors send such requests all day. */
    private static final EndpointPolicy HEALTH =
            new EndpointPolicy(Access.PUBLIC, MAX_BODY_BYTES, false, true, false, false, false, Scans.NONE);

    private static final EndpointPolicy PROBE =
            new EndpointPolicy(Access.PUBLIC, MAX_BODY_BYTES, false, true, false, false, true, Scans.NONE);

    private static final EndpointPolicy ONE_UPDATE =
            new EndpointPolicy(Access.KEY, MAX_UPDATE_BYTES, false, true, false, true, false, Scans.PAST);

    private static final EndpointPolicy ANSWER =
            new EndpointPolicy(Access.KEY, MAX_UPDATE_BYTES, false, true, false, true, false, Scans.NONE);

    private static final EndpointPolicy ADMIN =
            new EndpointPolicy(Access.KEY, MAX_BODY_BYTES, true, true, false, true, false, Scans.NONE);
    private static final EndpointPolicy API =
            new EndpointPolicy(Access.KEY, MAX_BODY_BYTES, false, true, false, true, false, Scans.NONE);
    private static final EndpointPolicy SCAN =
            new EndpointPolicy(Access.KEY, MAX_BODY_BYTES, false, true, false, true, false, Scans.ALL);
    private static final EndpointPolicy PAST =
            new EndpointPolicy(Access.KEY, MAX_BODY_BYTES, false, true, false, true, false, Scans.PAST);
    private static final EndpointPolicy SITE =
            new EndpointPolicy(Access.KEY, MAX_BODY_BYTES, false, false, false, true, false, Scans.NONE);

    private static final String API_PREFIX = "/api/v1/";
    private static final String ADMIN_PATH = "/api/v1/admin";

    private static final Map<String, EndpointPolicy> PATHS = Map.ofEntries(
            Map.entry("/api/v1/metrics", LOCAL),
            Map.entry("/api/v1/events", STREAM),
            Map.entry("/health", HEALTH),
            Map.entry("/api/v1/health", HEALTH),
            Map.entry(HealthProbes.LIVE, PROBE),
            Map.entry(HealthProbes.READY, PROBE),
            Map.entry(HealthProbes.WRITE, PROBE),
            Map.entry("/api/v1/openapi.json", PUBLIC),
            Map.entry("/api/v1/status", ONE_UPDATE),
            Map.entry("/api/v1/status/{app}", SCAN),
            Map.entry("/api/v1/history", SCAN),
            Map.entry("/api/v1/history/days", SCAN),
            Map.entry("/api/v1/jobs", SCAN),
            Map.entry("/api/v1/jobs/{job_id}", SCAN),
            Map.entry("/api/v1/window", PAST),
            Map.entry("/api/v1/runs", SCAN),
            Map.entry("/api/v1/domains/{app}/{domain}", SCAN),
            Map.entry("/api/v1/canvas/preview", SCAN),
            Map.entry("/api/v1/domains/{app}/{domain}/acknowledge", ANSWER),
            Map.entry("/api/v1/domains/{app}/{domain}/mute", ANSWER),
            Map.entry(ADMIN_PATH, ADMIN));

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
