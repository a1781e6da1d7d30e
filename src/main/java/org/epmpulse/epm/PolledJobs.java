package org.epmpulse.epm;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.jspecify.annotations.Nullable;

/** The jobs that the board shows as running, in polled environments. Guarded by {@link PollSchedule}. */
final class PolledJobs {

    private final AppsConfig config;
    private final Map<String, EnvironmentState> environments;
    private final Set<String> watched;
    private final Map<Poll, PolledJob> jobs = new LinkedHashMap<>();

    /** @param environments by server id */
    PolledJobs(AppsConfig config, Map<String, EnvironmentState> environments) {
        this.config = config;
        this.environments = environments;
        this.watched =
                config.watchedServers().stream().map(AppsConfig.Server::id).collect(Collectors.toUnmodifiableSet());
    }

    Collection<PolledJob> all() {
        return jobs.values();
    }

    /** Null if the job is no longer running. */
    @Nullable
    PolledJob get(Poll poll) {
        return jobs.get(poll);
    }

    /** Reads the running jobs from the board. */
    void refresh(Board board) {
        jobs.values().forEach(job -> job.domains().clear());
        for (AppsConfig.App app : config.apps().values()) {
            EnvironmentState environment = app.server() == null ? null : environments.get(app.server());
            if (environment == null) {
                continue;
            }
            for (String domain : app.domains()) {
                DomainId id = new DomainId(app.id(), domain);
                DomainStatus status = board.of(id);
                String epmJobId = PolledJob.runningJob(status);
                if (epmJobId != null) {
                    Poll poll = new Poll(environment.server(), JobUrl.application(environment.server(), app), epmJobId);
                    jobs.computeIfAbsent(poll, PolledJob::new).domains().put(id, status);
                }
            }
        }
        jobs.values().removeIf(job -> job.domains().isEmpty());
        for (EnvironmentState environment : environments.values()) {
            // It is no longer polled, so its state is no longer known, unless it is watched.
            if (!watched.contains(environment.server().id())
                    && jobs.keySet().stream().noneMatch(poll -> poll.server().equals(environment.server()))) {
                environment.clearOutage();
            }
        }
    }
}
