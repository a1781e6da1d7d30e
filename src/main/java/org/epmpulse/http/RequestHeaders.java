package org.epmpulse.http;

import java.time.Instant;
import java.util.Map;
import org.epmpulse.security.CallerHeaders;
import org.epmpulse.status.Timestamps;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request's headers and parameters, as the gate passes them to a route. {@link CallerHeaders} identify the
 * client.
 *
 * <p>Routes pass the whole map to a bean, {@code method(${headers})}. From a single header Camel would remove quotes,
 * and it would read the text {@code null} as absent.
 */
public final class RequestHeaders {

    private RequestHeaders() {}

    /** A header or parameter, or null if it is absent or empty. */
    public static @Nullable String text(Map<String, Object> headers, String name) {
        Object value = headers.get(name);
        return value == null || value.toString().isEmpty() ? null : value.toString();
    }

    /** A parameter of the path; null if it is absent. */
    public static @Nullable String pathParameter(Map<String, Object> headers, String name) {
        String text = text(headers, name);
        return text == null ? null : DotSegments.unescape(text);
    }

    /**
     * An instant, or null if it is absent or empty.
     *
     * @throws BadRequestException if it is not ISO 8601
     */
    public static @Nullable Instant instant(Map<String, Object> headers, String name) {
        String text = text(headers, name);
        if (text == null) {
            return null;
        }
        Instant instant = Timestamps.parse(text);
        if (instant == null) {
            throw new BadRequestException(name + " must be ISO 8601, for example 2026-02-16T14:30:00Z");
        }
        return instant;
    }

    /**
     * A whole number within bounds, or {@code absent} if it is absent or empty.
     *
     * @throws BadRequestException if it is no number, or out of bounds
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

    /**
     * Whether a parameter is {@code true}; false if it is absent or empty.
     *
     * @throws BadRequestException if it is neither {@code true} nor {@code false}
     */
    public static boolean flag(Map<String, Object> headers, String name) {
        String text = text(headers, name);
        if (text == null || text.equals("false")) {
            return false;
        }
        if (text.equals("true")) {
            return true;
        }
        throw new BadRequestException(name + " must be true or false");
    }
}
