package org.epmpulse.epm.watch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Watch;
import org.epmpulse.epm.JobUrl;
import org.epmpulse.epm.Poll;

/**
 * An application of a watched environment, with the rules of all apps that are in it. Immutable.
 *
 * @param application its name in EPM
 * @param watch how its jobs are found
 */
public record WatchTarget(AppsConfig.Server server, String application, Watch watch, JobMatcher matcher) {

    /** All watched applications, in the file's order. */
    static List<WatchTarget> of(AppsConfig config) {
        return of(config, config.watchedServers());
    }

    /** The applications of these servers, which have {@code watch}. */
    static List<WatchTarget> of(AppsConfig config, List<AppsConfig.Server> servers) {
        List<WatchTarget> targets = new ArrayList<>();
        for (AppsConfig.Server server : servers) {
            Map<String, List<AppsConfig.App>> byApplication = new LinkedHashMap<>();
            for (AppsConfig.App app : config.apps().values()) {
                if (server.id().equals(app.server())) {
                    byApplication
                            .computeIfAbsent(JobUrl.application(server, app), ignored -> new ArrayList<>())
                            .add(app);
                }
            }
            Watch watch = Objects.requireNonNull(server.watch(), "a watched server");
            byApplication.forEach((application, apps) ->
                    targets.add(new WatchTarget(server, application, watch, new JobMatcher(apps))));
        }
        return targets;
    }

    /** Unique, and the same after a restart. */
    String id() {
        return server.id() + "/" + application;
    }

    /** In texts for people. */
    String name() {
        return server.application() == null ? server.id() + " (" + application + ")" : server.id();
    }

    /** A request for the state of a job. */
    Poll poll(String epmJobId) {
        return new Poll(server, application, epmJobId);
    }

    /** The same in every round, so that files do not accumulate in the environment. */
    String fileName() {
        return "EPMPulse_" + safe(server.id()) + "_" + safe(application) + ".zip";
    }

    /** The name of the document with the cursor. */
    String document() {
        return "watch/" + safe(server.id()) + "-" + Integer.toHexString(id().hashCode()) + ".json";
    }

    private static String safe(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "_");
    }
}
