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

/** Records the log until it is closed. */
public final class RecordedLog implements AutoCloseable {

    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
    private final LoggerConfig root = context.getConfiguration().getRootLogger();
    private final Level before = root.getLevel();
    private final Recorder recorder = new Recorder();
    private final String loggers;

    private record Line(String message, String withLoggerAndFailure) {}

    /** Records all levels. */
    public RecordedLog() {
        this(Level.ALL);
    }

    /** @param level the lowest level that is recorded */
    public RecordedLog(Level level) {
        this("", level);
    }

    /**
     * Records a part of the log.
     *
     * @param loggers only those whose name starts with this
     * @param level the lowest level that is recorded
     */
    public RecordedLog(String loggers, Level level) {
        this.loggers = loggers;
        recorder.start();
        root.addAppender(recorder, level, null);
        if (before.isMoreSpecificThan(level)) {
            root.setLevel(level);
        }
        context.updateLoggers();
    }

    /** The lines with the name of their logger and their exception. */
    public List<String> lines() {
        return lines.stream().map(Line::withLoggerAndFailure).toList();
    }

    /** The lines without their logger and their exception. */
    public List<String> messages() {
        return lines.stream().map(Line::message).toList();
    }

    @Override
    public void close() {
        root.removeAppender(recorder.getName());
        root.setLevel(before);
        context.updateLoggers();
    }

    private final class Recorder extends AbstractAppender {

        Recorder() {
            // log4j ignores a second appender of the same name.
            super("recorded-" + UUID.randomUUID(), null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            if (event.getLoggerName().startsWith(loggers)) {
                String message = event.getMessage().getFormattedMessage();
                lines.add(new Line(message, event.getLoggerName() + " " + message + " " + event.getThrown()));
            }
        }
    }
}
