package org.epmpulse.store.postgres;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.epmpulse.store.GroupLog;

/** Metrics of writing to the database. Thread-safe. */
final class SqlMetrics {

    private static final Duration[] BUCKETS = {
        Duration.ofNanos(250_000),
        Duration.ofMillis(1),
        Duration.ofMillis(4),
        Duration.ofMillis(16),
        Duration.ofMillis(64),
        Duration.ofMillis(256),
        Duration.ofSeconds(1),
        Duration.ofSeconds(4)
    };

    private final Timer commit;
    private final Timer lock;
    private final DistributionSummary groupSize;
    private final Counter written;
    private final Counter notWritten;
    private final Counter told;

    SqlMetrics(MeterRegistry meters) {
        commit = Timer.builder("epmpulse.journal.force")
                .description("Time to write a group of updates and to commit it")
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
        lock = Timer.builder("epmpulse.journal.lock")
                .description("Time to wait for the right to write, and to read what other nodes wrote")
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
        groupSize = DistributionSummary.builder("epmpulse.journal.group.size")
                .description("Updates committed together")
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
                .register(meters);
        written = unknown(meters, "written");
        notWritten = unknown(meters, "not_written");
        told = unknown(meters, "told");
    }

    static Counter blockersEnded(MeterRegistry meters) {
        return Counter.builder("epmpulse.blockers.ended")
                .description("Connections of nodes that hung while they held the right to write, and were ended")
                .register(meters);
    }

    private static Counter unknown(MeterRegistry meters, String result) {
        return Counter.builder("epmpulse.journal.unknown")
                .description("Commits without a confirmation, by what was found out, and replies that said so (told)")
                .tag("result", result)
                .register(meters);
    }

    Timer commit() {
        return commit;
    }

    Timer lock() {
        return lock;
    }

    void countGroup(int updates) {
        groupSize.record(updates);
    }

    void countSettled(GroupLog.End end) {
        (end == GroupLog.End.WRITTEN ? written : notWritten).increment();
    }

    /** Counts a reply that said that the end is unknown. */
    void countTold() {
        told.increment();
    }
}
