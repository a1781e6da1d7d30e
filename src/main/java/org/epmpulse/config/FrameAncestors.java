package org.epmpulse.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may show the board in a frame: {@code none}, or {@code self} and origins, separated by commas or spaces.
 *
 * @see <a href="https://www.w3.org/TR/CSP3/#directive-frame-ancestors">CSP: frame-ancestors</a>
 */
final class FrameAncestors {

    /** An origin, whose host may begin with {@code *.}. Nothing in it can end the directive. */
    private static final Pattern ORIGIN = Pattern.compile(
            "https?://(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:([0-9]{1,5}|\\*))?", Pattern.CASE_INSENSITIVE);

    private FrameAncestors() {}

    /** The sources of the directive; null if the text is invalid. */
    static @Nullable String parse(String text) {
        List<String> sources = new ArrayList<>();
        for (String source : text.strip().split("[\\s,]+")) {
            String name = source.replace("'", "");
            if (name.equals("none") || name.equals("self")) {
                sources.add("'" + name + "'");
            } else if (ORIGIN.matcher(source).matches()) {
                sources.add(source);
            } else {
                return null;
            }
        }
        return sources.contains("'none'") && sources.size() > 1 ? null : String.join(" ", sources);
    }
}
