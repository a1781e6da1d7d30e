package org.epmpulse.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.epmpulse.http.Reply;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/** Reports the health of the service: {@code GET /api/v1/health}. Calls no other service. Thread-safe. */
public final class HealthReplies {

    private static final String ERROR = "error: ";

    private record Health(String status, Map<String, @Nullable String> checks) {}

    private final StatusStore store;
    private final Supplier<String> slack;
    private final Supplier<String> epm;
    private final Supplier<@Nullable String> keysProblem;
    private final Supplier<@Nullable String> threadsProblem;

    /**
     * @param slack state of Slack; with {@code error: …} the service is degraded
     * @param epm state of EPM; with {@code error: …} the service is degraded
     * @param keysProblem why the keys file cannot be used; null if it can
     * @param threadsProblem which thread of the service failed; null if none did
     */
    public HealthReplies(
            StatusStore store,
            Supplier<String> slack,
            Supplier<String> epm,
            Supplier<@Nullable String> keysProblem,
            Supplier<@Nullable String> threadsProblem) {
        this.store = store;
        this.slack = slack;
        this.epm = epm;
        this.keysProblem = keysProblem;
        this.threadsProblem = threadsProblem;
    }

    public Reply show() {
        Map<String, @Nullable String> checks = new LinkedHashMap<>();
        String storeProblem = store.problem();
        checks.put("state_file", storeProblem == null ? "ok" : ERROR + storeProblem);
        checks.put("slack_api", slack.get());
        checks.put("epm_api", epm.get());
        String threads = threadsProblem.get();
        if (threads != null) {
            checks.put("threads", ERROR + threads);
        }
        addProblems(checks);
        boolean degraded = checks.values().stream().anyMatch(check -> check != null && check.startsWith(ERROR));
        var lastUpdated = store.board().lastUpdated();
        checks.put("last_update", lastUpdated == null ? null : lastUpdated.toString());
        if (storeProblem != null || threads != null) {
            return Reply.of(503, new Health("unhealthy", checks));
        }
        return Reply.of(200, new Health(degraded ? "degraded" : "healthy", checks));
    }

    /** Adds checks that appear only with an error, because version 1.0 did not have them. */
    private void addProblems(Map<String, @Nullable String> checks) {
        String keys = keysProblem.get();
        if (keys != null) {
            checks.put("keys_file", ERROR + keys);
        }
        int quarantined = store.quarantined();
        if (quarantined > 0) {
            checks.put(
                    "quarantine",
                    ERROR + quarantined + (quarantined == 1 ? " damaged piece" : " damaged pieces")
                            + " in the folder quarantine; read the reasons, then delete them");
        }
    }
}
