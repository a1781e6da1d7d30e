package org.epmpulse.http;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The path of a route, such as {@code /api/v1/status/{app}}. Matches the same paths as Vert.x.
 *
 * @param text the path as written in the route
 * @param parameters the names between braces
 */
public record PathTemplate(String text, List<String> parameters, Pattern pattern) {

    private static final Pattern CAMEL_PARAMETER = Pattern.compile("\\{([^/}]+)\\}");
    private static final Pattern PARAMETER = Pattern.compile(":([A-Za-z0-9_]+)");

    /** @param text a path, with {@code *} at its end to include all paths below */
    public static PathTemplate of(String text) {
        String path = CAMEL_PARAMETER.matcher(text).replaceAll(":$1");
        boolean prefix = path.endsWith("*");
        if (prefix) {
            path = path.substring(0, path.length() - 1);
        }
        List<String> names = new ArrayList<>();
        StringBuilder regex = new StringBuilder();
        Matcher parameter = PARAMETER.matcher(path);
        int end = 0;
        while (parameter.find()) {
            regex.append(Pattern.quote(path.substring(end, parameter.start()))).append("[^/]+");
            names.add(parameter.group(1));
            end = parameter.end();
        }
        regex.append(tail(path.substring(end), prefix));
        return new PathTemplate(text, List.copyOf(names), Pattern.compile(regex.toString(), Pattern.DOTALL));
    }

    /** A slash at the end of a path is optional, unless the template has one. */
    private static String tail(String literal, boolean prefix) {
        if (prefix && literal.endsWith("/")) {
            return Pattern.quote(literal.substring(0, literal.length() - 1)) + "(/.*)?";
        }
        if (prefix) {
            return Pattern.quote(literal) + ".*";
        }
        return Pattern.quote(literal) + (literal.endsWith("/") ? "" : "/?");
    }

    /** Whether a request for this path is routed here. */
    public boolean matches(String path) {
        return pattern.matcher(path).matches();
    }
}
