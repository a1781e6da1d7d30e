package org.epmpulse.security;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.epmpulse.config.AddressRange;
import org.jspecify.annotations.Nullable;

/**
 * Counts invalid keys for each client address, to limit brute-force attacks. Thread-safe.
 *
 * <p>An IPv6 client owns a whole /64 network, so a /64 network counts as one address. Only the
 * {@value #MAX_ADDRESSES} addresses with the latest invalid key are stored.
 */
public final class InvalidKeyCounts {

    public static final int PER_MINUTE = 20;
    static final int MAX_ADDRESSES = 10_000;

    private static final Duration WINDOW = Duration.ofMinutes(1);

    private record Count(Instant since, int invalid) {}

    private final InstantSource steady;
    private final Map<String, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    /** @param steady a clock that is never set */
    public InvalidKeyCounts(InstantSource steady) {
        this.steady = steady;
    }

    /**
     * Counts an invalid key.
     *
     * @return null while the address is below its limit; else the time until its next attempt is allowed
     */
    public synchronized @Nullable Duration add(String address) {
        Instant now = steady.instant();
        String network = network(address);
        Count count = counts.get(network);
        if (count == null || !now.isBefore(count.since().plus(WINDOW))) {
            count = new Count(now, 0);
        }
        if (count.invalid() == PER_MINUTE) {
            return Duration.between(now, count.since().plus(WINDOW));
        }
        counts.put(network, new Count(count.since(), count.invalid() + 1));
        return null;
    }

    synchronized int size() {
        return counts.size();
    }

    private static String network(String address) {
        InetAddress parsed = AddressRange.address(address);
        return parsed instanceof Inet6Address
                ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), 8))
                : address;
    }
}
