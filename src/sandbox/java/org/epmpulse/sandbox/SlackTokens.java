package org.epmpulse.sandbox;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The tokens that the simulated workspace gave out. Thread-safe. */
final class SlackTokens {

    private final Map<String, Token> tokens = new HashMap<>();

    /** Each token is an app of its own, with its own budgets. */
    synchronized void add(String token, Set<String> scopes) {
        tokens.put(token, new Token(token, new TreeSet<>(scopes), null));
    }

    /** From now on every call with it is refused with this code. */
    synchronized void end(String token, String error) {
        Token known = tokens.get(token);
        if (known == null) {
            throw new IllegalArgumentException("no such token was added");
        }
        tokens.put(token, new Token(token, known.scopes(), error));
    }

    /**
     * The app behind a token.
     *
     * @throws SlackRefusal if there is none
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

    /** @param error with which it is refused; null while it is good */
    record Token(String value, Set<String> scopes, @Nullable String error) {

        String scopeList() {
            return String.join(",", scopes);
        }

        /** @throws SlackRefusal if the token has none of these */
        void require(Set<String> anyOf) {
            if (!anyOf.isEmpty() && anyOf.stream().noneMatch(scopes::contains)) {
                throw new SlackRefusal("missing_scope")
                        .with("needed", String.join(",", new TreeSet<>(anyOf)))
                        .with("provided", scopeList());
            }
        }
    }
}
