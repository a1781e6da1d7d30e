package org.epmpulse.http;

/**
 * The rules for all requests to an endpoint. Immutable.
 *
 * @param access who may read the endpoint
 * @param maxBodyBytes the largest body of a request
 * @param admin whether every method needs the role admin
 * @param builtIn whether its route is shipped with EPMPulse; it gets only the headers that shipped routes use
 * @param streaming whether a reply may last for hours: a stop does not wait for it, and rate limits do not count it
 * @param logged whether the access log has every request, not only those with 401, 403 or 429
 * @param always whether it is answered while the service starts and stops, too
 * @param scans which requests with GET read the history or render much, so that only some run at the same time
 */
public record EndpointPolicy(
        Access access,
        int maxBodyBytes,
        boolean admin,
        boolean builtIn,
        boolean streaming,
        boolean logged,
        boolean always,
        Scans scans) {

    /** Which requests of an endpoint are scans. */
    public enum Scans {
        NONE,
        ALL,

        /** Those with the parameter {@code at}. */
        PAST
    }
}
