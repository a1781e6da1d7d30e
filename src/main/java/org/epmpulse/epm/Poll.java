package org.epmpulse.epm;

import java.net.URI;
import org.epmpulse.config.AppsConfig;

/**
 * A question about a job: the body of {@code direct:epm-call}.
 *
 * @param application its name in EPM
 * @param epmJobId digits, or a UUID for Enterprise Data Management
 * @param forResult whether to ask for what a completed job of Enterprise Data Management led to
 */
public record Poll(AppsConfig.Server server, String application, String epmJobId, boolean forResult) {

    /** Asks how the job is. */
    public Poll(AppsConfig.Server server, String application, String epmJobId) {
        this(server, application, epmJobId, false);
    }

    /** The question that follows {@link JobState.Completed}. */
    public Poll ofResult() {
        return new Poll(server, application, epmJobId, true);
    }

    /** Where to ask. */
    public URI address() {
        URI address = JobUrl.of(server, application, epmJobId);
        return forResult ? URI.create(address + "/result") : address;
    }
}
