package org.epmpulse.epm;

import java.time.Instant;
import org.epmpulse.config.AppsConfig;

/**
 * The credentials of one request. After it, {@link TokenProvider} must know that they were accepted or rejected, or
 * that neither is known. Immutable; its text has no secret.
 */
public final class RequestCredentials {

    private final AppsConfig.Server server;
    private final String value;
    private final Instant created;

    RequestCredentials(AppsConfig.Server server, String value, Instant created) {
        this.server = server;
        this.value = value;
        this.created = created;
    }

    AppsConfig.Server server() {
        return server;
    }

    /** The value of the header {@code Authorization}, which must not be logged. */
    public String value() {
        return value;
    }

    /** Before the request was sent; by the steady clock. */
    Instant created() {
        return created;
    }

    @Override
    public String toString() {
        return "credentials for " + server.id();
    }
}
