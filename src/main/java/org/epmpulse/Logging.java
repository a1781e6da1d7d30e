package org.epmpulse;

import org.epmpulse.config.LogFormat;
import org.epmpulse.config.LogLevel;
import org.epmpulse.config.Settings;

/** Tells Log4j what the settings say; to be called before the first logger is made. */
final class Logging {

    private Logging() {}

    static void configure(Settings settings) {
        LogLevel level = settings.logLevel();
        System.setProperty("epmpulse.log.level", level.name());
        // What the libraries do is of interest only to somebody who looks for a fault.
        LogLevel libraries = level == LogLevel.INFO ? LogLevel.WARN : level;
        System.setProperty("epmpulse.log.library-level", libraries.name());
        if (settings.logFormat() == LogFormat.JSON) {
            System.setProperty("log4j2.configurationFile", "classpath:log4j2-json.xml");
        }
    }

    /** For commands that print their result. */
    static void silence() {
        System.setProperty("epmpulse.log.level", "OFF");
        System.setProperty("epmpulse.log.library-level", "OFF");
    }
}
