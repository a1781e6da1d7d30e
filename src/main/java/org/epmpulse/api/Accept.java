package org.epmpulse.api;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.epmpulse.http.RequestHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Accept} header of a request.
 *
 * @param ranges media ranges, separated by commas; null accepts all types
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#name-accept">RFC 9110, Accept</a>
 */
record Accept(@Nullable String ranges) {

    private static final Pattern WEIGHT =
            Pattern.compile(";\\s*q\\s*=\\s*([01](?:\\.\\d{0,3})?)\\s*(?:;|$)", Pattern.CASE_INSENSITIVE);

    static Accept of(Map<String, Object> headers) {
        Object value = headers.get("Accept");
        return new Accept(
                value instanceof Collection<?> several
                        ? several.stream().map(String::valueOf).collect(Collectors.joining(","))
                        : RequestHeaders.text(headers, "Accept"));
    }

    /** Whether the first type has the higher weight; false if both weights are equal. */
    boolean prefers(String type, String other) {
        return weight(type) > weight(other);
    }

    /** The weight of the most specific range that contains the type, 0 to 1. */
    private double weight(String type) {
        if (ranges == null) {
            return 1;
        }
        double weight = 0;
        int specificity = 0;
        for (String range : ranges.split(",")) {
            int semicolon = range.indexOf(';');
            String name = (semicolon < 0 ? range : range.substring(0, semicolon))
                    .strip()
                    .toLowerCase(Locale.ROOT);
            int rangeSpecificity = specificity(name, type);
            if (rangeSpecificity > specificity) {
                specificity = rangeSpecificity;
                Matcher q = WEIGHT.matcher(range);
                weight = q.find() ? Double.parseDouble(q.group(1)) : 1;
            }
        }
        return weight;
    }

    private static int specificity(String range, String type) {
        if (range.equals(type)) {
            return 3;
        }
        if (range.equals(type.substring(0, type.indexOf('/') + 1) + "*")) {
            return 2;
        }
        return range.equals("*/*") ? 1 : 0;
    }
}
