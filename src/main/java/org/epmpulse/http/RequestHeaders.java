package org.epmpulse.http;

import java.time.Instant;
import java.util.Map;
import org.epmpulse.security.CallerHeaders;
import org.epmpulse.status.Timestamps;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the gate hands to a route: the request's headers and parameters. {@link CallerHeaders} say who sent it.
 *
 * <p>Routes pass the whole map to a bean, {@code method(${headers})}: of a single header Camel would strip quotes, and
 * take the text {@code null} for nothing.
 */
public final class RequestHeaders {

    private RequestHeaders() {}

    /** A header or parameter, or null if it is absent or empty. */
    public static @Nullable String text(Map<String, Object> headers, String name) {
        Object value = headers.get(name);
        return value == null || value.toString().isEmpty() ? null : value.toString();
    }

    /**
     * An instant, or null if it is absent or empty.
     *
     * @throws BadRequestException if it is none
     */
    public static @Nullable Instant instant(Map<String, Object> headers, String name) {
        String text = text(headers, name);
        if (text == null) {
            return null;
        }
        Instant instant = Timestamps.parse(text);
        if (instant == null) {
            throw new BadRequestException(name + " must be ISO 8601 such as 2026-02-16T14:30:00Z");
        }
        return instant;
    }

    /**
     * A whole number within bounds.
     *
     * @throws BadRequestException if it is none
     */
    public static long number(Map<String, Object> headers, String name, long min, long max, long absent) {
        String text = text(headers, name);
        if (text == null) {
            return absent;
        }
        if (text.matches("[0-9]{1,18}")) {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        }
        throw new BadRequestException(name + " must be a number from " + min + " to " + max);
    }
}
