package org.epmpulse.config;

import java.util.Locale;

/**
 * Something wrong, or doubtful, in what the service was given.
 *
 * @param where the file with a JSON pointer or line, or the name of a variable
 * @param message plain words, without a secret
 */
public record Problem(Severity severity, String where, String message) {

    /** An error keeps the service from starting, a warning does not. */
    public enum Severity {
        ERROR,
        WARNING
    }

    /** Names come out of files, and one problem is one line: control characters become spaces. */
    public Problem {
        where = where.replaceAll("[\\p{Cntrl}\u2028\u2029]", " ");
        message = message.replaceAll("[\\p{Cntrl}\u2028\u2029]", " ");
    }

    public static Problem error(String where, String message) {
        return new Problem(Severity.ERROR, where, message);
    }

    public static Problem warning(String where, String message) {
        return new Problem(Severity.WARNING, where, message);
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** The line that {@code check} prints. */
    @Override
    public String toString() {
        return severity.name().toLowerCase(Locale.ROOT) + "  " + where + ": " + message;
    }
}
