package org.epmpulse.threads;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The two times of the service. {@link #instant} is the wall clock: it is for people, for the journal and for other
 * programs, and it may be set in both directions. {@link #steady} is for everything that waits, expires or is due.
 * Implementations are thread-safe.
 */
@FunctionalInterface
public interface TimeSource extends InstantSource {

    /**
     * A time that never goes back and that nobody can set. Only the difference of two of them has a meaning, within one
     * process. By default the wall clock, for a source that is never set.
     */
    default Instant steady() {
        return instant();
    }

    /** {@link #steady} as the only time, for a class that needs no other. */
    default InstantSource steadySource() {
        return this::steady;
    }

    /** The clocks of the system; the steady one is {@link System#nanoTime}. */
    static TimeSource system() {
        long start = System.nanoTime();
        return new TimeSource() {
            @Override
            public Instant instant() {
                return Instant.now();
            }

            @Override
            public Instant steady() {
                // Far from the wall clock, so that a mistake between the two is noticed.
                return Instant.EPOCH.plusNanos(System.nanoTime() - start);
            }
        };
    }
}
