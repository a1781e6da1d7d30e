package org.epmpulse.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The URL of a PostgreSQL database, as libpq or as the JDBC driver writes it. See
 * <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS">Connection URIs</a> and
 * <a href="https://jdbc.postgresql.org/documentation/use/">Connecting to the Database</a>.
 *
 * @param jdbc for the driver, without user and password
 * @param user of the URL; null if it has none
 * @param password of the URL; null if it has none
 */
record DatabaseUrl(
        String jdbc, @Nullable String user, @Nullable String password) {

    static final String RULE = "must be postgresql://HOST:PORT/DATABASE, or with more hosts"
            + " postgresql://HOST:PORT,HOST:PORT/DATABASE";

    private static final String PREFIX = "jdbc:postgresql://";

    private static final Pattern URL =
            Pattern.compile("(?:jdbc:)?postgres(?:ql)?://(?:(?<user>[^@/?]*)@)?(?<hosts>[^@/?#]+)/(?<database>[^@/?#]+)"
                    + "(?:\\?(?<query>[^#]*))?");

    private static final Pattern HOST =
            Pattern.compile("(?<name>[A-Za-z0-9._-]{1,253}|\\[[0-9a-fA-F:.]+\\])(?::(?<port>\\d{1,5}))?");

    /** Null if the text breaks {@link #RULE}. */
    static @Nullable DatabaseUrl parse(String text) {
        Matcher url = URL.matcher(text);
        if (!url.matches() || !Arrays.stream(url.group("hosts").split(",", -1)).allMatch(DatabaseUrl::isHost)) {
            return null;
        }
        try {
            String credentials = url.group("user");
            String user = null;
            String password = null;
            if (credentials != null && !credentials.isEmpty()) {
                int colon = credentials.indexOf(':');
                user = decode(colon < 0 ? credentials : credentials.substring(0, colon));
                password = colon < 0 ? null : decode(credentials.substring(colon + 1));
            }
            List<String> parameters = new ArrayList<>();
            for (String parameter : parameters(url.group("query"))) {
                String value = decode(parameter.substring(parameter.indexOf('=') + 1));
                switch (parameter.substring(0, Math.max(0, parameter.indexOf('=')))) {
                    case "user" -> user = value;
                    case "password" -> password = value;
                    default -> parameters.add(parameter);
                }
            }
            String query = parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
            return new DatabaseUrl(PREFIX + url.group("hosts") + "/" + url.group("database") + query, user, password);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isHost(String text) {
        Matcher host = HOST.matcher(text);
        return host.matches() && (host.group("port") == null || isPort(host.group("port")));
    }

    private static boolean isPort(String text) {
        int port = Integer.parseInt(text);
        return port > 0 && port <= 65535;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static List<String> parameters(@Nullable String query) {
        return query == null
                ? List.of()
                : Arrays.stream(query.split("&"))
                        .filter(parameter -> !parameter.isEmpty())
                        .toList();
    }

    /** The hosts of a driver's URL, without ports. */
    static List<String> hosts(String jdbc) {
        String rest = jdbc.substring(PREFIX.length());
        return Arrays.stream(rest.substring(0, rest.indexOf('/')).split(","))
                .map(host -> host.replaceFirst(":\\d{1,5}$", ""))
                .toList();
    }

    /** The name of the database in a driver's URL. */
    static String database(String jdbc) {
        return jdbc.substring(jdbc.indexOf('/', PREFIX.length()) + 1).replaceFirst("\\?.*", "");
    }

    /** A parameter of a driver's URL; null if it is not there. */
    static @Nullable String parameter(String jdbc, String name) {
        int query = jdbc.indexOf('?');
        return parameters(query < 0 ? null : jdbc.substring(query + 1)).stream()
                .filter(parameter -> parameter.startsWith(name + "="))
                .map(parameter -> decode(parameter.substring(name.length() + 1)))
                .reduce((first, last) -> last)
                .orElse(null);
    }

    /** The text without what may be a user or a password. Also for a text that breaks {@link #RULE}. */
    static String mask(String text) {
        int start = text.indexOf("://");
        if (start < 0) {
            return Secrets.MASK;
        }
        String rest = text.substring(start + 3);
        int at = rest.lastIndexOf('@');
        String shown = at < 0 ? rest : Secrets.MASK + rest.substring(at);
        int query = shown.indexOf('?');
        return text.substring(0, start + 3) + (query < 0 ? shown : shown.substring(0, query) + "?" + Secrets.MASK);
    }
}
