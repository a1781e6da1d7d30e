package org.epmpulse.epm;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;

/**
 * What polling knows beside the statuses: why a domain stays as it is, and how the environments are. Guarded by {@link
 * PollSchedule}, except {@link #remarks} and {@link #onChanged}, which are thread-safe.
 */
final class PollNotes {

    private final AppsConfig config;
    private final Map<String, EnvironmentState> pods;
    private volatile DomainNotes remarks = DomainNotes.NONE;
    private volatile Runnable listener = () -> {};

    /** @param pods by the id of their server */
    PollNotes(AppsConfig config, Map<String, EnvironmentState> pods) {
        this.config = config;
        this.pods = pods;
    }

    /** Another object whenever they change. */
    DomainNotes remarks() {
        return remarks;
    }

    /** Sets who is notified of other remarks; replaces the listener before. */
    void onChanged(Runnable newListener) {
        listener = newListener;
    }

    /** Makes the remarks anew; the same object as long as they are the same. */
    void update(Collection<PolledJob> jobs, Instant now) {
        DomainNotes current = new DomainNotes(reasons(jobs, now), outages());
        if (!current.equals(remarks)) {
            remarks = current;
            listener.run();
        }
    }

    private Map<DomainId, String> reasons(Collection<PolledJob> jobs, Instant now) {
        Duration maxDuration = config.pull().maxDuration();
        Map<DomainId, String> reasons = new HashMap<>();
        for (PolledJob job : jobs) {
            EnvironmentState pod = pods.get(job.poll().server().id());
            EnvironmentState.Trouble trouble = pod == null ? null : pod.trouble();
            String reason = trouble == null ? job.reason(maxDuration, now) : trouble.sentence();
            if (reason != null) {
                job.domains().keySet().forEach(id -> reasons.put(id, reason));
            }
        }
        return reasons;
    }

    private Map<String, String> outages() {
        Map<String, String> outages = new HashMap<>();
        for (AppsConfig.App app : config.apps().values()) {
            EnvironmentState pod = app.server() == null ? null : pods.get(app.server());
            EnvironmentState.Trouble trouble = pod == null ? null : pod.trouble();
            if (trouble != null) {
                outages.put(app.id(), trouble.sentence());
            }
        }
        return outages;
    }

    /** How EPM is, as health shows it. */
    String health() {
        if (pods.isEmpty()) {
            return "not_configured";
        }
        for (EnvironmentState pod : pods.values()) {
            EnvironmentState.Trouble trouble = pod.trouble();
            if (trouble != null) {
                Instant since = trouble.since().truncatedTo(ChronoUnit.SECONDS);
                return "error: " + pod.server().id() + ": " + trouble.what() + " since " + since + ": " + trouble.why();
            }
        }
        return pods.values().stream().anyMatch(EnvironmentState::contacted) ? "ok" : "not_contacted";
    }
}
