package org.epmpulse.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Parses the proxy variables of the environment and Java's properties into {@link ProxyRules}. Each property replaces
 * the variable of the same meaning. For one thread.
 *
 * <p>Of a variable in upper and in lower case the one in upper case is used, as in Go
 * (https://pkg.go.dev/golang.org/x/net/http/httpproxy).
 */
final class ProxyReader {

    private static final String RULE = "must be http://host:port or http://user:password@host:port, with special"
            + " characters of user and password percent-encoded; https and SOCKS proxies are not supported";

    private final Variables variables;
    private final Function<String, @Nullable String> properties;
    private final Problems problems;
    private final Map<Setting, SettingValue> shown = new EnumMap<>(Setting.class);

    /** @param properties values of Java's system properties; null if not set */
    ProxyReader(Variables variables, Function<String, @Nullable String> properties, Problems problems) {
        this.variables = variables;
        this.properties = properties;
        this.problems = problems;
    }

    ProxyRules read() {
        ProxyRules.Proxy https = ofVariable(Setting.HTTPS_PROXY);
        ProxyRules.Proxy http = ofVariable(Setting.HTTP_PROXY);
        DirectHosts direct = noProxy();
        ProxyRules.Proxy httpsProperty = ofProperty("https", 443);
        ProxyRules.Proxy httpProperty = ofProperty("http", 80);
        String nonProxyHosts = property("http.nonProxyHosts");
        return new ProxyRules(
                httpProperty == null ? http : httpProperty,
                httpsProperty == null ? https : httpsProperty,
                nonProxyHosts == null ? direct : DirectHosts.ofNonProxyHosts("-Dhttp.nonProxyHosts", nonProxyHosts));
    }

    /** The proxy settings with their values in effect; complete after {@link #read}. */
    Map<Setting, SettingValue> values() {
        return shown;
    }

    private DirectHosts noProxy() {
        String name = name(Setting.NO_PROXY);
        String text = variables.get(name);
        show(Setting.NO_PROXY, name, text);
        return text == null
                ? DirectHosts.NONE
                : DirectHosts.ofNoProxy(
                        name,
                        text,
                        entry -> problems.warning(
                                variables.where(name),
                                "\"" + entry + "\" matches no host, must be a name, an IP address, a range such as"
                                        + " 10.0.0.0/8 or *"));
    }

    /** The name in use: in lower case only if the one in upper case is not set. */
    private String name(Setting setting) {
        String lower = setting.name().toLowerCase(Locale.ROOT);
        return variables.get(setting.name()) == null && variables.get(lower) != null ? lower : setting.name();
    }

    private ProxyRules.@Nullable Proxy ofVariable(Setting setting) {
        String name = name(setting);
        String text = variables.get(name);
        ProxyRules.Proxy proxy = text == null ? null : parse(text, name);
        if (text != null && proxy == null) {
            problems.error(variables.where(name), RULE);
        }
        show(setting, name, text == null ? null : proxy == null ? "(invalid)" : proxy.toString());
        return proxy;
    }

    private void show(Setting setting, String name, @Nullable String text) {
        shown.put(setting, new SettingValue(setting, text == null ? "-" : text, variables.origin(name)));
    }

    /** Null if the text is not the address of an HTTP proxy. Without a port, port 80. */
    private static ProxyRules.@Nullable Proxy parse(String text, String source) {
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            boolean plain = "http".equalsIgnoreCase(uri.getScheme())
                    && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
            String host = uri.getHost();
            int port = uri.getPort() < 0 ? 80 : uri.getPort();
            if (!plain || host == null || port == 0 || port > 65535) {
                return null;
            }
            String userInfo = uri.getRawUserInfo();
            int colon = userInfo == null ? -1 : userInfo.indexOf(':');
            String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
            return userInfo == null || userInfo.isEmpty()
                    ? new ProxyRules.Proxy(bare, port, null, null, source)
                    : new ProxyRules.Proxy(
                            bare,
                            port,
                            decode(colon < 0 ? userInfo : userInfo.substring(0, colon)),
                            decode(colon < 0 ? "" : userInfo.substring(colon + 1)),
                            source);
        } catch (URISyntaxException | IllegalArgumentException e) {
            return null;
        }
    }

    /** Decodes {@code %41}; a plus sign is no blank. */
    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private ProxyRules.@Nullable Proxy ofProperty(String scheme, int defaultPort) {
        String hostName = scheme + ".proxyHost";
        String host = property(hostName);
        if (host == null) {
            return null;
        }
        String portName = scheme + ".proxyPort";
        String portText = property(portName);
        int port = portText == null ? defaultPort : portText.matches("\\d{1,5}") ? Integer.parseInt(portText) : 0;
        if (port < 1 || port > 65535) {
            problems.error("-D" + portName, "must be a number from 1 to 65535");
            return null;
        }
        ProxyRules.Proxy proxy = parse(
                "http://" + (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host), "-D" + hostName);
        if (proxy == null || proxy.user() != null) {
            problems.error("-D" + hostName, "must be a host name or an IP address");
            return null;
        }
        String user = property(scheme + ".proxyUser");
        String password = property(scheme + ".proxyPassword");
        return new ProxyRules.Proxy(
                proxy.host(), port, user, user == null ? null : password == null ? "" : password, "-D" + hostName);
    }

    private @Nullable String property(String name) {
        String value = properties.apply(name);
        return value == null || value.isBlank() ? null : value.strip();
    }
}
