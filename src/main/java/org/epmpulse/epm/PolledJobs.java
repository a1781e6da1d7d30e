package org.epmpulse.epm;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.jspecify.annotations.Nullable;

/** The jobs that run according to the board, on environments that are polled. Guarded by {@link PollSchedule}. */
final class PolledJobs {

    private final AppsConfig config;
    private final Map<String, EnvironmentState> pods;
    private final Map<Poll, PolledJob> jobs = new LinkedHashMap<>();

    /** @param pods by the id of their server */
    PolledJobs(AppsConfig config, Map<String, EnvironmentState> pods) {
        this.config = config;
        this.pods = pods;
    }

    Collection<PolledJob> all() {
        return jobs.values();
    }

    /** Null if it does not run any more. */
    @Nullable
    PolledJob get(Poll poll) {
        return jobs.get(poll);
    }

    /** Reads from the board what runs. */
    void follow(Board board) {
        jobs.values().forEach(job -> job.domains().clear());
        for (AppsConfig.App app : config.apps().values()) {
            EnvironmentState pod = app.server() == null ? null : pods.get(app.server());
            if (pod == null) {
                continue;
            }
            for (String domain : app.domains()) {
                DomainId id = new DomainId(app.id(), domain);
                DomainStatus status = board.of(id);
                String epmJobId = PolledJob.runningJob(status);
                if (epmJobId != null) {
                    Poll poll = new Poll(pod.server(), application(pod.server(), app), epmJobId);
                    jobs.computeIfAbsent(poll, PolledJob::new).domains().put(id, status);
                }
            }
        }
        jobs.values().removeIf(job -> job.domains().isEmpty());
        for (EnvironmentState pod : pods.values()) {
            // Nobody asks it any more, so nobody knows how it is.
            if (jobs.keySet().stream().noneMatch(poll -> poll.server().equals(pod.server()))) {
                pod.clear();
            }
        }
    }

    private static String application(AppsConfig.Server server, AppsConfig.App app) {
        return server.application() == null ? app.id() : server.application();
    }
}
