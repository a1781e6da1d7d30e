package org.epmpulse.http;

import org.apache.camel.support.RoutePolicySupport;

/**
 * Marks a route, by {@code routePolicy: eventLoop}, that {@link EventLoopEngine} runs on the event loop: no step of it may
 * wait, and it ends with {@link HttpReply}. For shipped routes only. Does nothing itself; thread-safe.
 *
 * <p>A policy, as it is the one attribute of a route in YAML that names a bean; a group is a label that any route may
 * have.
 */
public final class EventLoopPolicy extends RoutePolicySupport {

    /** What the bean is called. */
    public static final String NAME = "eventLoop";
}
