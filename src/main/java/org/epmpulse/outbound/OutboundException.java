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
    private final boolean tooLong;

    OutboundException(String reason, @Nullable Throwable cause) {
        this(reason, cause, false, false);
    }

    private OutboundException(String reason, @Nullable Throwable cause, boolean unusableResponse, boolean tooLong) {
        super(reason, cause);
        this.unusableResponse = unusableResponse;
        this.tooLong = tooLong;
    }

    /** There is a response, but it breaks a limit. */
    static OutboundException unusableResponse(String reason, @Nullable Throwable cause) {
        return new OutboundException(reason, cause, true, false);
    }

    /** The body has more bytes than this. */
    static OutboundException tooLong(int maxLength) {
        return new OutboundException("the response is longer than " + maxLength + " bytes", null, true, true);
    }

    boolean isTooLong() {
        return tooLong;
    }

    boolean isUnusableResponse() {
        return unusableResponse;
    }

    OutboundException(String reason) {
        this(reason, null);
    }
}
