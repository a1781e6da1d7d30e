package org.epmpulse.slack;

import org.jspecify.annotations.Nullable;

/** Slack did not answer as it should; the same call may work later. */
public final class SlackUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message for a person, such as {@code canvas_editing_locked} or {@code HTTP 503} */
    public SlackUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
