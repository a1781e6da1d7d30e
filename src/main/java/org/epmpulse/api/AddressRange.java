package org.epmpulse.api;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Internet addresses with the same first bits.
 *
 * @param prefix how many bits are the same
 */
record AddressRange(InetAddress network, int prefix) {

    /**
     * Reads an address or a CIDR range, IPv4 or IPv6.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        InetAddress network = parseAddress(slash < 0 ? text : text.substring(0, slash));
        if (network == null) {
            throw notARange(text);
        }
        int bits = network.getAddress().length * 8;
        if (slash < 0) {
            return new AddressRange(network, bits);
        }
        String prefix = text.substring(slash + 1);
        if (!prefix.matches("[0-9]{1,3}") || Integer.parseInt(prefix) > bits) {
            throw notARange(text);
        }
        return new AddressRange(network, Integer.parseInt(prefix));
    }

    /** The address a text names, without asking DNS; null if it names none. */
    static @Nullable InetAddress parseAddress(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        if (bytes == null) {
            return null;
        }
        try {
            // An IPv4 address that is written as IPv6 becomes the IPv4 address it is.
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    boolean contains(InetAddress address) {
        byte[] own = network.getAddress();
        byte[] other = address.getAddress();
        if (own.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((own[bit / 8] & mask) != (other[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static IllegalArgumentException notARange(String text) {
        return new IllegalArgumentException("a trusted proxy must be an address or a CIDR range, is " + text);
    }
}
