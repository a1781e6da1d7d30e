package org.epmpulse.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A range of IP addresses such as {@code 10.0.0.0/8}. Never uses DNS.
 *
 * @param address any address of the range
 * @param bits length of the prefix that is compared, from 0
 */
public record AddressRange(InetAddress address, int bits) {

    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
    private static final Pattern IPV4 = Pattern.compile("(?:" + OCTET + "\\.){3}" + OCTET);
    private static final Pattern IPV6 = Pattern.compile("(?=[^%]*:)([0-9a-fA-F:][0-9a-fA-F:.]*)(?:%.*)?");

    /** No zone: it is valid on this machine only. */
    private static final Pattern RANGE = Pattern.compile("([^/%]+)(?:/(\\d{1,3}))?");

    /** The loopback addresses. */
    public static final List<AddressRange> LOOPBACK =
            Stream.of("127.0.0.0/8", "::1").map(AddressRange::parse).toList();

    /** Parses a single address or {@code address/bits}; null if the text is neither. */
    public static @Nullable AddressRange parse(String text) {
        Matcher range = RANGE.matcher(text);
        InetAddress address = range.matches() ? address(range.group(1)) : null;
        if (address == null) {
            return null;
        }
        int all = address.getAddress().length * 8;
        int bits = range.group(2) == null ? all : Integer.parseInt(range.group(2));
        return bits > all ? null : new AddressRange(address, bits);
    }

    /** Parses a literal IP address, an IPv6 one with or without brackets, and drops a zone; null for a host name. */
    public static @Nullable InetAddress address(String text) {
        String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        Matcher ipv6 = IPV6.matcher(bare);
        if (!IPV4.matcher(bare).matches() && !ipv6.matches()) {
            return null;
        }
        try {
            // Converts an IPv4-mapped IPv6 address to IPv4.
            return InetAddress.getByName(ipv6.matches() ? ipv6.group(1) : bare);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** Whether a configured host is this machine: {@code 127.0.0.0/8}, {@code ::1} or {@code localhost}. */
    static boolean isLoopback(String host) {
        InetAddress address = address(host);
        return host.equalsIgnoreCase("localhost")
                || (address != null && LOOPBACK.stream().anyMatch(range -> range.contains(address)));
    }

    /** A range of IPv6 addresses contains no IPv4 address, and vice versa. */
    public boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if (((mine[bit / 8] ^ theirs[bit / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + bits;
    }
}
