package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Clients, users and issued tokens (docs.oracle.com, REST API for Oracle Enterprise Performance Management Cloud:
 * authentication_oath.html). Thread-safe; expired tokens are removed.
 */
final class IdentityDomain {

    /** The {@code aud} that Oracle's identity domains require in an assertion. */
    static final String DEFAULT_AUDIENCE = "https://identity.oraclecloud.com/";

    private final InstantSource clock;
    private final Map<String, OAuthClient> clients = new HashMap<>();
    private final Map<String, String> passwords = new HashMap<>();
    private final Set<String> assertedUsers = new HashSet<>();
    private final Map<String, Instant> expiryByToken = new HashMap<>();
    private Duration tokenLifetime = Duration.ofHours(1);
    private String audience = DEFAULT_AUDIENCE;
    private int issued;

    IdentityDomain(InstantSource clock) {
        this.clock = clock;
    }

    synchronized void put(OAuthClient client) {
        clients.put(client.id(), client);
    }

    /** @param password null for a user without password sign-in, as with multifactor authentication */
    synchronized void addUser(String name, @Nullable String password) {
        assertedUsers.add(name);
        if (password != null) {
            passwords.put(name, password);
        }
    }

    synchronized void tokenLifetime(Duration lifetime) {
        tokenLifetime = lifetime;
    }

    synchronized void audience(String newAudience) {
        audience = newAudience;
    }

    synchronized void revokeAll() {
        expiryByToken.clear();
    }

    synchronized int issued() {
        return issued;
    }

    /** Whether the header holds a valid token or password. */
    synchronized boolean isAuthenticated(@Nullable String authorization) {
        if (authorization == null) {
            return false;
        }
        if (authorization.startsWith("Bearer ")) {
            Instant expiry = expiryByToken.get(authorization.substring("Bearer ".length()));
            return expiry != null && clock.instant().isBefore(expiry);
        }
        String[] user = basic(authorization);
        return user != null && user[1].equals(passwords.get(user[0]));
    }

    /** The response of the token endpoint. */
    synchronized SimulatedResponse tokenResponse(Exchange exchange) {
        try {
            return issue(exchange);
        } catch (TokenRefusal e) {
            return refusal(e);
        }
    }

    static SimulatedResponse refusal(TokenRefusal refusal) {
        return SimulatedResponse.json(
                refusal.status(),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("error", refusal.code())
                        .put("error_description", String.valueOf(refusal.getMessage())));
    }

    private SimulatedResponse issue(Exchange exchange) {
        String type = String.valueOf(exchange.header("Content-Type"));
        if (!type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded")) {
            throw new TokenRefusal("invalid_request", "the body must be a form");
        }
        Map<String, String> form = form(exchange.body());
        OAuthClient client = client(exchange.header("Authorization"), form);
        String grant = form.getOrDefault("grant_type", "");
        if (!Set.of(OAuthClient.CLIENT_CREDENTIALS, OAuthClient.JWT_BEARER).contains(grant)) {
            throw new TokenRefusal("unsupported_grant_type", "unsupported grant: " + grant);
        }
        if (!client.grants().contains(grant)) {
            throw new TokenRefusal("unauthorized_client", "the client may not use " + grant);
        }
        String scope = form.getOrDefault("scope", "");
        if (Set.of(scope.split(" ", -1)).contains("offline_access")) {
            throw new TokenRefusal("unauthorized_client", "offline_access is not allowed");
        }
        if (!client.scopes().contains(scope)) {
            throw new TokenRefusal("invalid_scope", "no such scope: " + scope);
        }
        Instant now = clock.instant();
        if (grant.equals(OAuthClient.JWT_BEARER)) {
            new AssertionVerifier(audience, assertedUsers).verify(form.get("assertion"), client, now);
        }
        issued++;
        expiryByToken.values().removeIf(expiry -> !now.isBefore(expiry));
        String token = "sandbox-token-" + issued;
        expiryByToken.put(token, now.plus(tokenLifetime));
        return SimulatedResponse.json(
                200,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("access_token", token)
                        .put("token_type", "Bearer")
                        .put("expires_in", tokenLifetime.toSeconds()));
    }

    private OAuthClient client(@Nullable String authorization, Map<String, String> form) {
        String[] credentials = authorization == null ? null : basic(authorization);
        String id = credentials == null ? form.get("client_id") : credentials[0];
        String secret = credentials == null ? form.get("client_secret") : credentials[1];
        OAuthClient client = id == null ? null : clients.get(id);
        if (client == null || !client.secret().equals(secret == null ? "" : secret)) {
            throw new TokenRefusal("invalid_client", "Client authentication failed.");
        }
        return client;
    }

    private static String @Nullable [] basic(String authorization) {
        if (!authorization.startsWith("Basic ")) {
            return null;
        }
        try {
            String pair = new String(
                    Base64.getDecoder().decode(authorization.substring("Basic ".length())), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0 ? null : new String[] {pair.substring(0, colon), pair.substring(colon + 1)};
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Map<String, String> form(String body) {
        try {
            return FormBody.fields(body);
        } catch (IllegalArgumentException e) {
            throw new TokenRefusal("invalid_request", "the form cannot be read");
        }
    }
}
