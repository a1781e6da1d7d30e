package org.epmpulse.config;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which outgoing calls use a proxy, for every client of the program. Calls to this host never do. Never uses DNS.
 * Immutable; its text holds no secret.
 */
public final class ProxyRules {

    /** No call uses a proxy. */
    public static final ProxyRules DIRECT = new ProxyRules(null, null, DirectHosts.NONE);

    private static final AddressRange ANY_IPV4 = Objects.requireNonNull(AddressRange.parse("0.0.0.0"));
    private static final AddressRange ANY_IPV6 = Objects.requireNonNull(AddressRange.parse("::"));

    /**
     * An HTTP proxy.
     *
     * @param host an IPv6 address without brackets
     * @param user for Basic authentication; null if the proxy needs none
     * @param password null if there is no user
     * @param source the variable or Java property that names the proxy
     */
    public record Proxy(
            String host,
            int port,
            @Nullable String user,
            @Nullable String password,
            String source) {

        /** Host and port, for messages. */
        public String address() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }

        /** The URL with {@code ***} for user and password. */
        @Override
        public String toString() {
            return "http://" + (user == null ? "" : Secrets.MASK + "@") + address();
        }
    }

    private final @Nullable Proxy forHttp;
    private final @Nullable Proxy forHttps;
    private final DirectHosts direct;

    /**
     * @param forHttp for http URLs; null for none
     * @param forHttps for https URLs; null for none
     * @param direct hosts that are called without a proxy
     */
    ProxyRules(@Nullable Proxy forHttp, @Nullable Proxy forHttps, DirectHosts direct) {
        this.forHttp = forHttp;
        this.forHttps = forHttps;
        this.direct = direct;
    }

    /** The proxies of an environment and of Java's properties, for a program that reads no other setting. */
    public static ProxyRules ofEnvironment(Map<String, String> environment) {
        return new ProxyReader(Variables.of(environment, Map.of()), System::getProperty, new Problems()).read();
    }

    /**
     * The proxy of calls to a URL; null if they are direct.
     *
     * @param target an absolute http or https URL, of which only scheme, host and port count
     */
    public @Nullable Proxy proxyFor(URI target) {
        Proxy proxy = byScheme(target);
        return proxy == null || isThisHost(host(target)) || direct.contain(host(target), port(target)) ? null : proxy;
    }

    /** How a URL is called, for people: the proxy and its source, or {@code direct} with the reason. */
    public String describe(URI target) {
        Proxy proxy = proxyFor(target);
        if (proxy != null) {
            return "proxy " + proxy + " (" + proxy.source() + ")";
        }
        if (byScheme(target) == null) {
            return "direct";
        }
        return isThisHost(host(target)) ? "direct (this host)" : "direct (" + direct.source() + ")";
    }

    private @Nullable Proxy byScheme(URI target) {
        return isHttps(target) ? forHttps : forHttp;
    }

    /** The passwords of the proxies, plain and as they are written in a URL. */
    Set<String> secrets() {
        Set<String> secrets = new LinkedHashSet<>();
        Stream.of(forHttp, forHttps)
                .filter(Objects::nonNull)
                .map(Proxy::password)
                .filter(Objects::nonNull)
                .forEach(password -> {
                    secrets.add(password);
                    secrets.add(URLEncoder.encode(password, StandardCharsets.UTF_8));
                });
        return secrets;
    }

    private static boolean isHttps(URI target) {
        return "https".equalsIgnoreCase(target.getScheme());
    }

    /** In lower case, without a trailing dot and without the brackets of an IPv6 address. */
    private static String host(URI target) {
        String host = Objects.requireNonNullElse(target.getHost(), "").toLowerCase(Locale.ROOT);
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
    }

    private static int port(URI target) {
        return target.getPort() >= 0 ? target.getPort() : isHttps(target) ? 443 : 80;
    }

    private static boolean isThisHost(String host) {
        var address = AddressRange.address(host);
        return AddressRange.isLoopback(host)
                || host.endsWith(".localhost")
                || (address != null && (ANY_IPV4.contains(address) || ANY_IPV6.contains(address)));
    }

    @Override
    public String toString() {
        return "ProxyRules[http " + forHttp + ", https " + forHttps + "]";
    }
}
