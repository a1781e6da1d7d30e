package org.epmpulse.alerts;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of an {@code alerts:} endpoint. Immutable.
 *
 * @param apps ids of the applications whose alerts are sent; empty for all
 * @param kinds those that are sent; empty for all
 * @param group whether a message may have several alerts
 * @param reminder time between two messages of an open problem, 0 for no reminders; null for the setting
 * @param quiet whether alerts are collected in quiet hours
 */
public record AlertOptions(
        Set<String> apps,
        Set<AlertKind> kinds,
        boolean group,
        @Nullable Duration reminder,
        boolean quiet) {

    public AlertOptions {
        apps = Set.copyOf(apps);
        kinds = Set.copyOf(kinds);
    }
}
