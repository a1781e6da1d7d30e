package org.epmpulse.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the service authenticates to EPM. The text of each form holds no secret. */
public sealed interface Auth {

    /** The value of {@code type} in apps.json. */
    String type();

    /** Values that must never be shown. */
    List<String> secrets();

    /** Where tokens are requested; null if the credentials need none. */
    @Nullable
    URI tokenUrl();

    /** OAuth 2.0 client credentials, as in EPMPulse 1.0. */
    record OAuth(URI tokenUrl, String clientId, String clientSecret, String scope) implements Auth {

        @Override
        public String type() {
            return "oauth";
        }

        @Override
        public List<String> secrets() {
            return List.of(clientSecret);
        }

        @Override
        public String toString() {
            return "OAuth[" + tokenUrl + ", client " + clientId + ", scope " + scope + "]";
        }
    }

    /**
     * OAuth 2.0 with a user assertion that the service signs.
     *
     * @param clientSecret null for a public client
     * @param subject the EPM user whose rights are used to read jobs
     * @param keyFile the private key for the signature
     * @param keyId name of the key in the identity domain; null if not needed
     */
    record JwtAssertion(
            URI tokenUrl,
            String clientId,
            @Nullable String clientSecret,
            String scope,
            String subject,
            Path keyFile,
            @Nullable String keyId,
            String audience)
            implements Auth {

        @Override
        public String type() {
            return "jwt_assertion";
        }

        @Override
        public List<String> secrets() {
            return clientSecret == null ? List.of() : List.of(clientSecret);
        }

        @Override
        public String toString() {
            return "JwtAssertion[" + tokenUrl + ", client " + clientId + ", subject " + subject + ", scope " + scope
                    + ", key " + keyFile + "]";
        }
    }

    /** User name and password in every request. */
    record Basic(String username, String password) implements Auth {

        @Override
        public String type() {
            return "basic";
        }

        @Override
        public List<String> secrets() {
            return List.of(password);
        }

        @Override
        public @Nullable URI tokenUrl() {
            return null;
        }

        @Override
        public String toString() {
            return "Basic[" + username + "]";
        }
    }
}
