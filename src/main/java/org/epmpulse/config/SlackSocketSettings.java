package org.epmpulse.config;

import java.util.Set;

/**
 * Slack's Socket Mode. Immutable; its text holds no secret.
 *
 * @param appToken app-level token with the scope {@code connections:write}
 * @param allowed ids of the users, and of the channels all members of which, may use commands and buttons; empty: nobody
 */
public record SlackSocketSettings(String appToken, Set<String> allowed) {

    public SlackSocketSettings {
        allowed = Set.copyOf(allowed);
    }

    @Override
    public String toString() {
        return "SlackSocketSettings[" + allowed.size() + " allowed]";
    }
}
