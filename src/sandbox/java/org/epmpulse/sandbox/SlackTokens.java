package org.epmpulse.sandbox;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The tokens that the simulated workspace issued. Thread-safe. */
final class SlackTokens {

    private final Map<String, Token> tokens = new HashMap<>();

    /** Adds a token; each token is a separate app with its own rate limits. */
    synchronized void add(String token, Set<String> scopes) {
        tokens.put(token, new Token(token, new TreeSet<>(scopes), null));
    }

    /** Refuses every call with the token from now on with this code. */
    synchronized void revoke(String token, String error) {
        Token known = tokens.get(token);
        if (known == null) {
            throw new IllegalArgumentException("the token must have been added");
        }
        tokens.put(token, new Token(token, known.scopes(), error));
    }

    /**
     * Authenticates a token.
     *
     * @throws SlackRefusal if it is unknown or revoked
     */
    synchronized Token require(@Nullable String token) {
        if (token == null || token.isEmpty()) {
            throw new SlackRefusal("not_authed");
        }
        if (token.startsWith("xoxc-") || token.startsWith("xoxs-")) {
            throw new SlackRefusal("not_allowed_token_type");
        }
        Token known = tokens.get(token);
        if (known == null) {
            throw new SlackRefusal("invalid_auth");
        }
        String error = known.error();
        if (error != null) {
            throw new SlackRefusal(error);
        }
        return known;
    }

    /** @param error code of the refusal; null while the token is valid */
    record Token(String value, Set<String> scopes, @Nullable String error) {

        String scopeList() {
            return String.join(",", scopes);
        }

        /** @throws SlackRefusal if the token has none of these scopes */
        void require(Set<String> anyOf) {
            if (!anyOf.isEmpty() && anyOf.stream().noneMatch(scopes::contains)) {
                throw new SlackRefusal("missing_scope")
                        .with("needed", String.join(",", new TreeSet<>(anyOf)))
                        .with("provided", scopeList());
            }
        }
    }
}
