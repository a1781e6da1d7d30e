package org.epmpulse.sandbox;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The latest {@value #LIMIT} requests. Thread-safe. */
final class CallLog {

    static final int LIMIT = 10_000;

    private final InstantSource clock;
    private final RecentEntries<LoggedCall> log = new RecentEntries<>(LIMIT);
    private int inFlight;
    private int maxInFlight;

    CallLog(InstantSource clock) {
        this.clock = clock;
    }

    synchronized void begin(Exchange exchange, String operation, @Nullable String subject) {
        LoggedCall logged = new LoggedCall(new SandboxCall(operation, subject, clock.instant(), null, "pending"));
        log.add(logged);
        inFlight++;
        maxInFlight = Math.max(maxInFlight, inFlight);
        exchange.whenEnded(outcome -> end(logged, outcome));
    }

    private synchronized void end(LoggedCall logged, String outcome) {
        SandboxCall call = logged.call;
        Instant now = clock.instant();
        logged.call = new SandboxCall(call.operation(), call.subject(), call.received(), now, outcome);
        inFlight--;
    }

    synchronized List<SandboxCall> all() {
        return log.all().stream().map(logged -> logged.call).toList();
    }

    /** The largest number of simultaneous requests. */
    synchronized int maxInFlight() {
        return maxInFlight;
    }

    private static final class LoggedCall {

        private SandboxCall call;

        private LoggedCall(SandboxCall call) {
            this.call = call;
        }
    }
}
