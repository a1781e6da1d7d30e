package org.epmpulse.config;

import java.util.Locale;

/**
 * What came of asking Slack or EPM for one thing.
 *
 * @param where what was asked for, such as a channel
 * @param text plain words, how to fix it included, without a secret
 */
public record OnlineFinding(Level level, String where, String text) {

    /** An error fails the check, a warning only a strict one, the others never. */
    public enum Level {
        OK,
        /** Nothing is wrong, but something could not be asked or will happen. */
        NOTE,
        WARNING,
        ERROR
    }

    /** Names come from outside, and a finding is one line: control characters become spaces. */
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
