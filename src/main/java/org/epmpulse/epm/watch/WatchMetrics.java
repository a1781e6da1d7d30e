package org.epmpulse.epm.watch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The rounds of a watched application, and the jobs of its latest list. Thread-safe. */
final class WatchMetrics {

    private final Counter complete;
    private final Counter unavailable;
    private final Counter failed;
    private final AtomicInteger matching = new AtomicInteger();
    private final AtomicInteger unmatched = new AtomicInteger();

    WatchMetrics(WatchTarget target, MeterRegistry meters) {
        complete = rounds(target, "complete", meters);
        unavailable = rounds(target, "unavailable", meters);
        failed = rounds(target, "failed", meters);
        jobs(target, "yes", matching, meters);
        jobs(target, "no", unmatched, meters);
    }

    private static Counter rounds(WatchTarget target, String result, MeterRegistry meters) {
        return Counter.builder("epmpulse.watch.rounds")
                .description("Rounds of looking for jobs that nobody posts")
                .tag("server", target.server().id())
                .tag("application", target.application())
                .tag("result", result)
                .register(meters);
    }

    private static void jobs(WatchTarget target, String matched, AtomicInteger count, MeterRegistry meters) {
        Gauge.builder("epmpulse.watch.jobs", count, AtomicInteger::get)
                .description("Jobs in the latest list of a watched environment, by whether a rule matches them")
                .tag("server", target.server().id())
                .tag("application", target.application())
                .tag("matched", matched)
                .strongReference(true)
                .register(meters);
    }

    /** @param problem as in the schedule: null if complete, empty if the environment is unavailable */
    void count(@Nullable String problem) {
        (problem == null ? complete : problem.isEmpty() ? unavailable : failed).increment();
    }

    void list(JobList list) {
        matching.set(list.matching().size());
        unmatched.set(list.unmatched());
    }
}
