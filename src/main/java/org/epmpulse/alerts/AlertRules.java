package org.epmpulse.alerts;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.EnumSet;
import java.util.Set;
import org.epmpulse.config.QuietHours;
import org.jspecify.annotations.Nullable;

/**
 * What is sent to a sink. Immutable.
 *
 * @param kinds those that are sent
 * @param group whether a burst is one message, and a message may have several alerts; else each alert is a message
 * @param reminder time between two messages of a problem that is open, 0 for no reminders
 * @param quiet in which alerts are collected
 * @param digest the time of day of a digest; null for none
 * @param zone of the digest
 * @param answers what is muted and acknowledged
 * @param causes which problems are part of the alert of another one
 */
public record AlertRules(
        Set<AlertKind> kinds,
        boolean group,
        Duration reminder,
        QuietHours quiet,
        @Nullable LocalTime digest,
        ZoneId zone,
        AlertAnswers answers,
        AlertCauses causes) {

    /** Problems and recoveries, at once. */
    public static final AlertRules SIMPLE = new AlertRules(
            EnumSet.of(AlertKind.PROBLEM, AlertKind.RECOVERED),
            true,
            Duration.ZERO,
            QuietHours.NONE,
            null,
            ZoneId.of("UTC"),
            AlertAnswers.NONE,
            AlertCauses.NONE);

    public AlertRules {
        kinds = Set.copyOf(kinds);
        if (reminder.isNegative()) {
            throw new IllegalArgumentException("reminder must be 0 or more, is " + reminder);
        }
    }

    boolean sends(AlertKind kind) {
        return kinds.contains(kind);
    }

    boolean reminds() {
        return sends(AlertKind.REMINDER) && !reminder.isZero();
    }

    /** Whether alerts of quiet hours become one message. */
    boolean collects() {
        return group || sends(AlertKind.DIGEST);
    }

    /** The time of the latest digest up to now; null without digests. */
    @Nullable
    Instant latestDigest(Instant now) {
        if (digest == null || !sends(AlertKind.DIGEST)) {
            return null;
        }
        ZonedDateTime today = now.atZone(zone).with(digest);
        Instant latest = first(today);
        return latest.isAfter(now) ? first(today.minusDays(1).with(digest)) : latest;
    }

    /** The first of the two times of a night in which the clocks are set back. */
    private static Instant first(ZonedDateTime time) {
        return time.withEarlierOffsetAtOverlap().toInstant();
    }
}
