package org.epmpulse.outbound;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An outgoing call got no response that can be used. The message is a short reason for people, such as {@code timed
 * out}: without an address of the target, a class name or a text of a library or of the peer.
 */
public final class OutboundException extends IOException {

    private static final long serialVersionUID = 1;

    private final boolean unusableResponse;

    OutboundException(String reason, @Nullable Throwable cause) {
        this(reason, cause, false);
    }

    private OutboundException(String reason, @Nullable Throwable cause, boolean unusableResponse) {
        super(reason, cause);
        this.unusableResponse = unusableResponse;
    }

    /** There is a response, but it breaks a limit. */
    static OutboundException unusableResponse(String reason, @Nullable Throwable cause) {
        return new OutboundException(reason, cause, true);
    }

    boolean isUnusableResponse() {
        return unusableResponse;
    }

    OutboundException(String reason) {
        this(reason, null);
    }
}
