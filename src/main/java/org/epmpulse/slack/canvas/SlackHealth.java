package org.epmpulse.slack.canvas;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether Slack responds and accepts the token, as seen by canvas edits. Guarded by {@link Canvases}. */
final class SlackHealth {

    private static final Logger LOG = LoggerFactory.getLogger(SlackHealth.class);

    private @Nullable String credentialProblem;
    private @Nullable String connectionProblem;
    private boolean contacted;

    /** Slack accepted or refused a call. */
    void responded() {
        contacted = true;
        connectionProblem = null;
    }

    /** Slack limited the rate; this does not resolve a problem. */
    void rateLimited() {
        contacted = true;
    }

    void unavailable(String reason) {
        contacted = true;
        connectionProblem = reason;
    }

    boolean isUnavailable() {
        return connectionProblem != null;
    }

    void tokenRefused(@Nullable String reason) {
        if (!Objects.equals(credentialProblem, reason)) {
            LOG.error("Slack: token refused: {}; retrying once a minute", reason);
        }
        credentialProblem = reason;
    }

    void tokenAccepted() {
        if (credentialProblem != null) {
            LOG.info("Slack: token accepted again");
            credentialProblem = null;
        }
    }

    /** Whether any call to Slack has completed. */
    boolean isContacted() {
        return contacted;
    }

    /** The problem of all canvases; null if there is none. */
    @Nullable
    String problem() {
        return credentialProblem != null ? credentialProblem : connectionProblem;
    }
}
