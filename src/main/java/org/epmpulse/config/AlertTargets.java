package org.epmpulse.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the alerts of an app are sent, beside Slack. Each list is null where the settings decide, and empty where
 * nothing is sent. Immutable; its text holds no secret.
 *
 * @param mail addresses
 * @param teams addresses of Workflows webhooks, which are secrets
 * @param webhook addresses, which are secrets
 * @param pagerDuty integration keys, which are secrets
 */
public record AlertTargets(
        @Nullable List<String> mail,
        @Nullable List<String> teams,
        @Nullable List<String> webhook,
        @Nullable List<String> pagerDuty) {

    /** The settings decide. */
    public static final AlertTargets DEFAULT = new AlertTargets(null, null, null, null);

    /** The texts that are never shown. */
    Set<String> secrets() {
        return Stream.of(Optional.ofNullable(teams), Optional.ofNullable(webhook), Optional.ofNullable(pagerDuty))
                .flatMap(Optional::stream)
                .flatMap(List::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** For people: the targets that the app has itself, secrets masked; empty where the settings decide for all. */
    String describe() {
        StringBuilder text = new StringBuilder();
        append(text, "mail", mail, true);
        append(text, "teams", teams, false);
        append(text, "webhook", webhook, false);
        append(text, "pagerduty", pagerDuty, false);
        return text.toString();
    }

    private static void append(StringBuilder text, String sink, @Nullable List<String> targets, boolean shown) {
        if (targets != null) {
            text.append(text.isEmpty() ? "" : "  ")
                    .append(sink)
                    .append(' ')
                    .append(targets.isEmpty() ? "off" : shown ? String.join(", ", targets) : Secrets.MASK);
        }
    }

    @Override
    public String toString() {
        return "AlertTargets[" + describe() + "]";
    }
}
