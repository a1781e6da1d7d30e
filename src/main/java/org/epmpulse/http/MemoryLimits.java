package org.epmpulse.http;

import io.netty.util.internal.PlatformDependent;
import java.time.Duration;

/**
 * How much memory requests may use at the same time, as shares of the memory of this process. Immutable.
 *
 * <p>With {@code -Xmx192m} the parts sum up to about 55 MB of 192 MB, and a parsed body needs up to four times its size.
 *
 * @param replies unsent bytes of replies
 * @param bodies bytes of bodies above 16 KiB, from their announcement to the reply
 * @param smallBodies bytes of other bodies; separate, so that single updates are accepted beside large batches
 * @param bodyTimeout in which a body must arrive, and a client must receive a reply plus the same time for each 8 MiB
 * @param scanWait how long a scan waits before it is rejected
 */
record MemoryLimits(
        ByteBudget.Limits replies,
        ByteBudget.Limits bodies,
        ByteBudget.Limits smallBodies,
        Duration bodyTimeout,
        Duration scanWait) {

    private static final long MIB = 1 << 20;
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration SCAN_WAIT = Duration.ofSeconds(5);

    /** For the heap and the direct memory that this process may use. */
    static MemoryLimits ofThisProcess() {
        return of(Math.min(Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory()));
    }

    /** @param memory in bytes */
    static MemoryLimits of(long memory) {
        long replies = Math.max(8 * MIB, memory / 6);
        long bodies = Math.max(4 * MIB, memory / 16);
        long smallBodies = Math.max(MIB, memory / 32);
        return new MemoryLimits(
                new ByteBudget.Limits(replies, replies / 4, replies / 4, replies / 8),
                new ByteBudget.Limits(bodies, bodies / 2, bodies / 4, bodies / 4),
                new ByteBudget.Limits(smallBodies, smallBodies / 2, smallBodies / 4, smallBodies / 4),
                BODY_TIMEOUT,
                SCAN_WAIT);
    }

    MemoryLimits withBodyTimeout(Duration timeout) {
        return new MemoryLimits(replies, bodies, smallBodies, timeout, scanWait);
    }

    MemoryLimits withScanWait(Duration wait) {
        return new MemoryLimits(replies, bodies, smallBodies, bodyTimeout, wait);
    }
}
