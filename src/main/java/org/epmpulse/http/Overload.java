package org.epmpulse.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The errors of requests that are refused because of a limit of memory or of concurrent work. Counts them, and logs the
 * first of each reason at once, further ones together at most once a minute. Thread-safe.
 */
final class Overload {

    private static final Logger LOG = LogManager.getLogger(Overload.class);
    private static final long LOG_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Which limit was reached. */
    enum Reason {
        REPLIES(
                "Too many replies to this client have not been read. Read each reply, and retry.",
                "its unread replies use too much memory; its clients must read their replies",
                2),
        BODIES(
                "Too many large bodies are being sent. Retry, one batch after the other.",
                "its bodies that are being read use too much memory; it should send fewer batches at once",
                2),
        SCANS(
                "Too many requests with this key read the history or large lists at the same time. Retry later.",
                "too many requests read the history or large lists at the same time; they can be retried",
                5);

        private final String message;
        private final String logged;
        private final int retryAfterSeconds;

        Reason(String message, String logged, int retryAfterSeconds) {
            this.message = message;
            this.logged = logged;
            this.retryAfterSeconds = retryAfterSeconds;
        }
    }

    private static final class State {
        private final Counter counter;
        private boolean logged;
        private long lastLog;
        private long unlogged;

        State(Counter counter) {
            this.counter = counter;
        }
    }

    private final Map<Reason, State> states = new EnumMap<>(Reason.class);
    private final LongSupplier nanoClock;

    Overload(MeterRegistry meters) {
        this(meters, System::nanoTime);
    }

    Overload(MeterRegistry meters, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        for (Reason reason : Reason.values()) {
            states.put(
                    reason,
                    new State(Counter.builder("epmpulse.http.refused")
                            .description("Requests refused with 503 because of a limit of memory or concurrent work")
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(meters)));
        }
    }

    /** The error for a refused request of a holder. */
    ApiError error(Reason reason, Holder holder) {
        State state = states.get(reason);
        if (state != null) {
            state.counter.increment();
            log(reason, state, holder);
        }
        return new ApiError(ErrorCode.UNAVAILABLE, reason.message)
                .withHeader("Retry-After", Integer.toString(reason.retryAfterSeconds));
    }

    private synchronized void log(Reason reason, State state, Holder holder) {
        long now = nanoClock.getAsLong();
        if (state.logged && now - state.lastLog < LOG_INTERVAL_NANOS) {
            state.unlogged++;
            return;
        }
        String more = state.unlogged == 0 ? "" : " (" + state.unlogged + " more since the last such line)";
        LOG.warn("HTTP server: request of {} refused with 503{}: {}", holder.name(), more, reason.logged);
        state.logged = true;
        state.lastLog = now;
        state.unlogged = 0;
    }
}
