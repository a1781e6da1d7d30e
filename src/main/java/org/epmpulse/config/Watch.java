package org.epmpulse.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/**
 * How jobs that nobody posts are found in an environment. Immutable.
 *
 * @param interval from the start of one round to the start of the next, at least {@link #MIN_INTERVAL}
 * @param maxAge how long ago a job may have ended that no round has seen running
 * @param columns headers that are not one of the known ones, by column
 * @param locations of Data Integration whose rules are read, for {@link Source#RULES}
 * @param report the report on tasks; null except for {@link Source#REPORT}
 */
public record Watch(
        Source source,
        Duration interval,
        Duration maxAge,
        Map<Column, String> columns,
        List<Integer> locations,
        @Nullable Report report) {

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
        return new Watch(Source.CONSOLE, DEFAULT_INTERVAL, DEFAULT_MAX_AGE, Map.of(), List.of(), null);
    }

    /** Where the jobs of an environment are listed. */
    public enum Source {
        /** The job console of Planning and the products like it, by the documented job Export Job Console. */
        CONSOLE,
        /** Experimental: requests the ids above the highest known one. */
        IDS,
        /** Experimental: the latest job of each rule of Data Integration. */
        RULES,
        /** Experimental: the tasks of Task Manager, by a report. */
        REPORT;

        /** The value of {@code watch.source} in apps.json. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether it builds on requests that Oracle does not document. */
        public boolean experimental() {
            return this != CONSOLE;
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

    /**
     * A report of Task Manager.
     *
     * @param group the name of its report group
     * @param parameters of the report, such as the period; may be empty
     * @param statuses what the words of the column for the status mean, beside the usual ones
     */
    public record Report(String group, String name, Map<String, String> parameters, Map<String, Status> statuses) {

        public Report {
            parameters = Map.copyOf(parameters);
            statuses = Map.copyOf(statuses);
        }
    }
}
