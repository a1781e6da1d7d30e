package org.epmpulse.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** The recorded calls and rule violations of the simulated workspace's clients. Thread-safe, bounded. */
final class SlackRecords {

    private static final int MAX_VIOLATIONS = 1_000;

    private final InstantSource clock;
    private final CallLog calls;
    private final RecentEntries<Violation> violations = new RecentEntries<>(MAX_VIOLATIONS);

    SlackRecords(InstantSource clock) {
        this.clock = clock;
        this.calls = new CallLog(clock);
    }

    CallLog calls() {
        return calls;
    }

    void add(Violation violation) {
        violations.add(violation);
    }

    List<Violation> violations() {
        return violations.all();
    }

    /** Calls of {@code canvases.edit} in the last minute, including refused ones. */
    long editsInLastMinute() {
        Instant from = clock.instant().minus(Duration.ofMinutes(1));
        return calls.all().stream()
                .filter(call -> call.operation().equals("canvases.edit"))
                .filter(call -> call.received().isAfter(from))
                .count();
    }
}
