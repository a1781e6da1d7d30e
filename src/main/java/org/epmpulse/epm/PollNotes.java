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
 * The notes that polling adds to the board: why a domain's status does not change, and which environments have an
 * outage. Guarded by {@link PollSchedule}, except {@link #current} and {@link #onChanged}, which are thread-safe.
 */
final class PollNotes {

    private final AppsConfig config;
    private final Map<String, EnvironmentState> environments;
    private volatile DomainNotes current = DomainNotes.NONE;
    private volatile Runnable listener = () -> {};

    /** @param environments by server id */
    PollNotes(AppsConfig config, Map<String, EnvironmentState> environments) {
        this.config = config;
        this.environments = environments;
    }

    /** A new object whenever the notes change. */
    DomainNotes current() {
        return current;
    }

    /** Sets the listener that is called when the notes change; it replaces the previous one. */
    void onChanged(Runnable newListener) {
        listener = newListener;
    }

    /** Renders the notes; keeps the object if they are equal. */
    void update(Collection<PolledJob> jobs) {
        DomainNotes updated = new DomainNotes(reasons(jobs), outages());
        if (!updated.equals(current)) {
            current = updated;
            listener.run();
        }
    }

    private Map<DomainId, String> reasons(Collection<PolledJob> jobs) {
        Duration maxDuration = config.pull().maxDuration();
        Map<DomainId, String> reasons = new HashMap<>();
        for (PolledJob job : jobs) {
            EnvironmentState environment = environments.get(job.poll().server().id());
            EnvironmentState.Outage outage = environment == null ? null : environment.outage();
            String reason = outage == null ? job.reason(maxDuration) : outage.sentence();
            if (reason != null) {
                job.domains().keySet().forEach(id -> reasons.put(id, reason));
            }
        }
        return reasons;
    }

    private Map<String, String> outages() {
        Map<String, String> outages = new HashMap<>();
        for (AppsConfig.App app : config.apps().values()) {
            EnvironmentState environment = app.server() == null ? null : environments.get(app.server());
            EnvironmentState.Outage outage = environment == null ? null : environment.outage();
            String problem = environment == null ? null : environment.watchProblem();
            if (outage != null) {
                outages.put(app.id(), outage.sentence());
            } else if (problem != null && !app.jobs().isEmpty()) {
                outages.put(app.id(), problem);
            }
        }
        return outages;
    }

    /** EPM's state, as the health endpoint shows it. */
    String health() {
        if (environments.isEmpty()) {
            return "not_configured";
        }
        for (EnvironmentState environment : environments.values()) {
            EnvironmentState.Outage outage = environment.outage();
            if (outage != null) {
                Instant since = outage.since().truncatedTo(ChronoUnit.SECONDS);
                return "error: " + environment.server().id() + ": " + outage.summary() + " since " + since + ": "
                        + outage.cause();
            }
            if (environment.watchProblem() != null) {
                return "error: " + environment.server().id() + ": " + environment.watchProblem();
            }
        }
        return environments.values().stream().anyMatch(EnvironmentState::contacted) ? "ok" : "not_contacted";
    }
}
