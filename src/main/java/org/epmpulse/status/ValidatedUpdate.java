package org.epmpulse.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An update that {@link UpdateValidator} accepted: its domain is configured and its texts are within their bounds.
 *
 * @param timestamp of the event by the sender's clock; null if the sender gave none
 * @param url https address of the job's log; null if the sender gave none
 * @param route id of the site's route that recorded it; null if none did
 */
public record ValidatedUpdate(
        DomainId id,
        Status status,
        @Nullable String jobId,
        @Nullable String message,
        @Nullable Instant timestamp,
        @Nullable String epmJobId,
        Source source,
        @Nullable String key,
        @Nullable String url,
        @Nullable String route)
        implements OrderedUpdate {

    /** An update of the API that says only this. */
    public static ValidatedUpdate of(
            DomainId id, Status status, @Nullable String jobId, @Nullable String message, @Nullable String key) {
        return new ValidatedUpdate(id, status, jobId, message, null, null, Source.API, key, null, null);
    }

    /** The timestamp, or the time of receipt without one. */
    Instant updated(Instant received) {
        return timestamp != null ? timestamp : received;
    }

    /** A copy without the timestamp. */
    ValidatedUpdate withoutTimestamp() {
        return withTimestamp(null);
    }

    /** A copy with this timestamp. */
    public ValidatedUpdate withTimestamp(@Nullable Instant newTimestamp) {
        return new ValidatedUpdate(id, status, jobId, message, newTimestamp, epmJobId, source, key, url, route);
    }

    /** A copy with other job ids. */
    public ValidatedUpdate withJob(@Nullable String newJobId, @Nullable String newEpmJobId) {
        return new ValidatedUpdate(id, status, newJobId, message, timestamp, newEpmJobId, source, key, url, route);
    }

    /** A copy with another address of the job's log. */
    public ValidatedUpdate withUrl(@Nullable String newUrl) {
        return new ValidatedUpdate(id, status, jobId, message, timestamp, epmJobId, source, key, newUrl, route);
    }
}
