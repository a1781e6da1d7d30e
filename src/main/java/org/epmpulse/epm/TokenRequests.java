package org.epmpulse.epm;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.JWTBearerGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.epmpulse.config.Auth;
import org.jspecify.annotations.Nullable;

/**
 * Asks an identity domain for a token (RFC 6749, RFC 7523; REST APIs for Oracle Fusion Cloud EPM:
 * authentication_oath.html). Thread-safe; keeps nothing.
 */
final class TokenRequests {

    private static final Duration ASSERTION_LIFE = Duration.ofMinutes(5);

    /** Of a token that does not say how long it lives; Oracle's live for an hour. */
    private static final Duration DEFAULT_LIFE = Duration.ofMinutes(5);

    private static final Duration MAX_LIFE = Duration.ofDays(1);
    private static final Duration MARGIN = Duration.ofSeconds(60);

    /** What may be sent in a header. */
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

    /** A word so long, or what a header begins with, is a credential rather than a reason. */
    private static final Pattern CREDENTIAL = Pattern.compile("[\\w+/=.~-]{40,}|(?i:basic|bearer) ");

    /** So many characters of a secret are too many to show. */
    private static final int PART = 6;

    private final BoundedHttp http;

    TokenRequests(BoundedHttp http) {
        this.http = http;
    }

    /** Abandons requests for tokens; new ones fail at once. */
    void close() {
        http.close();
    }

    /** The value of a header, good until it has to be renewed. */
    record Token(String authorization, Instant renewAt) {

        @Override
        public String toString() {
            return "Token[renew at " + renewAt + "]";
        }
    }

    /**
     * A new token.
     *
     * @param now for the claims of an assertion and the life of the token
     * @throws EpmCredentialsException if the credentials are refused or cannot be used
     * @throws EpmUnavailableException if the identity domain does not answer as it should
     */
    Token token(Auth.OAuth auth, Instant now) {
        // In the form, as EPMPulse 1.0 sent it: a header would need an encoding on which servers do not agree.
        TokenRequest request = new TokenRequest.Builder(
                        auth.tokenUrl(),
                        new ClientSecretPost(new ClientID(auth.clientId()), new Secret(auth.clientSecret())),
                        new ClientCredentialsGrant())
                .scope(Scope.parse(auth.scope()))
                .build();
        return token(auth, auth.tokenUrl(), request, now);
    }

    /** As {@link #token(Auth.OAuth, Instant)}. */
    Token token(Auth.JwtAssertion auth, Instant now) {
        ClientID client = new ClientID(auth.clientId());
        JWTBearerGrant grant = new JWTBearerGrant(assertion(auth, now));
        String secret = auth.clientSecret();
        TokenRequest.Builder request = secret == null
                ? new TokenRequest.Builder(auth.tokenUrl(), client, grant)
                : new TokenRequest.Builder(auth.tokenUrl(), new ClientSecretBasic(client, new Secret(secret)), grant);
        return token(
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
                .expirationTime(Date.from(now.plus(ASSERTION_LIFE)))
                .jwtID(UUID.randomUUID().toString())
                .build();
        SignedJWT assertion = new SignedJWT(header, claims);
        try {
            assertion.sign(new RSASSASigner(SigningKey.read(auth.keyFile())));
        } catch (JOSEException e) {
            throw new EpmCredentialsException("key_file " + auth.keyFile() + " cannot sign");
        }
        return assertion;
    }

    private Token token(Auth auth, URI tokenUrl, TokenRequest request, Instant now) {
        String noToken = "no token from " + tokenUrl.getHost() + ": ";
        BoundedHttp.Reply reply;
        try {
            reply = http.send(httpRequest(request.toHTTPRequest()));
        } catch (IOException e) {
            throw new EpmUnavailableException(noToken + BoundedHttp.why(e));
        }
        JsonNode json = json(reply, noToken);
        if (reply.status() != 200) {
            throw refusal(auth, reply.status(), json, noToken);
        }
        BearerAccessToken token = bearerToken(reply);
        if (token == null || !TOKEN.matcher(token.getValue()).matches()) {
            throw new EpmUnavailableException(noToken + "HTTP 200 without a bearer token");
        }
        return new Token("Bearer " + token.getValue(), now.plus(use(token.getLifetime())));
    }

    private static HttpRequest httpRequest(HTTPRequest request) {
        HttpRequest.Builder http = HttpRequest.newBuilder(request.getURI())
                .POST(HttpRequest.BodyPublishers.ofString(request.getBody(), StandardCharsets.UTF_8));
        request.getHeaderMap().forEach((name, values) -> values.forEach(value -> http.header(name, value)));
        return http.setHeader("Accept", "application/json").build();
    }

    /** The JSON of a token or a refusal. */
    private static JsonNode json(BoundedHttp.Reply reply, String noToken) {
        int status = reply.status();
        boolean refused = status == 400 || status == 401 || status == 403;
        if (status != 200 && !refused) {
            String hint = status == 404 || status == 405 ? ", token_url must be wrong" : "";
            throw new EpmUnavailableException(noToken + "HTTP " + status + hint, RetryAfter.of(reply.retryAfter()));
        }
        JsonNode json = EpmJson.isJson(reply.contentType()) ? EpmJson.object(reply.body()) : null;
        if (json == null && (status == 401 || status == 403)) {
            throw new EpmCredentialsException(noToken + "HTTP " + status + ", refused without a reason");
        }
        if (json == null) {
            throw new EpmUnavailableException(
                    noToken + "HTTP " + status + " with something other than JSON, such as a login page");
        }
        return json;
    }

    private static @Nullable BearerAccessToken bearerToken(BoundedHttp.Reply reply) {
        try {
            HTTPResponse response = new HTTPResponse(reply.status());
            response.setContentType("application/json");
            response.setBody(reply.body());
            return AccessTokenResponse.parse(response).getTokens().getBearerAccessToken();
        } catch (ParseException e) {
            return null;
        }
    }

    private static EpmCredentialsException refusal(Auth auth, int httpStatus, JsonNode json, String noToken) {
        String code = json.path("error").asText();
        String shownCode = shown(code, auth);
        String reason = shown(json.path("error_description").asText(), auth);
        String told = (shownCode == null ? "HTTP " + httpStatus : shownCode) + (reason == null ? "" : ": " + reason);
        String what =
                switch (code) {
                    case "invalid_client" -> "client_id or client_secret is wrong";
                    case "invalid_grant" ->
                        auth instanceof Auth.JwtAssertion
                                ? "the assertion is not accepted, look at subject, key_file, key_id and audience"
                                : "the grant is not accepted";
                    case "unauthorized_client", "unsupported_grant_type" ->
                        "the client may not use the grant of auth.type " + auth.type()
                                + ", allow it in the OAuth application or use another";
                    case "invalid_scope" -> "scope is not one that the client may ask for";
                    default -> "refused";
                };
        return new EpmCredentialsException(noToken + what + " (" + told + ")");
    }

    /** What the identity domain says, unless it repeats a part of a credential in any of the forms it was sent in. */
    private static @Nullable String shown(String text, Auth auth) {
        boolean repeats = CREDENTIAL.matcher(text).find()
                || auth.secrets().stream()
                        .flatMap(secret -> Stream.of(secret, URLEncoder.encode(secret, StandardCharsets.UTF_8)))
                        .anyMatch(secret -> sharesAPart(text, secret));
        return repeats ? null : SingleLine.of(text);
    }

    private static boolean sharesAPart(String text, String secret) {
        int length = Math.min(PART, secret.length());
        return IntStream.rangeClosed(0, secret.length() - length)
                .anyMatch(i -> text.contains(secret.substring(i, i + length)));
    }

    /** How long a token is used: until {@link #MARGIN} before its end, or for half its life if that is short. */
    private static Duration use(long lifetime) {
        Duration life = lifetime <= 0 ? DEFAULT_LIFE : Duration.ofSeconds(Math.min(lifetime, MAX_LIFE.toSeconds()));
        return life.compareTo(MARGIN.multipliedBy(2)) > 0 ? life.minus(MARGIN) : life.dividedBy(2);
    }
}
