package org.epmpulse.http;

/**
 * What holds for requests to an endpoint, whatever its methods and media types. Immutable.
 *
 * @param access who may read it
 * @param maxBody of a request, in bytes
 * @param admin whether every method needs the role admin
 * @param ours whether it is one of ours, which have the few headers they use and no others
 * @param streaming whether a reply may last for hours: a stop does not wait for it, and rate limits do not count it
 * @param logged whether the access log has every request, not only those refused for their key or rate
 */
public record EndpointPolicy(
        Access access, int maxBody, boolean admin, boolean ours, boolean streaming, boolean logged) {}
