package org.epmpulse;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** What is logged as an error, or from another level on, until it is closed: the lines without their stacks. */
public final class RecordedErrors implements AutoCloseable {

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
    private final LoggerConfig root = context.getConfiguration().getRootLogger();
    /** log4j ignores a second appender of the same name. */
    private final AbstractAppender recorder =
            new AbstractAppender("recorded-errors-" + UUID.randomUUID(), null, null, true, Property.EMPTY_ARRAY) {
                @Override
                public void append(LogEvent event) {
                    if (event.getLoggerName().startsWith(loggers)) {
                        lines.add(event.getMessage().getFormattedMessage());
                    }
                }
            };

    private final String loggers;

    public RecordedErrors() {
        this("", Level.ERROR);
    }

    /** @param loggers only those whose name starts with this */
    public RecordedErrors(String loggers, Level level) {
        this.loggers = loggers;
        recorder.start();
        root.addAppender(recorder, level, null);
        context.updateLoggers();
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        root.removeAppender(recorder.getName());
        context.updateLoggers();
    }
}
