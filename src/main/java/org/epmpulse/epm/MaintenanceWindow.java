package org.epmpulse.epm;

import static org.epmpulse.epm.EpmJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The daily maintenance of an environment, which takes up to an hour (Getting Started with Oracle Enterprise Performance
 * Management Cloud: daily maintenance). Immutable.
 */
public record MaintenanceWindow(LocalTime start, ZoneId zone) {

    /** Below {@code base_url}; without parameters the time is in UTC. */
    static final String PATH = "/interop/rest/v2/maintenance/getdailymaintenancestarttime";

    private static final Duration LENGTH = Duration.ofHours(1);

    /** Hours and perhaps minutes, perhaps with a time zone. */
    private static final Pattern START = Pattern.compile("([01]?\\d|2[0-3])(?::([0-5]\\d)(?::[0-5]\\d)?)?(?: (\\S+))?");

    /**
     * Reads a response (REST APIs for Oracle Fusion Cloud EPM: lcm_get_build_version_and_maintenance_time_v2.html).
     *
     * @return null if it has no valid time
     */
    static @Nullable MaintenanceWindow of(JsonNode response) {
        JsonNode item = response.path("items").path(0);
        String start = text(item, "amwTime");
        if (start == null) {
            return null;
        }
        Matcher parts = START.matcher(start);
        if (!parts.matches()) {
            return null;
        }
        String zone = parts.group(3) == null ? text(item, "timeZone") : parts.group(3);
        try {
            int minute = parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2));
            return new MaintenanceWindow(
                    LocalTime.of(Integer.parseInt(parts.group(1)), minute),
                    zone == null ? ZoneOffset.UTC : ZoneId.of(zone));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Whether the maintenance may be running: from its start for an hour, every day. */
    boolean contains(Instant time) {
        return end(time) != null;
    }

    /** When the maintenance that may be running at this time ends; null if none is. */
    @Nullable
    Instant end(Instant time) {
        ZonedDateTime local = time.atZone(zone);
        ZonedDateTime today = local.with(start);
        ZonedDateTime latest = today.isAfter(local) ? today.minusDays(1) : today;
        Instant end = latest.toInstant().plus(LENGTH);
        return time.isBefore(end) ? end : null;
    }
}
