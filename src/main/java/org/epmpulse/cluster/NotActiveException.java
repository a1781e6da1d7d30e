package org.epmpulse.cluster;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** This node is not the active one, so it may not call Slack or EPM, and not write what only the active node writes. */
public final class NotActiveException extends IOException {

    private static final long serialVersionUID = 1L;

    public NotActiveException() {
        super("this node is not active");
    }

    /** Whether a failure was caused by this exception: nothing was sent or written then. */
    public static boolean isCauseOf(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NotActiveException) {
                return true;
            }
        }
        return false;
    }
}
