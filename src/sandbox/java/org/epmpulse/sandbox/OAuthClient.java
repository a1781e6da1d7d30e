package org.epmpulse.sandbox;

import java.security.PublicKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A client of the identity domain. Immutable.
 *
 * @param secret empty for a public client, which has none
 * @param grants allowed values of {@code grant_type}
 * @param scopes allowed values of {@code scope}
 * @param keys that verify its assertions, by {@code kid}
 */
public record OAuthClient(
        String id, String secret, Set<String> grants, Set<String> scopes, Map<String, PublicKey> keys) {

    /** Authenticates with the client's secret. */
    public static final String CLIENT_CREDENTIALS = "client_credentials";

    /** Authenticates with a signed assertion for a user. */
    public static final String JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /** The scope that EPMPulse requests by default. */
    public static final String DEFAULT_SCOPE = "urn:opc:epm";

    public OAuthClient {
        grants = Set.copyOf(grants);
        scopes = Set.copyOf(scopes);
        keys = Map.copyOf(keys);
    }

    /** A client for {@link #CLIENT_CREDENTIALS} and {@link #DEFAULT_SCOPE}. */
    public static OAuthClient of(String id, String secret) {
        return new OAuthClient(id, secret, Set.of(CLIENT_CREDENTIALS), Set.of(DEFAULT_SCOPE), Map.of());
    }

    /** The same with one more scope. */
    public OAuthClient withScope(String scope) {
        Set<String> moreScopes = new HashSet<>(scopes);
        moreScopes.add(scope);
        return new OAuthClient(id, secret, grants, moreScopes, keys);
    }

    /** The same with {@link #JWT_BEARER} allowed and this key. */
    public OAuthClient withKey(String keyId, PublicKey key) {
        Map<String, PublicKey> moreKeys = new HashMap<>(keys);
        moreKeys.put(keyId, key);
        Set<String> moreGrants = new HashSet<>(grants);
        moreGrants.add(JWT_BEARER);
        return new OAuthClient(id, secret, moreGrants, scopes, moreKeys);
    }

    /** The same without a grant. */
    public OAuthClient withoutGrant(String grant) {
        Set<String> remainingGrants = new HashSet<>(grants);
        remainingGrants.remove(grant);
        return new OAuthClient(id, secret, remainingGrants, scopes, keys);
    }

    /** Omits the secret. */
    @Override
    public String toString() {
        return "OAuthClient[" + id + "]";
    }
}
