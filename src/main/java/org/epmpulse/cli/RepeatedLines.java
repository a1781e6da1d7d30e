package org.epmpulse.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.filter.AbstractFilter;
import org.epmpulse.threads.TimeSource;
import org.slf4j.LoggerFactory;

/**
 * Lets a warning or an error of Camel pass once a minute, if it is repeated with the same text, such as that of a source
 * that tries to connect twice a second. The next line says how often it came meanwhile. Thread-safe.
 */
final class RepeatedLines extends AbstractFilter {

    private static final String CAMEL = "org.apache.camel.";
    private static final long SECONDS = 60;

    /** Above this the text that came first is forgotten. */
    private static final int MAX_TEXTS = 200;

    private final TimeSource clock;
    private final Map<String, Repeated> texts = new LinkedHashMap<>();

    private static final class Repeated {
        private long since;
        private long count;
    }

    RepeatedLines(TimeSource clock) {
        this.clock = clock;
    }

    @Override
    public Result filter(LogEvent event) {
        if (!event.getLoggerName().startsWith(CAMEL) || !event.getLevel().isMoreSpecificThan(Level.WARN)) {
            return Result.NEUTRAL;
        }
        long repeated = count(event.getLoggerName() + ' ' + event.getMessage().getFormattedMessage());
        if (repeated > 0) {
            LoggerFactory.getLogger(RepeatedLines.class)
                    .warn("The next line came {} times in the last minute or longer", repeated);
        }
        return repeated < 0 ? Result.DENY : Result.NEUTRAL;
    }

    /** How often the text came since it was last logged; 0 if it was not, negative if it is not to be logged now. */
    private synchronized long count(String text) {
        long now = clock.steady().getEpochSecond();
        Repeated known = texts.get(text);
        if (known != null && now - known.since < SECONDS) {
            known.count++;
            return -1;
        }
        Repeated next = new Repeated();
        next.since = now;
        texts.put(text, next);
        if (texts.size() > MAX_TEXTS) {
            texts.remove(texts.keySet().iterator().next());
        }
        return known == null ? 0 : known.count;
    }
}
