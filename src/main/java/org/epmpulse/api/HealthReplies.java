package org.epmpulse.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.epmpulse.cluster.Nodes;
import org.epmpulse.config.SharedConfiguration;
import org.epmpulse.http.Reply;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/** Reports the health of the service: {@code GET /api/v1/health}. Calls no other service. Thread-safe. */
public final class HealthReplies {

    private static final String ERROR = "error: ";

    private record Health(
            String status,
            Map<String, @Nullable String> checks,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> nodes) {}

    private final StatusStore store;
    private final Supplier<String> slack;
    private final Supplier<String> epm;
    private final Supplier<@Nullable String> slackSocket;
    private final Supplier<@Nullable String> alertsProblem;
    private final Supplier<@Nullable String> keysProblem;
    private final Supplier<@Nullable String> routesProblem;
    private final Supplier<@Nullable String> threadsProblem;
    private final Nodes nodes;

    /** Without a socket for commands in Slack and routes of the site; see the other constructor. */
    public HealthReplies(
            StatusStore store,
            Supplier<String> slack,
            Supplier<String> epm,
            Supplier<@Nullable String> alertsProblem,
            Supplier<@Nullable String> keysProblem,
            Supplier<@Nullable String> threadsProblem,
            Nodes nodes) {
        this(store, slack, epm, () -> null, alertsProblem, keysProblem, () -> null, threadsProblem, nodes);
    }

    /**
     * @param slack state of Slack; with {@code error: …} the service is degraded
     * @param epm state of EPM; with {@code error: …} the service is degraded
     * @param slackSocket state of the socket for commands in Slack; with {@code error: …} the service is degraded; null
     *     if there is none
     * @param alertsProblem why alerts are not sent, beside those to Slack; null if they are
     * @param keysProblem why the keys file cannot be used; null if it can
     * @param routesProblem which routes of the site fail, and since when; null if none does
     * @param threadsProblem which thread of the service failed; null if none did
     * @param nodes those that share the database; if they differ, the service is degraded
     */
    public HealthReplies(
            StatusStore store,
            Supplier<String> slack,
            Supplier<String> epm,
            Supplier<@Nullable String> slackSocket,
            Supplier<@Nullable String> alertsProblem,
            Supplier<@Nullable String> keysProblem,
            Supplier<@Nullable String> routesProblem,
            Supplier<@Nullable String> threadsProblem,
            Nodes nodes) {
        this.store = store;
        this.slack = slack;
        this.epm = epm;
        this.slackSocket = slackSocket;
        this.alertsProblem = alertsProblem;
        this.keysProblem = keysProblem;
        this.routesProblem = routesProblem;
        this.threadsProblem = threadsProblem;
        this.nodes = nodes;
    }

    public Reply show() {
        Map<String, @Nullable String> checks = new LinkedHashMap<>();
        String storeProblem = store.problem();
        // A state file that alone is behind the journal costs no update: the service is only degraded.
        checks.put("state_file", state(storeProblem == null ? store.stateFileProblem() : storeProblem));
        checks.put("slack_api", slack.get());
        checks.put("epm_api", epm.get());
        checks.put("routes", state(routesProblem.get()));
        String socket = slackSocket.get();
        if (socket != null) {
            checks.put("slack_socket", socket);
        }
        String threads = threadsProblem.get();
        if (threads != null) {
            checks.put("threads", ERROR + threads);
        }
        addProblems(checks);
        List<Nodes.Node> all = nodes.list();
        String difference = difference(all);
        if (difference != null) {
            checks.put("nodes", ERROR + difference);
        }
        boolean degraded = checks.values().stream().anyMatch(check -> check != null && check.startsWith(ERROR));
        var lastUpdated = store.board().lastUpdated();
        checks.put("last_update", lastUpdated == null ? null : lastUpdated.toString());
        if (storeProblem != null || threads != null) {
            return Reply.of(503, new Health("unhealthy", checks, states(all)));
        }
        return Reply.of(200, new Health(degraded ? "degraded" : "healthy", checks, states(all)));
    }

    private static String state(@Nullable String problem) {
        return problem == null ? "ok" : ERROR + problem;
    }

    /** The state of each node by its name; of nodes with the same name, that of the most important state. */
    private static Map<String, String> states(List<Nodes.Node> nodes) {
        Map<String, Nodes.State> states = new TreeMap<>();
        for (Nodes.Node node : nodes) {
            states.merge(node.name(), node.state(), (a, b) -> a == Nodes.State.ACTIVE ? a : b);
        }
        Map<String, String> texts = new LinkedHashMap<>();
        states.forEach((name, state) -> texts.put(name, state.name().toLowerCase(Locale.ROOT)));
        return texts;
    }

    /** How nodes differ that must not; null if they do not. Different versions are an upgrade and no error. */
    private static @Nullable String difference(List<Nodes.Node> nodes) {
        Map<String, Long> counts =
                nodes.stream().collect(Collectors.groupingBy(Nodes.Node::name, TreeMap::new, Collectors.counting()));
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            if (count.getValue() > 1) {
                return count.getValue() + " nodes have the name " + count.getKey()
                        + "; set another EPMPULSE_NODE on each";
            }
        }
        List<String> names = SharedConfiguration.differences(nodes.stream()
                .collect(Collectors.groupingBy(
                        Nodes.Node::version,
                        Collectors.mapping(
                                node -> SharedConfiguration.parse(node.configuration()), Collectors.toList()))));
        return names.isEmpty()
                ? null
                : "nodes " + String.join(", ", counts.keySet()) + " differ in " + String.join(", ", names)
                        + "; copy apps.json and the settings to all, and restart them";
    }

    /** Adds checks that appear only with an error, because version 1.0 did not have them. */
    private void addProblems(Map<String, @Nullable String> checks) {
        String alerts = alertsProblem.get();
        if (alerts != null) {
            checks.put("alerts", ERROR + alerts);
        }
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
