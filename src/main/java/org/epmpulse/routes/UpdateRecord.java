package org.epmpulse.routes;

import org.apache.camel.dataformat.bindy.annotation.CsvRecord;
import org.apache.camel.dataformat.bindy.annotation.DataField;
import org.epmpulse.status.Source;
import org.epmpulse.status.StatusUpdate;
import org.jspecify.annotations.Nullable;

/**
 * An update as a bean, which {@code direct:status-record} accepts: for {@code unmarshal: bindy}, scripts and Java code of
 * a site. In CSV the first line has names, and every other line all eight fields in this order; empty ones are absent.
 * The fields are those of {@link StatusUpdate}. Not thread-safe.
 *
 * <p>camel-bindy is not shipped. Without it Java ignores the annotations.
 */
@CsvRecord(separator = ",", skipFirstLine = true)
public final class UpdateRecord {

    @DataField(pos = 1)
    private @Nullable String app;

    @DataField(pos = 2)
    private @Nullable String domain;

    @DataField(pos = 3)
    private @Nullable String status;

    @DataField(pos = 4)
    private @Nullable String jobId;

    @DataField(pos = 5)
    private @Nullable String message;

    @DataField(pos = 6)
    private @Nullable String timestamp;

    @DataField(pos = 7)
    private @Nullable String epmJobId;

    @DataField(pos = 8)
    private @Nullable String url;

    StatusUpdate update() {
        return new StatusUpdate(app, domain, status, jobId, message, timestamp, epmJobId, Source.SITE, null, url, null);
    }

    public @Nullable String getApp() {
        return app;
    }

    public void setApp(@Nullable String app) {
        this.app = app;
    }

    public @Nullable String getDomain() {
        return domain;
    }

    public void setDomain(@Nullable String domain) {
        this.domain = domain;
    }

    public @Nullable String getStatus() {
        return status;
    }

    public void setStatus(@Nullable String status) {
        this.status = status;
    }

    public @Nullable String getJobId() {
        return jobId;
    }

    public void setJobId(@Nullable String jobId) {
        this.jobId = jobId;
    }

    public @Nullable String getMessage() {
        return message;
    }

    public void setMessage(@Nullable String message) {
        this.message = message;
    }

    public @Nullable String getTimestamp() {
        return timestamp;
    }

    public void setTimestamp(@Nullable String timestamp) {
        this.timestamp = timestamp;
    }

    public @Nullable String getEpmJobId() {
        return epmJobId;
    }

    public void setEpmJobId(@Nullable String epmJobId) {
        this.epmJobId = epmJobId;
    }

    public @Nullable String getUrl() {
        return url;
    }

    public void setUrl(@Nullable String url) {
        this.url = url;
    }
}
