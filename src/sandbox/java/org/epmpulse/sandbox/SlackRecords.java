package org.epmpulse.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** What the simulated workspace remembers of its clients. Thread-safe, bounded. */
final class SlackRecords {

    private static final int VIOLATIONS_KEPT = 1_000;

    private final InstantSource clock;
    private final CallLog calls;
    private final RecentEntries<Violation> violations = new RecentEntries<>(VIOLATIONS_KEPT);

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

    /** Edits that Slack was asked for in the last minute. */
    long editsInLastMinute() {
        Instant from = clock.instant().minus(Duration.ofMinutes(1));
        return calls.all().stream()
                .filter(call -> call.operation().equals("canvases.edit"))
                .filter(call -> call.received().isAfter(from))
                .count();
    }
}
