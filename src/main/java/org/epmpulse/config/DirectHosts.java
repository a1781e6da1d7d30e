package org.epmpulse.config;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Hosts that are called without a proxy. Never uses DNS. Immutable. */
final class DirectHosts {

    static final DirectHosts NONE = new DirectHosts("", List.of());

    private static final Pattern SEPARATOR = Pattern.compile("[,\\s]+");
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_-]+(?:\\.[\\p{L}\\p{N}_-]+)*");
    private static final Pattern WITH_PORT = Pattern.compile("(\\[[^]]*]|[^:\\[\\]]*):(\\d{1,5})");

    private final String source;
    private final List<BiPredicate<String, Integer>> rules;

    private DirectHosts(String source, List<BiPredicate<String, Integer>> rules) {
        this.source = source;
        this.rules = List.copyOf(rules);
    }

    /**
     * Parses a list as curl does (https://everything.curl.dev/usingcurl/proxies/env.html): entries are separated by
     * commas or blanks. A name matches itself and its subdomains, with or without a leading dot or {@code *.}; an IP
     * address or a range such as {@code 10.0.0.0/8} matches addresses; {@code *} matches all hosts; {@code :port}
     * restricts an entry to a port.
     *
     * @param source name of the variable
     * @param invalid gets each entry that matches nothing
     */
    static DirectHosts ofNoProxy(String source, String text, Consumer<String> invalid) {
        List<BiPredicate<String, Integer>> rules = new ArrayList<>();
        for (String entry : SEPARATOR.split(text.strip())) {
            BiPredicate<String, Integer> rule = entry.isEmpty() ? null : rule(entry);
            if (rule != null) {
                rules.add(rule);
            } else if (!entry.isEmpty()) {
                invalid.accept(entry);
            }
        }
        return new DirectHosts(source, rules);
    }

    private static @Nullable BiPredicate<String, Integer> rule(String entry) {
        if (entry.equals("*")) {
            return (host, port) -> true;
        }
        if (entry.contains("/")) {
            AddressRange range = AddressRange.parse(withoutBrackets(entry));
            return range == null ? null : (host, port) -> contains(range, host);
        }
        Matcher withPort = WITH_PORT.matcher(entry);
        if (withPort.matches()) {
            BiPredicate<String, Integer> rule = hostRule(withPort.group(1));
            int only = Integer.parseInt(withPort.group(2));
            return rule == null ? null : (host, port) -> port == only && rule.test(host, port);
        }
        return hostRule(entry);
    }

    private static @Nullable BiPredicate<String, Integer> hostRule(String text) {
        AddressRange address = AddressRange.parse(withoutBrackets(text));
        if (address != null) {
            return (host, port) -> contains(address, host);
        }
        String name = text.toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "").replaceFirst("\\.$", "");
        return NAME.matcher(name).matches() ? (host, port) -> host.equals(name) || host.endsWith("." + name) : null;
    }

    /** An IPv6 address, which may be the start of a range, without its brackets. */
    private static String withoutBrackets(String text) {
        return text.replaceFirst("^\\[([^\\[\\]]*)]", "$1");
    }

    private static boolean contains(AddressRange range, String host) {
        InetAddress address = AddressRange.address(host);
        return address != null && range.contains(address);
    }

    /**
     * Parses the Java property {@code http.nonProxyHosts}: patterns separated by {@code |}, in which {@code *} stands
     * for any text (https://docs.oracle.com/en/java/javase/17/core/java-networking.html).
     */
    static DirectHosts ofNonProxyHosts(String source, String text) {
        return new DirectHosts(
                source,
                Arrays.stream(text.split("\\|"))
                        .map(String::strip)
                        .filter(pattern -> !pattern.isEmpty())
                        .map(DirectHosts::wildcard)
                        .toList());
    }

    private static BiPredicate<String, Integer> wildcard(String pattern) {
        Pattern regex = Pattern.compile(
                Arrays.stream(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
                Pattern.CASE_INSENSITIVE);
        return (host, port) ->
                regex.matcher(host).matches() || regex.matcher("[" + host + "]").matches();
    }

    /** The name of the variable or property; empty if there is none. */
    String source() {
        return source;
    }

    /** @param host in lower case, without brackets */
    boolean contain(String host, int port) {
        return rules.stream().anyMatch(rule -> rule.test(host, port));
    }

    @Override
    public String toString() {
        return Objects.toString(source) + " " + rules.size();
    }
}
