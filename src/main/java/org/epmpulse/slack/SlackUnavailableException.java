package org.epmpulse.slack;

import org.jspecify.annotations.Nullable;

/** Slack sent no valid response; the same call may work later. */
public final class SlackUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean notSent;

    /** @param message a short text for people, such as {@code canvas_editing_locked} or {@code HTTP 503} */
    public SlackUnavailableException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private SlackUnavailableException(String message, @Nullable Throwable cause, boolean notSent) {
        super(message, cause);
        this.notSent = notSent;
    }

    /** The exception for a call that has certainly not reached Slack. */
    static SlackUnavailableException notSent(String message, @Nullable Throwable cause) {
        return new SlackUnavailableException(message, cause, true);
    }

    /** Whether the call has certainly not reached Slack, so that it changed nothing. */
    public boolean isNotSent() {
        return notSent;
    }
}
