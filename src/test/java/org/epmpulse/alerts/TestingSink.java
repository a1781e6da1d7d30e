package org.epmpulse.alerts;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.epmpulse.status.DomainId;

/** A sink with the channels of a test. */
final class TestingSink implements AlertSink {

    static final AlertLimits LIMITS = new AlertLimits(Duration.ofSeconds(1), Duration.ofMillis(250));

    final List<AlertChannel> channels = new ArrayList<>();
    final AtomicInteger prepared = new AtomicInteger();
    AlertLimits limits = LIMITS;

    /** A failure with the classification that the test chose. */
    static final class Failed extends RuntimeException {

        private static final long serialVersionUID = 1;

        final transient AlertFailure failure;

        Failed(AlertFailure failure) {
            super(failure.problem());
            this.failure = failure;
        }

        static Failed of(AlertFailure.Kind kind) {
            return new Failed(AlertFailure.of(kind, "sink response: " + kind));
        }
    }

    void add(String id, List<DomainId> domains) {
        channels.add(new AlertChannel(id, "name of " + id, domains));
    }

    @Override
    public String name() {
        return "The sink";
    }

    @Override
    public List<AlertChannel> channels() {
        return channels;
    }

    @Override
    public AlertLimits limits() {
        return limits;
    }

    @Override
    public void prepare() {
        prepared.incrementAndGet();
    }

    @Override
    public AlertFailure classify(Throwable failure) {
        return failure instanceof Failed failed
                ? failed.failure
                : AlertFailure.of(AlertFailure.Kind.UNEXPECTED, String.valueOf(failure.getMessage()));
    }
}
