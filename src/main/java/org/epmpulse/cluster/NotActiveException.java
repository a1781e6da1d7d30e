package org.epmpulse.cluster;

import java.io.IOException;

/** This node is not the active one, so it may not call Slack or EPM, and not write what only the active node writes. */
public final class NotActiveException extends IOException {

    private static final long serialVersionUID = 1L;

    public NotActiveException() {
        super("this node is not active");
    }
}
