package org.epmpulse.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How jobs that nobody posts are found in an environment. Immutable.
 *
 * @param interval from the start of one round to the start of the next, at least {@link #MIN_INTERVAL}
 * @param maxAge how long ago a job may have ended that no round has seen running
 * @param columns headers that are not one of the known ones, by column
 * @param locations of Data Integration whose rules are read, for {@link Source#RULES}
 */
public record Watch(
        Source source, Duration interval, Duration maxAge, Map<Column, String> columns, List<Integer> locations) {

    /** Each round of a console leaves a row in it. */
    public static final Duration MIN_INTERVAL = Duration.ofMinutes(2);

    static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(5);
    static final Duration MAX_INTERVAL = Duration.ofHours(12);
    static final Duration DEFAULT_MAX_AGE = Duration.ofHours(24);

    /** The console can be exported for at most 60 days. */
    static final Duration LARGEST_MAX_AGE = Duration.ofDays(60);

    public Watch {
        columns = Map.copyOf(columns);
        locations = List.copyOf(locations);
    }

    /** By the job console, with the defaults. */
    public static Watch ofConsole() {
        return new Watch(Source.CONSOLE, DEFAULT_INTERVAL, DEFAULT_MAX_AGE, Map.of(), List.of());
    }

    /** Where the jobs of an environment are listed. */
    public enum Source {
        /** The job console of Planning and the products like it, by the documented job Export Job Console. */
        CONSOLE,
        /** Experimental: requests the ids above the highest known one. */
        IDS,
        /** Experimental: the latest job of each rule of Data Integration. */
        RULES;

        /** The value of {@code watch.source} in apps.json. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether it builds on requests that Oracle does not document. */
        public boolean experimental() {
            return this == IDS || this == RULES;
        }

        static List<String> ids() {
            return Arrays.stream(values()).map(Source::id).toList();
        }
    }

    /** A column of an exported list. */
    public enum Column {
        ID,
        NAME,
        TYPE,
        STATUS,
        USER,
        START,
        END;

        /** The key in {@code watch.columns} of apps.json. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
