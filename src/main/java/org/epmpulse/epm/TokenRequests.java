package org.epmpulse.epm;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.JWTBearerGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.epmpulse.config.Auth;
import org.epmpulse.outbound.OutboundFailure;
import org.epmpulse.outbound.OutboundHttp;
import org.epmpulse.outbound.RetryAfter;
import org.jspecify.annotations.Nullable;

/**
 * Requests tokens from an identity domain (RFC 6749, RFC 7523; REST APIs for Oracle Fusion Cloud EPM:
 * authentication_oath.html). Thread-safe; caches nothing.
 */
final class TokenRequests {

    private static final Duration ASSERTION_LIFETIME = Duration.ofMinutes(5);

    /** For a token without {@code expires_in}; Oracle's tokens last an hour. */
    private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(5);

    private static final int MAX_DIGITS = 30;
    private static final Duration MAX_LIFETIME = Duration.ofDays(1);
    private static final Duration RENEWAL_MARGIN = Duration.ofSeconds(60);

    /** The characters that a header may contain. */
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

    /** The values of {@code token_type} in lower case; some gateways write the second, an empty one is a missing one. */
    private static final Set<String> BEARER = Set.of("bearer", "bearertoken", "");

    /** A long word or the start of an authorization header may be a credential. */
    private static final Pattern CREDENTIAL = Pattern.compile("[\\w+/=.~-]{40,}|(?i:basic|bearer) ");

    /** A text that shares this many characters in a row with a secret is not shown. */
    private static final int SECRET_PART = 6;

    private final OutboundHttp http;

    TokenRequests(OutboundHttp http) {
        this.http = http;
    }

    /** Cancels requests in flight; new ones fail at once. */
    void close() {
        http.close();
    }

    /** The value of the header {@code Authorization} and when to renew it. */
    record Token(String authorization, Instant renewAt) {

        @Override
        public String toString() {
            return "Token[renew at " + renewAt + "]";
        }
    }

    /**
     * Requests a token.
     *
     * @param now for the claims of an assertion and the lifetime of the token
     * @throws EpmCredentialsException if the credentials are rejected or unusable
     * @throws EpmUnavailableException if the identity domain is unavailable
     */
    Token request(Auth.OAuth auth, Instant now) {
        // Client id and secret in the form, as in EPMPulse 1.0: servers decode them differently in a header.
        TokenRequest request = new TokenRequest.Builder(
                        auth.tokenUrl(),
                        new ClientSecretPost(new ClientID(auth.clientId()), new Secret(auth.clientSecret())),
                        new ClientCredentialsGrant())
                .scope(Scope.parse(auth.scope()))
                .build();
        return send(auth, auth.tokenUrl(), request, now);
    }

    /** As {@link #request(Auth.OAuth, Instant)}. */
    Token request(Auth.JwtAssertion auth, Instant now) {
        ClientID client = new ClientID(auth.clientId());
        JWTBearerGrant grant = new JWTBearerGrant(assertion(auth, now));
        String secret = auth.clientSecret();
        TokenRequest.Builder request = secret == null
                ? new TokenRequest.Builder(auth.tokenUrl(), client, grant)
                : new TokenRequest.Builder(auth.tokenUrl(), new ClientSecretBasic(client, new Secret(secret)), grant);
        return send(
                auth, auth.tokenUrl(), request.scope(Scope.parse(auth.scope())).build(), now);
    }

    private static SignedJWT assertion(Auth.JwtAssertion auth, Instant now) {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(JOSEObjectType.JWT)
                .keyID(auth.keyId())
                .build();
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(auth.clientId())
                .subject(auth.subject())
                .audience(auth.audience())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(ASSERTION_LIFETIME)))
                .jwtID(UUID.randomUUID().toString())
                .build();
        SignedJWT assertion = new SignedJWT(header, claims);
        try {
            assertion.sign(new RSASSASigner(SigningKey.read(auth.keyFile())));
        } catch (JOSEException e) {
            throw new EpmCredentialsException("key_file " + auth.keyFile() + " cannot be used to sign");
        }
        return assertion;
    }

    private Token send(Auth auth, URI tokenUrl, TokenRequest request, Instant now) {
        String noToken = "no token from " + tokenUrl.getHost() + ": ";
        OutboundHttp.Response response;
        try {
            response = http.send(httpRequest(request.toHTTPRequest()));
        } catch (IOException e) {
            throw new EpmUnavailableException(noToken + OutboundFailure.reason(e));
        }
        JsonNode json = json(response, noToken);
        boolean success = response.status() / 100 == 2;
        if (!success || !json.hasNonNull("access_token") && json.hasNonNull("error")) {
            throw rejection(auth, response.status(), json, noToken);
        }
        return new Token("Bearer " + accessToken(auth, json, noToken), now.plus(useFor(lifetime(json))));
    }

    private static HttpPost httpRequest(HTTPRequest request) {
        HttpPost post = new HttpPost(request.getURI());
        post.setEntity(new StringEntity(request.getBody(), StandardCharsets.UTF_8));
        request.getHeaderMap().forEach((name, values) -> values.forEach(value -> post.addHeader(name, value)));
        post.setHeader("Accept", "application/json");
        return post;
    }

    /** The JSON of a token or an error; the Content-Type may be a wrong one. */
    private static JsonNode json(OutboundHttp.Response response, String noToken) {
        int status = response.status();
        boolean rejected = status == 400 || status == 401 || status == 403;
        if (status / 100 != 2 && !rejected) {
            String hint = status == 404 || status == 405 ? ", check token_url" : "";
            throw new EpmUnavailableException(noToken + "HTTP " + status + hint, RetryAfter.of(response.retryAfter()));
        }
        JsonNode json = EpmJson.object(response.body());
        if (json == null && (status == 401 || status == 403)) {
            throw new EpmCredentialsException(noToken + "HTTP " + status + ", rejected without a reason");
        }
        if (json == null) {
            throw new EpmUnavailableException(
                    noToken + "HTTP " + status + " with a body that is not JSON, such as a login page");
        }
        return json;
    }

    /**
     * The token of a response (RFC 6749 section 5.1). A missing {@code token_type} counts as {@code Bearer}, the only
     * type that EPM accepts.
     */
    private static String accessToken(Auth auth, JsonNode json, String noToken) {
        JsonNode token = json.path("access_token");
        if (token.isMissingNode()) {
            throw new EpmUnavailableException(noToken + "no access_token in the response");
        }
        String value = token.isTextual() ? token.asText().strip() : "";
        if (value.isEmpty()) {
            throw new EpmUnavailableException(
                    noToken + "access_token is " + (token.isTextual() ? "empty" : "not a string"));
        }
        if (!TOKEN.matcher(value).matches()) {
            throw new EpmUnavailableException(
                    noToken + "access_token has characters that are not permitted in a header");
        }
        JsonNode type = json.path("token_type");
        boolean bearer = type.isMissingNode()
                || type.isNull()
                || type.isTextual() && BEARER.contains(type.asText().strip().toLowerCase(Locale.ROOT));
        if (!bearer) {
            String shown = type.isContainerNode() ? null : redact(type.asText(), auth);
            throw new EpmUnavailableException(
                    noToken + "token_type is " + (shown == null ? "not Bearer" : shown + ", EPM needs Bearer"));
        }
        return value;
    }

    /** In seconds; 0 if {@code expires_in}, which is only recommended, is absent or no positive number. */
    private static double lifetime(JsonNode json) {
        JsonNode lifetime = json.path("expires_in");
        if (lifetime.isNumber()) {
            return lifetime.doubleValue();
        }
        try {
            String text = lifetime.isTextual() ? lifetime.asText().strip() : "";
            return text.length() <= MAX_DIGITS ? new BigDecimal(text).doubleValue() : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static EpmCredentialsException rejection(Auth auth, int httpStatus, JsonNode json, String noToken) {
        String code = json.path("error").asText();
        String shownCode = redact(code, auth);
        String reason = redact(json.path("error_description").asText(), auth);
        String details = (shownCode == null ? "HTTP " + httpStatus : shownCode) + (reason == null ? "" : ": " + reason);
        String problem =
                switch (code) {
                    case "invalid_client" -> "client_id or client_secret is wrong";
                    case "invalid_grant" ->
                        auth instanceof Auth.JwtAssertion
                                ? "the assertion was rejected, check subject, key_file, key_id and audience"
                                : "the grant was rejected";
                    case "unauthorized_client", "unsupported_grant_type" ->
                        "the client may not use the grant of auth.type " + auth.type()
                                + ", allow it in the OAuth application or set another auth.type";
                    case "invalid_scope" -> "the client may not request this scope";
                    default -> "rejected";
                };
        return new EpmCredentialsException(noToken + problem + " (" + details + ")");
    }

    /** A text of the identity domain; null if it may contain a part of a credential, plain or encoded. */
    private static @Nullable String redact(String text, Auth auth) {
        boolean mayHoldSecret = CREDENTIAL.matcher(text).find()
                || auth.secrets().stream()
                        .flatMap(secret -> Stream.of(secret, URLEncoder.encode(secret, StandardCharsets.UTF_8)))
                        .anyMatch(secret -> sharesPart(text, secret));
        return mayHoldSecret ? null : SingleLine.of(text);
    }

    private static boolean sharesPart(String text, String secret) {
        int length = Math.min(SECRET_PART, secret.length());
        return IntStream.rangeClosed(0, secret.length() - length)
                .anyMatch(i -> text.contains(secret.substring(i, i + length)));
    }

    /**
     * How long to use a token: until {@link #RENEWAL_MARGIN} before it expires, or half its lifetime if that is short.
     */
    private static Duration useFor(double lifetime) {
        Duration usable = lifetime > 0
                ? Duration.ofMillis((long) (1000 * Math.min(lifetime, MAX_LIFETIME.toSeconds())))
                : DEFAULT_LIFETIME;
        return usable.compareTo(RENEWAL_MARGIN.multipliedBy(2)) > 0
                ? usable.minus(RENEWAL_MARGIN)
                : usable.dividedBy(2);
    }
}
