package org.epmpulse.epm;

import java.util.Map;
import org.epmpulse.config.AppsConfig;

/** The credentials of the servers in apps.json, for routes of the site that call EPM themselves. Thread-safe. */
public final class EpmAuthorization {

    private final Map<String, AppsConfig.Server> servers;
    private final TokenProvider tokens;

    public EpmAuthorization(AppsConfig config, TokenProvider tokens) {
        this.servers = config.servers();
        this.tokens = tokens;
    }

    /**
     * The value of the header {@code Authorization}, which must not be logged. Takes up to 40 s if a token is
     * requested.
     *
     * @param server id of a server
     * @throws IllegalArgumentException if there is no such server, or it has no {@code auth}
     * @throws EpmCredentialsException if a person must correct the configuration or the account
     * @throws EpmUnavailableException if the identity domain is unavailable
     */
    public String of(String server) {
        AppsConfig.Server configured = servers.get(server);
        if (configured == null || configured.auth() == null) {
            throw new IllegalArgumentException(
                    "server \"" + server + "\" must be in apps.json, with auth; it is not, or a variable is not set");
        }
        return tokens.authorization(configured);
    }
}
