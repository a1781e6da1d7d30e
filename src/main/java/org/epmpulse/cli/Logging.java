package org.epmpulse.cli;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.epmpulse.config.LogFormat;
import org.epmpulse.config.LogLevel;
import org.epmpulse.config.Settings;
import org.epmpulse.threads.TimeSource;

/** Configures Log4j. To be called before the first logger is created. */
public final class Logging {

    private static final String ACCESS = "org.epmpulse.access";

    private Logging() {}

    /** Applies the settings. */
    public static void configure(Settings settings) {
        LogLevel level = settings.logLevel();
        System.setProperty("epmpulse.log.level", level.name());
        System.setProperty("epmpulse.log.access-level", level.name());
        System.setProperty("epmpulse.log.library-level", libraries(level).name());
        if (level == LogLevel.DEBUG || level == LogLevel.TRACE) {
            // RouteFailures logs one line for a failure; the stack trace is only for debugging.
            System.setProperty("epmpulse.log.stack-level", LogLevel.ERROR.name());
        }
        if (settings.node().shared()) {
            System.setProperty("epmpulse.log.node", settings.node().name());
        }
        if (settings.logFormat() == LogFormat.JSON) {
            System.setProperty("log4j2.configurationFile", "classpath:log4j2-json.xml");
        }
    }

    /**
     * Libraries log less than the service: their messages are only for debugging, and at TRACE Camel logs all headers
     * and bean results, which may be credentials.
     */
    private static LogLevel libraries(LogLevel level) {
        return switch (level) {
            case INFO -> LogLevel.WARN;
            case TRACE -> LogLevel.DEBUG;
            default -> level;
        };
    }

    /**
     * Masks secrets of addresses in all lines but those of the access log, which has none, and lets repeated lines of
     * Camel pass once a minute. May be called several times.
     */
    public static void protect() {
        LoggerContext context = (LoggerContext) LogManager.getContext(false);
        LoggerConfig root = context.getConfiguration().getRootLogger();
        if (root.getLogEventFactory() instanceof MaskedEvents) {
            return;
        }
        MaskedEvents masked = new MaskedEvents();
        context.getConfiguration().getLoggers().forEach((name, logger) -> {
            if (!name.startsWith(ACCESS)) {
                logger.setLogEventFactory(masked);
            }
        });
        root.addFilter(new RepeatedLines(TimeSource.system()));
    }

    /** Keeps the console of a demo readable. */
    public static void withoutAccessLog() {
        System.setProperty("epmpulse.log.access-level", "OFF");
    }

    /** Writes buffered lines. To be called last, when the process stops. */
    public static void close() {
        LogManager.shutdown();
    }

    /** Turns the log off for commands that print their result. */
    static void silence() {
        System.setProperty("epmpulse.log.level", "OFF");
        System.setProperty("epmpulse.log.library-level", "OFF");
    }
}
