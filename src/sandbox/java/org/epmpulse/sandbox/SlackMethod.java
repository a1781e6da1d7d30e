package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * A method of Slack's Web API.
 *
 * @param scopes the token needs one of these; empty if it needs none
 * @param perMinute the minimum that its tier guarantees (docs.slack.dev/apis/web-api/rate-limits)
 */
record SlackMethod(String name, Set<String> scopes, int perMinute, Body body) {

    static final int TIER_2 = 20;
    static final int TIER_3 = 50;
    static final int TIER_4 = 100;

    /** Executes a method; called with the workspace's monitor held. */
    @FunctionalInterface
    interface Body {

        /**
         * The response without {@code "ok": true}.
         *
         * @throws SlackRefusal for a response with {@code "ok": false}
         */
        ObjectNode call(SlackArguments arguments);
    }
}
