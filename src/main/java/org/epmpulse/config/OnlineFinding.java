package org.epmpulse.config;

import java.util.Locale;

/**
 * The result of one check against the database, Slack or EPM.
 *
 * @param where the checked object, such as a channel
 * @param text the result and, for a problem, how to fix it; without secrets
 */
public record OnlineFinding(Level level, String where, String text) {

    /** An error fails the check, a warning fails only {@code check --strict}. */
    public enum Level {
        OK,
        /** Information: something was not checked, or will happen later. */
        NOTE,
        WARNING,
        ERROR
    }

    /** Replaces control characters by spaces: names come from Slack or EPM, and a finding is one line. */
    public OnlineFinding {
        where = where.replaceAll("[\\p{Cntrl}\u2028\u2029]", " ");
        text = text.replaceAll("[\\p{Cntrl}\u2028\u2029]", " ");
    }

    public static OnlineFinding ok(String where, String text) {
        return new OnlineFinding(Level.OK, where, text);
    }

    public static OnlineFinding note(String where, String text) {
        return new OnlineFinding(Level.NOTE, where, text);
    }

    public static OnlineFinding warning(String where, String text) {
        return new OnlineFinding(Level.WARNING, where, text);
    }

    public static OnlineFinding error(String where, String text) {
        return new OnlineFinding(Level.ERROR, where, text);
    }

    /** The line that {@code check --online} prints. */
    @Override
    public String toString() {
        return "%-7s  %s: %s".formatted(level.name().toLowerCase(Locale.ROOT), where, text);
    }
}
