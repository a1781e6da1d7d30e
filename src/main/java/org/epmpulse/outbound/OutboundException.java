package org.epmpulse.outbound;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An outgoing call got no response that can be used. The message is a short reason for people, such as {@code timed
 * out}: without an address of the target, a class name or a text of a library or of the peer.
 */
public final class OutboundException extends IOException {

    private static final long serialVersionUID = 1;

    OutboundException(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }

    OutboundException(String reason) {
        this(reason, null);
    }
}
