package org.epmpulse.threads;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Two clocks of a test.
 *
 * @param passed the steady time
 * @param set by how much the wall clock was set: it shows {@code passed} and this
 */
public record TestingTime(Supplier<Instant> passed, Supplier<Duration> set) implements TimeSource {

    @Override
    public Instant instant() {
        return passed.get().plus(set.get());
    }

    @Override
    public Instant steady() {
        return passed.get();
    }
}
