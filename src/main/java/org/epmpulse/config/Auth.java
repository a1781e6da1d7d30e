package org.epmpulse.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the service proves to EPM who it is. The text of each form holds no secret. */
public sealed interface Auth {

    /** As apps.json names the form. */
    String type();

    /** What must never be shown. */
    List<String> secrets();

    /** OAuth 2.0 client credentials, as EPMPulse 1.0 asked for a token. */
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
     * OAuth 2.0 with an assertion about a user, signed by us.
     *
     * @param clientSecret null for a public client
     * @param subject the EPM user in whose name jobs are read
     * @param keyFile the private key that signs
     * @param keyId the name under which the identity domain knows the key; null if it needs none
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

    /** A user's name and password with every request. */
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
        public String toString() {
            return "Basic[" + username + "]";
        }
    }
}
