package org.epmpulse.security;

import java.net.InetAddress;
import java.util.List;
import org.epmpulse.config.AddressRange;
import org.jspecify.annotations.Nullable;

/** The proxies whose {@code X-Forwarded-For} is used. Immutable. */
public final class TrustedProxies {

    /** Only proxies on this machine. */
    public static final TrustedProxies LOOPBACK = new TrustedProxies(AddressRange.LOOPBACK);

    private final List<AddressRange> ranges;

    public TrustedProxies(List<AddressRange> ranges) {
        this.ranges = List.copyOf(ranges);
    }

    /**
     * The address of the client: the peer or, if the peer is a trusted proxy, the last entry of {@code X-Forwarded-For}
     * that is not a trusted proxy. Entries before an invalid entry are ignored.
     *
     * @param peer address of the other end of the connection
     * @param forwardedFor the values of the header in their order
     */
    public String client(String peer, List<String> forwardedFor) {
        InetAddress client = forwardedFor.isEmpty() ? null : AddressRange.address(peer);
        if (client == null) {
            return peer;
        }
        String[] entries = String.join(",", forwardedFor).split(",");
        for (int i = entries.length - 1; i >= 0 && trusts(client); i--) {
            InetAddress entry = entry(entries[i].strip());
            if (entry == null) {
                break;
            }
            client = entry;
        }
        return client.getHostAddress();
    }

    /** Whether this is the address of a trusted proxy. */
    public boolean trusts(InetAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    /** Some proxies add the port: {@code 192.0.2.1:4711}, {@code [2001:db8::1]:4711}. */
    private static @Nullable InetAddress entry(String text) {
        String address = text;
        int bracket = text.indexOf(']');
        if (text.startsWith("[") && bracket > 0) {
            address = text.substring(1, bracket);
        } else if (text.indexOf(':') > 0 && text.indexOf(':') == text.lastIndexOf(':')) {
            address = text.substring(0, text.indexOf(':'));
        }
        return AddressRange.address(address);
    }
}
