package org.epmpulse.http;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Path parameters that are {@code .} or {@code ..}, also percent-encoded: Vert.x removes such segments, because RFC 3986
 * gives them another meaning, but a job or an app may have such an id.
 *
 * <p>Each dot of such a segment is replaced by a control character, which no id contains, until the parameter is read.
 */
final class DotSegments {

    private static final Pattern SEGMENT = Pattern.compile("(?<=/)(?:\\.|%2[eE]){1,2}(?=/|$)");
    private static final Pattern DOT = Pattern.compile("\\.|%2[eE]");
    private static final char MARK = '\u0001';
    private static final String ENCODED_MARK = "%01";

    private DotSegments() {}

    /**
     * The path to route a request by.
     *
     * @return null if the path is to be used as it is: without such a segment, or with one that is no parameter of a
     *     shipped route (routes of a site may use a parameter as a file name)
     */
    static @Nullable String escape(@Nullable String path, EndpointTable table, String method) {
        if (path == null || !(path.contains("/.") || path.contains("/%2"))) {
            return null;
        }
        Matcher segments = SEGMENT.matcher(path);
        if (!segments.find()) {
            return null;
        }
        String escaped =
                segments.replaceAll(segment -> DOT.matcher(segment.group()).replaceAll(ENCODED_MARK));
        List<Endpoint> endpoints = table.find(escaped, method);
        boolean isParameter = !endpoints.isEmpty()
                && endpoints.stream()
                        .allMatch(endpoint -> endpoint.policy().builtIn()
                                && !endpoint.path().parameters().isEmpty());
        return isParameter ? escaped : null;
    }

    /** The parameter as the client sent it. */
    static String unescape(String parameter) {
        return parameter.indexOf(MARK) < 0 ? parameter : parameter.replace(MARK, '.');
    }
}
