package org.epmpulse.slack;

import org.jspecify.annotations.Nullable;

/** Slack sent no valid response; the same call may work later. */
public final class SlackUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message a short text for people, such as {@code canvas_editing_locked} or {@code HTTP 503} */
    public SlackUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
