package org.epmpulse;

import java.util.Locale;
import org.epmpulse.config.LogFormat;
import org.epmpulse.config.LogLevel;
import org.epmpulse.config.Settings;

/** Tells log4j2.xml what the settings say; to be called before the first logger is made. */
final class Logging {

    private Logging() {}

    static void configure(Settings settings) {
        LogLevel level = settings.logLevel();
        System.setProperty("epmpulse.log.level", level.name());
        // What the libraries do is of interest only to somebody who looks for a fault.
        LogLevel libraries = level == LogLevel.INFO ? LogLevel.WARN : level;
        System.setProperty("epmpulse.log.library-level", libraries.name());
        LogFormat format = settings.logFormat();
        System.setProperty("epmpulse.log.format", format.name().toLowerCase(Locale.ROOT));
    }

    /** For commands that print their result. */
    static void silence() {
        System.setProperty("epmpulse.log.level", "OFF");
        System.setProperty("epmpulse.log.library-level", "OFF");
    }
}
