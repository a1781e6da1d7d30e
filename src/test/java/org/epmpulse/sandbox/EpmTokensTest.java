package org.epmpulse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tokens and authentication: Oracle's REST API for Oracle Enterprise Performance Management Cloud, authentication.html
 * and authentication_oath.html; RFC 6749 for the errors and RFC 7523 for assertions.
 */
class EpmTokensTest {

    private static final String ROOT = "/HyperionPlanning/rest/v3/applications";
    private static final KeyPair KEY = newKey();
    private static final KeyPair OTHER_KEY = newKey();

    private final SteppingClock clock = new SteppingClock();

    @AutoClose
    private final EpmSandbox epm = EpmSandbox.start(clock);

    private final EpmClient client = new EpmClient(epm);

    @BeforeEach
    void addClientsAndUsers() {
        epm.put(OAuthClient.of(EpmClient.ID, EpmClient.SECRET).withKey("k1", KEY.getPublic()));
        epm.addUser("svc", "pass:word");
        epm.addUser("person", null);
    }

    @Test
    void clientCredentialsGetATokenThatIsValidUntilItExpires() {
        epm.tokenLifetime(Duration.ofSeconds(100));
        JsonNode token = SlackClient.body(client.token(EpmClient.clientCredentials()));
        String bearer = "Bearer " + token.path("access_token").asText();

        assertThat(token.path("token_type").asText()).isEqualTo("Bearer");
        assertThat(token.path("expires_in").asInt()).isEqualTo(100);
        clock.advance(Duration.ofSeconds(99));
        assertThat(client.get(ROOT, bearer).statusCode()).isEqualTo(200);
        clock.advance(Duration.ofSeconds(1));
        assertThat(client.get(ROOT, bearer).statusCode()).isEqualTo(401);
        assertThat(epm.tokensIssued()).isEqualTo(1);
    }

    @Test
    void aRevokedOrUnknownTokenIsInvalid() {
        String bearer = "Bearer " + client.freshToken();

        epm.revokeTokens();

        assertThat(client.get(ROOT, bearer).statusCode()).isEqualTo(401);
        assertThat(client.get(ROOT, "Bearer made-up").statusCode()).isEqualTo(401);
        assertThat(SlackClient.get(epm.environmentUrl().resolve(ROOT)).statusCode())
                .isEqualTo(401);
    }

    @Test
    void aClientCanAuthenticateInTheForm() {
        Map<String, String> form = new HashMap<>(EpmClient.clientCredentials());
        form.put("client_id", EpmClient.ID);
        form.put("client_secret", EpmClient.SECRET);

        assertThat(client.token(form, "none").statusCode()).isEqualTo(200);
    }

    @Test
    void refusalsHaveDifferentErrorCodes() {
        epm.put(OAuthClient.of("assertions-only", "s").withoutGrant(OAuthClient.CLIENT_CREDENTIALS));
        Map<String, String> valid = EpmClient.clientCredentials();

        assertRefused(client.token(valid, EpmClient.basic(EpmClient.ID, "wrong")), 401, "invalid_client");
        assertRefused(client.token(valid, EpmClient.basic("nobody", "s")), 401, "invalid_client");
        assertRefused(client.token(valid, EpmClient.basic("assertions-only", "s")), 400, "unauthorized_client");
        assertRefused(
                client.token(Map.of("grant_type", "client_credentials", "scope", "urn:other")), 400, "invalid_scope");
        assertRefused(
                client.token(Map.of("grant_type", "client_credentials", "scope", "urn:opc:epm offline_access")),
                400,
                "unauthorized_client");
        assertRefused(client.token(Map.of("grant_type", "password")), 400, "unsupported_grant_type");
        assertThat(epm.tokensIssued()).isZero();
        assertThat(epm.tokenRequests())
                .hasSize(6)
                .extracting(SandboxCall::outcome)
                .contains("http 401", "http 400");
    }

    @Test
    void anAssertionOfAUserGetsAToken() {
        HttpResponse<String> response = client.token(assertion(claims -> {}, KEY, "k1"));

        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void anInvalidAssertionIsAnInvalidGrant() {
        long now = clock.instant().getEpochSecond();

        assertInvalidGrant(assertion(claims -> {}, OTHER_KEY, "k1"), "signature");
        assertInvalidGrant(assertion(claims -> {}, KEY, "k2"), "signature");
        assertInvalidGrant(assertion(claims -> claims.put("exp", now), KEY, "k1"), "expired");
        assertInvalidGrant(assertion(claims -> claims.put("iat", now + 5), KEY, "k1"), "iat");
        assertInvalidGrant(assertion(claims -> claims.put("aud", "https://elsewhere/"), KEY, "k1"), "aud");
        assertInvalidGrant(assertion(claims -> claims.put("sub", "nobody"), KEY, "k1"), "sub");
        assertInvalidGrant(assertion(claims -> claims.put("iss", "other"), KEY, "k1"), "iss");
        Map<String, String> damaged = new HashMap<>(assertion(claims -> {}, KEY, "k1"));
        damaged.put("assertion", "a.b");
        assertInvalidGrant(damaged, "three parts");
    }

    @Test
    void theAudienceCanBeAList() {
        assertThat(client.token(assertion(
                                claims -> claims.putArray("aud")
                                        .add("https://other/")
                                        .add("https://identity.oraclecloud.com/"),
                                KEY,
                                "k1"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void basicAuthenticationIsForUsersWithoutASecondFactor() {
        assertThat(client.get(ROOT, EpmClient.basic("svc", "pass:word")).statusCode())
                .isEqualTo(200);
        assertThat(client.get(ROOT, EpmClient.basic("svc", "wrong")).statusCode())
                .isEqualTo(401);
        assertThat(client.get(ROOT, EpmClient.basic("person", "")).statusCode()).isEqualTo(401);
    }

    @Test
    void theTokenEndpointCanFailSeparately() {
        epm.fail(CallMatcher.token(), Fault.error("invalid_grant", "The token has already been consumed"), 1);
        epm.fail(CallMatcher.token(), Fault.status(503), 1);

        assertRefused(client.token(EpmClient.clientCredentials()), 400, "invalid_grant");
        assertThat(client.token(EpmClient.clientCredentials()).statusCode()).isEqualTo(503);
        assertThat(client.token(EpmClient.clientCredentials()).statusCode()).isEqualTo(200);
        assertThat(epm.tokenRequests()).hasSize(3);
    }

    private void assertInvalidGrant(Map<String, String> form, String reason) {
        HttpResponse<String> response = client.token(form);
        assertRefused(response, 400, "invalid_grant");
        assertThat(SlackClient.body(response).path("error_description").asText())
                .contains(reason);
    }

    private static void assertRefused(HttpResponse<String> response, int status, String error) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(SlackClient.body(response).path("error").asText()).isEqualTo(error);
    }

    private Map<String, String> assertion(Consumer<ObjectNode> change, KeyPair key, String keyId) {
        long now = clock.instant().getEpochSecond();
        ObjectNode claims = SlackClient.JSON
                .createObjectNode()
                .put("iss", EpmClient.ID)
                .put("sub", "person")
                .put("aud", "https://identity.oraclecloud.com/")
                .put("iat", now)
                .put("exp", now + 60);
        change.accept(claims);
        String signed = base64("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"" + keyId + "\"}") + "."
                + base64(claims.toString());
        return Map.of(
                "grant_type",
                OAuthClient.JWT_BEARER,
                "scope",
                OAuthClient.DEFAULT_SCOPE,
                "assertion",
                signed + "." + signature(signed, key));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String signature(String text, KeyPair key) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key.getPrivate());
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
