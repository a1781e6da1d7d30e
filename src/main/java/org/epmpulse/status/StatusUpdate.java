package org.epmpulse.status;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A status as it was sent, not yet validated: the body of {@code direct:status-record}.
 *
 * <p>A route can unmarshal JSON of the shape of {@code POST /api/v1/status} into it. {@code source}, {@code key} and
 * {@code route} are never taken from JSON.
 *
 * @param app id of a configured application
 * @param domain id of one of its domains; may be null if the application has only one
 * @param status one of {@link Status#labels()}
 * @param jobId the sender's id of the job, at most 100 characters; null if there is none
 * @param message for people, at most 200 characters; null if there is none
 * @param timestamp time of the event, ISO 8601, no zone means UTC; null, and a time before 2000, mean the
 *     time of receipt
 * @param epmJobId id of the job in the EPM environment; null means {@code jobId} if that has the form of one, and none
 *     if the source is {@link Source#EPM}
 * @param source origin of the update
 * @param key name of the sender's API key; null if it did not come over HTTP
 * @param url https address of the job's log, at most 500 characters; null if there is none
 * @param route id of the site's route that recorded it; null if none did
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record StatusUpdate(
        @Nullable String app,
        @Nullable String domain,
        @Nullable String status,
        @Nullable String jobId,
        @Nullable String message,
        @Nullable String timestamp,
        @Nullable String epmJobId,
        Source source,
        @Nullable String key,
        @Nullable String url,
        @Nullable String route) {

    /** What EPM says of a domain. */
    public static StatusUpdate ofEpm(
            DomainId id,
            Status status,
            @Nullable String jobId,
            @Nullable String message,
            @Nullable String timestamp,
            @Nullable String epmJobId) {
        return new StatusUpdate(
                id.app(),
                id.domain(),
                status.label(),
                jobId,
                message,
                timestamp,
                epmJobId,
                Source.EPM,
                null,
                null,
                null);
    }

    /** This update with the source, the key and the route of another one. */
    public StatusUpdate withOrigin(StatusUpdate other) {
        return new StatusUpdate(
                app, domain, status, jobId, message, timestamp, epmJobId, other.source, other.key, url, other.route);
    }

    /** Creates an update from JSON, as a route of the site does; {@link #fromSite} adds its origin. */
    @JsonCreator
    public static StatusUpdate of(
            @JsonProperty("app") @Nullable String app,
            @JsonProperty("domain") @Nullable String domain,
            @JsonProperty("status") @Nullable String status,
            @JsonProperty("job_id") @Nullable String jobId,
            @JsonProperty("message") @Nullable String message,
            @JsonProperty("timestamp") @Nullable String timestamp,
            @JsonProperty("epm_job_id") @Nullable String epmJobId,
            @JsonProperty("url") @Nullable String url) {
        return new StatusUpdate(app, domain, status, jobId, message, timestamp, epmJobId, Source.API, null, url, null);
    }

    /** An update of the API without a key that says only this. */
    public static StatusUpdate of(
            @Nullable String app,
            @Nullable String domain,
            @Nullable String status,
            @Nullable String jobId,
            @Nullable String message) {
        return of(app, domain, status, jobId, message, null, null, null);
    }

    /** A copy with values of a batch for what the update does not say itself. */
    public StatusUpdate withDefaults(@Nullable String batchJobId, @Nullable String batchTimestamp) {
        return new StatusUpdate(
                app,
                domain,
                status,
                jobId != null ? jobId : batchJobId,
                message,
                timestamp != null ? timestamp : batchTimestamp,
                epmJobId,
                source,
                key,
                url,
                route);
    }

    /**
     * A copy of the source {@link Source#SITE}.
     *
     * @param siteRoute id of the route in which the message began
     * @param callerKey name of the key of the HTTP request that the route has received; null if it has received none
     */
    public StatusUpdate fromSite(@Nullable String siteRoute, @Nullable String callerKey) {
        return new StatusUpdate(
                app, domain, status, jobId, message, timestamp, epmJobId, Source.SITE, callerKey, url, siteRoute);
    }
}
