package org.epmpulse.routes;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.epmpulse.threads.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the failures of routes, one line each. Of equal ones only the first is logged, then a line a minute with their
 * number. Texts that differ only in numbers are equal. Thread-safe.
 */
final class FailureLog {

    private static final Logger LOG = LoggerFactory.getLogger(RouteFailures.class);

    private static final Duration INTERVAL = Duration.ofMinutes(1);

    /** Above this the failure that came first is forgotten. */
    private static final int MAX_FAILURES = 500;

    private static final Pattern NUMBERS = Pattern.compile("[0-9A-Fa-f-]*[0-9][0-9A-Fa-f-]*");

    private final TimeSource clock;

    private final Map<String, Repeated> failures = new LinkedHashMap<>();

    private static final class Repeated {
        private Instant logged;
        private long more;

        private Repeated(Instant logged) {
            this.logged = logged;
        }
    }

    FailureLog(TimeSource clock) {
        this.clock = clock;
    }

    /**
     * A failure.
     *
     * @param where file, route and step
     * @param what such as {@code processing failed}
     */
    void failed(String where, String what, Throwable failure) {
        String cause = RouteFiles.singleLine(failure);
        long more = count(where + ": " + what + ": " + NUMBERS.matcher(cause).replaceAll("#"));
        if (more == 0) {
            LOG.error("{}: {}: {}", where, what, cause);
        } else if (more > 0) {
            LOG.error("{}: {}: {}; {} times since the last line", where, what, cause, more);
        }
    }

    /** Number of failures since the last line; 0 for the first one, negative if nothing is to be logged. */
    private synchronized long count(String failure) {
        Instant now = clock.steady();
        Repeated known = failures.get(failure);
        if (known == null) {
            failures.put(failure, new Repeated(now));
            if (failures.size() > MAX_FAILURES) {
                failures.remove(failures.keySet().iterator().next());
            }
            return 0;
        }
        known.more++;
        if (now.isBefore(known.logged.plus(INTERVAL))) {
            return -1;
        }
        long more = known.more;
        known.logged = now;
        known.more = 0;
        return more > 1 ? more : 0;
    }
}
