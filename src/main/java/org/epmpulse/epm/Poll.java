package org.epmpulse.epm;

import java.net.URI;
import org.epmpulse.config.AppsConfig;

/**
 * A request to EPM for a job's status: the body of {@code direct:epm-call}.
 *
 * @param application the application's name in EPM
 * @param epmJobId digits, or a UUID for Enterprise Data Management
 * @param forResult whether to request the result of a completed job of Enterprise Data Management
 */
public record Poll(AppsConfig.Server server, String application, String epmJobId, boolean forResult) {

    /** A request for the job's state. */
    public Poll(AppsConfig.Server server, String application, String epmJobId) {
        this(server, application, epmJobId, false);
    }

    /** The request that must follow {@link JobState.ResultPending}. */
    public Poll resultPoll() {
        return new Poll(server, application, epmJobId, true);
    }

    /** The URL of the request. */
    public URI url() {
        URI url = JobUrl.of(server, application, epmJobId);
        return forResult ? URI.create(url + "/result") : url;
    }
}
