package org.epmpulse.http;

import org.apache.camel.support.RoutePolicySupport;

/**
 * Marks a route with {@code routePolicy: eventLoop}, so that {@link EventLoopEngine} runs it on the event loop. No step
 * of the route may block, and its last step is {@link HttpReply}. For shipped routes only. Has no other effect.
 * Thread-safe.
 *
 * <p>It is a policy because that is the only attribute of a YAML route that names a bean. A group is a label that any
 * route may have.
 */
public final class EventLoopPolicy extends RoutePolicySupport {

    /** The name of the bean. */
    public static final String NAME = "eventLoop";
}
