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

    /** An update that no route of the site recorded. */
    public ValidatedUpdate(
            DomainId id,
            Status status,
            @Nullable String jobId,
            @Nullable String message,
            @Nullable Instant timestamp,
            @Nullable String epmJobId,
            Source source,
            @Nullable String key,
            @Nullable String url) {
        this(id, status, jobId, message, timestamp, epmJobId, source, key, url, null);
    }

    /** An update without the address of a log. */
    public ValidatedUpdate(
            DomainId id,
            Status status,
            @Nullable String jobId,
            @Nullable String message,
            @Nullable Instant timestamp,
            @Nullable String epmJobId,
            Source source,
            @Nullable String key) {
        this(id, status, jobId, message, timestamp, epmJobId, source, key, null);
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
    ValidatedUpdate withJob(@Nullable String newJobId, @Nullable String newEpmJobId) {
        return new ValidatedUpdate(id, status, newJobId, message, timestamp, newEpmJobId, source, key, url, route);
    }

    /** A copy with another address of the job's log. */
    ValidatedUpdate withUrl(@Nullable String newUrl) {
        return new ValidatedUpdate(id, status, jobId, message, timestamp, epmJobId, source, key, newUrl, route);
    }
}
