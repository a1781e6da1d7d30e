package org.epmpulse.slack.canvas;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether Slack answers and takes the token, as far as canvases show it. Guarded by {@link Canvases}. */
final class SlackHealth {

    private static final Logger LOG = LoggerFactory.getLogger(SlackHealth.class);

    private @Nullable String credentialProblem;
    private @Nullable String contactProblem;
    private boolean contacted;

    /** Slack took or refused a call. */
    void answered() {
        contacted = true;
        contactProblem = null;
    }

    /** Slack asked to wait, which ends no problem. */
    void askedToWait() {
        contacted = true;
    }

    void unavailable(String why) {
        contacted = true;
        contactProblem = why;
    }

    boolean isUnavailable() {
        return contactProblem != null;
    }

    void tokenRefused(@Nullable String why) {
        if (!Objects.equals(credentialProblem, why)) {
            LOG.error("Slack refuses the token, nothing is sent but one try a minute: {}", why);
        }
        credentialProblem = why;
    }

    void tokenTaken() {
        if (credentialProblem != null) {
            LOG.info("Slack takes the token again");
            credentialProblem = null;
        }
    }

    /** Whether anything was ever sent to Slack and came to an end. */
    boolean isContacted() {
        return contacted;
    }

    /** What hinders all canvases; null if nothing does. */
    @Nullable
    String problem() {
        return credentialProblem != null ? credentialProblem : contactProblem;
    }
}
