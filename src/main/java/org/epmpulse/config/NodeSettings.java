package org.epmpulse.config;

import java.time.Duration;

/**
 * This process as one of several nodes that share a database. Immutable.
 *
 * @param name shown in the log, in health and in replies; unique among the nodes
 * @param shared whether it uses a database that other nodes may use, too; false with files
 * @param stopDelay how long requests are still accepted after the request to stop, from 0 to {@link #MAX_STOP_DELAY}
 */
public record NodeSettings(String name, boolean shared, Duration stopDelay) {

    /** The longest stop delay. */
    static final Duration MAX_STOP_DELAY = Duration.ofMinutes(5);
}
