package org.epmpulse.config;

import java.util.Locale;

/**
 * An error or a warning about the configuration or the routes.
 *
 * @param where the file with a JSON pointer or line, or the name of a variable
 * @param message what is wrong and how to fix it, without secrets
 */
public record Problem(Severity severity, String where, String message) {

    /** An error keeps the service from starting, a warning does not. */
    public enum Severity {
        ERROR,
        WARNING
    }

    /** Replaces control characters by spaces: names come from files, and a problem is one line. */
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
