package org.epmpulse.cli;

import org.apache.logging.log4j.LogManager;
import org.epmpulse.config.LogFormat;
import org.epmpulse.config.LogLevel;
import org.epmpulse.config.Settings;

/** Tells Log4j what the settings say; to be called before the first logger is made. */
public final class Logging {

    private Logging() {}

    /** Follows the settings. */
    public static void configure(Settings settings) {
        LogLevel level = settings.logLevel();
        System.setProperty("epmpulse.log.level", level.name());
        System.setProperty("epmpulse.log.access-level", level.name());
        System.setProperty("epmpulse.log.library-level", libraries(level).name());
        if (level == LogLevel.DEBUG || level == LogLevel.TRACE) {
            // RouteFailures tells of it in a line; the stack is for somebody who looks for a fault.
            System.setProperty("epmpulse.log.stack-level", LogLevel.ERROR.name());
        }
        if (settings.logFormat() == LogFormat.JSON) {
            System.setProperty("log4j2.configurationFile", "classpath:log4j2-json.xml");
        }
    }

    /**
     * What the libraries do is of interest only to somebody who looks for a fault; and at TRACE Camel tells every header
     * and every result of a bean, which are credentials at times.
     */
    private static LogLevel libraries(LogLevel level) {
        return switch (level) {
            case INFO -> LogLevel.WARN;
            case TRACE -> LogLevel.DEBUG;
            default -> level;
        };
    }

    /** For a demo, whose console belongs to who looks at it. */
    public static void withoutAccessLog() {
        System.setProperty("epmpulse.log.access-level", "OFF");
    }

    /** Writes what is not yet written; to be called at the very end. */
    public static void close() {
        LogManager.shutdown();
    }

    /** For commands that print their result. */
    static void silence() {
        System.setProperty("epmpulse.log.level", "OFF");
        System.setProperty("epmpulse.log.library-level", "OFF");
    }
}
