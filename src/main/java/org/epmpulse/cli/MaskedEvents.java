package org.epmpulse.cli;

import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Marker;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.impl.DefaultLogEventFactory;
import org.apache.logging.log4j.core.impl.LogEventFactory;
import org.apache.logging.log4j.message.Message;
import org.apache.logging.log4j.message.SimpleMessage;
import org.epmpulse.config.MaskedText;
import org.jspecify.annotations.Nullable;

/** Creates the lines of the log with masked secrets, for all loggers and formats. Thread-safe. */
final class MaskedEvents implements LogEventFactory {

    private final LogEventFactory events = DefaultLogEventFactory.getInstance();

    @Override
    public LogEvent createEvent(
            String logger,
            @Nullable Marker marker,
            String caller,
            Level level,
            Message message,
            @Nullable List<Property> properties,
            @Nullable Throwable failure) {
        return events.createEvent(
                logger, marker, caller, level, mask(message), properties, MaskedException.of(failure));
    }

    @Override
    public LogEvent createEvent(
            String logger,
            @Nullable Marker marker,
            String caller,
            @Nullable StackTraceElement location,
            Level level,
            Message message,
            @Nullable List<Property> properties,
            @Nullable Throwable failure) {
        return events.createEvent(
                logger, marker, caller, location, level, mask(message), properties, MaskedException.of(failure));
    }

    private static Message mask(Message message) {
        String text = message.getFormattedMessage();
        String masked = MaskedText.of(text);
        return masked.equals(text) ? message : new SimpleMessage(masked);
    }
}
