package org.epmpulse.security;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that is advanced by hand. */
public final class TestingClock implements InstantSource {

    private volatile Instant now = Instant.parse("2026-02-16T14:30:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    public void advance(Duration by) {
        now = now.plus(by);
    }
}
