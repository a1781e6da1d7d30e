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
 * @param grants the values of {@code grant_type} it may use
 * @param scopes what it may ask for, each as a request has to name it
 * @param keys that sign its assertions, by {@code kid}
 */
public record OAuthClient(
        String id, String secret, Set<String> grants, Set<String> scopes, Map<String, PublicKey> keys) {

    /** Proves itself with its secret alone. */
    public static final String CLIENT_CREDENTIALS = "client_credentials";

    /** Brings an assertion about a user that it signed. */
    public static final String JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /** The scope that EPMPulse asks for unless told otherwise. */
    public static final String USUAL_SCOPE = "urn:opc:epm";

    public OAuthClient {
        grants = Set.copyOf(grants);
        scopes = Set.copyOf(scopes);
        keys = Map.copyOf(keys);
    }

    /** A client for {@link #CLIENT_CREDENTIALS} and {@link #USUAL_SCOPE}. */
    public static OAuthClient of(String id, String secret) {
        return new OAuthClient(id, secret, Set.of(CLIENT_CREDENTIALS), Set.of(USUAL_SCOPE), Map.of());
    }

    /** The same with one more scope. */
    public OAuthClient allowing(String scope) {
        Set<String> more = new HashSet<>(scopes);
        more.add(scope);
        return new OAuthClient(id, secret, grants, more, keys);
    }

    /** The same, which may use {@link #JWT_BEARER} with this key. */
    public OAuthClient withKey(String keyId, PublicKey key) {
        Map<String, PublicKey> moreKeys = new HashMap<>(keys);
        moreKeys.put(keyId, key);
        Set<String> moreGrants = new HashSet<>(grants);
        moreGrants.add(JWT_BEARER);
        return new OAuthClient(id, secret, moreGrants, scopes, moreKeys);
    }

    /** The same, which may not use a grant. */
    public OAuthClient without(String grant) {
        Set<String> fewer = new HashSet<>(grants);
        fewer.remove(grant);
        return new OAuthClient(id, secret, fewer, scopes, keys);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "OAuthClient[" + id + "]";
    }
}
