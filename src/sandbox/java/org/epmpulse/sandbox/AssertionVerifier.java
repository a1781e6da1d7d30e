package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Verifies the JWT with which a client requests a token for a user (RFC 7523, RS256). Immutable. */
final class AssertionVerifier {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String audience;
    private final Set<String> users;

    AssertionVerifier(String audience, Set<String> users) {
        this.audience = audience;
        this.users = users;
    }

    /** @throws TokenRefusal if the assertion is invalid */
    void verify(@Nullable String assertion, OAuthClient client, Instant now) {
        if (assertion == null || assertion.isEmpty()) {
            throw new TokenRefusal("invalid_request", "assertion must be present");
        }
        String[] parts = assertion.split("\\.", -1);
        require(parts.length == 3, "an assertion must have three parts");
        JsonNode header = json(parts[0]);
        JsonNode claims = json(parts[1]);
        require(header.path("alg").asText().equals("RS256"), "alg must be RS256");
        PublicKey key = client.keys().get(header.path("kid").asText());
        require(key != null && isSigned(parts, key), "the signature does not verify");
        require(claims.path("iss").asText().equals(client.id()), "iss must be the client");
        require(users.contains(claims.path("sub").asText()), "sub must be a user");
        require(hasAudience(claims.path("aud")), "aud must be " + audience);
        require(claims.path("exp").asLong() > now.getEpochSecond(), "the assertion is expired");
        require(claims.path("iat").asLong() <= now.getEpochSecond(), "iat is in the future");
    }

    private boolean hasAudience(JsonNode aud) {
        if (aud.isTextual()) {
            return aud.asText().equals(audience);
        }
        for (JsonNode entry : aud) {
            if (entry.asText().equals(audience)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSigned(String[] parts, PublicKey key) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(key);
            signature.update((parts[0] + '.' + parts[1]).getBytes(StandardCharsets.US_ASCII));
            return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static JsonNode json(String part) {
        try {
            return JSON.readTree(Base64.getUrlDecoder().decode(part));
        } catch (IOException | IllegalArgumentException e) {
            throw new TokenRefusal("invalid_grant", "the assertion is malformed");
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new TokenRefusal("invalid_grant", what);
        }
    }
}
