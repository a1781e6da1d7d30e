package org.epmpulse.sandbox;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The latest {@value #LIMIT} requests. Thread-safe. */
final class CallLog {

    static final int LIMIT = 10_000;

    private final InstantSource clock;
    private final RecentEntries<Line> lines = new RecentEntries<>(LIMIT);
    private int open;
    private int maxOpen;

    CallLog(InstantSource clock) {
        this.clock = clock;
    }

    synchronized void begin(Exchange exchange, String operation, @Nullable String subject) {
        Line line = new Line(new SandboxCall(operation, subject, clock.instant(), null, "pending"));
        lines.add(line);
        open++;
        maxOpen = Math.max(maxOpen, open);
        exchange.whenEnded(outcome -> end(line, outcome));
    }

    private synchronized void end(Line line, String outcome) {
        SandboxCall call = line.call;
        Instant now = clock.instant();
        line.call = new SandboxCall(call.operation(), call.subject(), call.received(), now, outcome);
        open--;
    }

    synchronized List<SandboxCall> all() {
        return lines.all().stream().map(line -> line.call).toList();
    }

    /** How many requests were under way at most at the same time. */
    synchronized int maxOpen() {
        return maxOpen;
    }

    private static final class Line {

        private SandboxCall call;

        private Line(SandboxCall call) {
            this.call = call;
        }
    }
}
