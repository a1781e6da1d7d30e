package org.epmpulse.security;

import java.time.Duration;
import java.time.Instant;
import org.epmpulse.threads.TimeSource;

/** Two clocks that are advanced together by hand; the wall clock can also be set alone. */
public final class TestingClock implements TimeSource {

    private volatile Instant now = Instant.parse("2026-02-16T14:30:00Z");
    private volatile Instant steady = Instant.EPOCH;

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public Instant steady() {
        return steady;
    }

    /** Lets time pass. */
    public void advance(Duration by) {
        now = now.plus(by);
        steady = steady.plus(by);
    }

    /** Sets the wall clock, forward or back; no time passes. */
    public void set(Duration by) {
        now = now.plus(by);
    }
}
