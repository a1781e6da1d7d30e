package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * A method of Slack's Web API.
 *
 * @param scopes of which a token needs one; empty if it needs none
 * @param perMinute the least that its tier allows (docs.slack.dev/apis/web-api/rate-limits)
 */
record SlackMethod(String name, Set<String> scopes, int perMinute, Body body) {

    static final int TIER_2 = 20;
    static final int TIER_3 = 50;
    static final int TIER_4 = 100;

    /** What a method does; runs with the workspace's monitor held. */
    @FunctionalInterface
    interface Body {

        /**
         * The answer apart from {@code "ok": true}.
         *
         * @throws SlackRefusal for every other answer
         */
        ObjectNode call(SlackArguments arguments);
    }
}
