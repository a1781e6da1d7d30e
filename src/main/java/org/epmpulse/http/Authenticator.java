package org.epmpulse.http;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.epmpulse.config.AddressRange;
import org.epmpulse.config.ApiKey;
import org.epmpulse.config.Role;
import org.epmpulse.security.ApiKeys;
import org.epmpulse.security.InvalidKeyCounts;
import org.epmpulse.security.RateLimitedException;
import org.epmpulse.security.RateLimits;
import org.jspecify.annotations.Nullable;

/** Authenticates the API key of each request and checks its role and its rate limit. Thread-safe. */
record Authenticator(ApiKeys keys, InvalidKeyCounts invalidKeys, RateLimits limits) {

    private static final CharSequence API_KEY = HttpHeaders.createOptimized("X-API-Key");
    private static final Pattern BEARER = Pattern.compile("(?i)Bearer +(\\S+) *");
    private static final Pattern BASIC = Pattern.compile("(?i)Basic +([A-Za-z0-9+/]+={0,2}) *");
    private static final List<String> PROXY_HEADERS =
            List.of("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via");

    private static boolean needsNoKey(HttpCall call, Endpoint endpoint) {
        if (!call.method().equals("GET")) {
            return false;
        }
        return switch (endpoint.policy().access()) {
            case KEY -> false;
            case PUBLIC -> true;
            case LOCAL -> isLocal(call.request());
        };
    }

    private static boolean isLocal(HttpServerRequest request) {
        InetAddress peer = AddressRange.address(request.remoteAddress().hostAddress());
        return peer != null
                && peer.isLoopbackAddress()
                && PROXY_HEADERS.stream().noneMatch(request.headers()::contains);
    }

    /** The error for a missing or invalid key; null if the request may continue. Sets {@code call.key}. */
    @Nullable
    ApiError authenticate(HttpCall call, @Nullable Endpoint endpoint) {
        if (endpoint != null && needsNoKey(call, endpoint)) {
            return null;
        }
        if (endpoint != null && endpoint.signatureOf(call) != null) {
            return readSignature(call);
        }
        String sentKey = sentKey(call.request().headers());
        if (sentKey == null) {
            return new ApiError(
                            ErrorCode.MISSING_AUTH,
                            "No API key. Send it in the header X-API-Key or Authorization: Bearer.")
                    .withHeader("WWW-Authenticate", "Bearer");
        }
        call.key = keys.find(sentKey);
        if (call.key != null) {
            return null;
        }
        return invalid(
                call,
                "Invalid API key. Send a key that EPMPulse is configured with.",
                "Too many requests with an invalid API key from this address. Check the key.");
    }

    /** Sets {@code call.signature}; the error of a missing or malformed one, null if the body may be read. */
    private @Nullable ApiError readSignature(HttpCall call) {
        MultiMap headers = call.request().headers();
        if (!BodySignature.isPresent(headers)) {
            return new ApiError(
                            ErrorCode.MISSING_AUTH,
                            "No signature. This path needs the header " + BodySignature.HEADER + ": sha256=<HMAC>.")
                    .withHeader("WWW-Authenticate", "HMAC");
        }
        call.signature = BodySignature.of(headers);
        return call.signature == null ? invalidSignature(call) : null;
    }

    /** The error of a body that does not have its signature; null if it has. Sets {@code call.key}. */
    @Nullable
    ApiError authenticateBody(HttpCall call, BodySignature signature) {
        Buffer body = call.ctx.body().buffer();
        byte[] sent = call.signature;
        if (sent == null || !signature.matches(sent, body == null ? new byte[0] : body.getBytes())) {
            return invalidSignature(call);
        }
        call.key = signature.key();
        return null;
    }

    private ApiError invalidSignature(HttpCall call) {
        return invalid(
                call,
                "Invalid signature. Check the secret, and that nothing changes the body.",
                "Too many requests with an invalid signature from this address. Check the secret.");
    }

    private ApiError invalid(HttpCall call, String message, String tooMany) {
        Duration wait = invalidKeys.add(call.client);
        return wait == null
                ? new ApiError(ErrorCode.INVALID_KEY, message)
                : new ApiError(ErrorCode.RATE_LIMITED, tooMany)
                        .withHeader("Retry-After", RateLimitedException.header(wait));
    }

    /** The key in X-API-Key, or else in Authorization, which a proxy may use for its own credentials. */
    private static @Nullable String sentKey(MultiMap headers) {
        List<String> values = headers.getAll(API_KEY);
        if (!values.isEmpty()) {
            String key = String.join(",", values).strip();
            return key.isEmpty() ? null : key;
        }
        String authorization = String.join(",", headers.getAll(HttpHeaders.AUTHORIZATION));
        Matcher bearer = BEARER.matcher(authorization);
        return bearer.matches() ? bearer.group(1) : password(authorization, headers);
    }

    /**
     * The password of Basic authentication, for senders of webhooks that cannot set another header; null if there is none.
     * Not from a browser: it would add a stored password to requests that other sites make.
     */
    private static @Nullable String password(String authorization, MultiMap headers) {
        Matcher basic = BASIC.matcher(authorization);
        if (!basic.matches() || headers.contains("Sec-Fetch-Site") || headers.contains(HttpHeaders.ORIGIN)) {
            return null;
        }
        try {
            String login = new String(Base64.getDecoder().decode(basic.group(1)), StandardCharsets.UTF_8);
            int colon = login.indexOf(':');
            String password = colon < 0 ? "" : login.substring(colon + 1);
            return password.isEmpty() ? null : password;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The error for a role that is too low or for an exceeded rate limit; null if the request may continue. */
    @Nullable
    ApiError authorize(HttpCall call, String path) {
        ApiKey key = call.key;
        if (key == null) {
            return null;
        }
        boolean read = call.method().equals("GET");
        Role required = EndpointPolicies.of(path).admin() ? Role.ADMIN : read ? Role.READ : Role.WRITE;
        if (!key.role().includes(required)) {
            return new ApiError(
                    ErrorCode.INVALID_KEY, "This request needs an API key with the role " + required.label() + ".");
        }
        // Streams are limited by their number instead: after a restart all their clients reconnect at once.
        boolean counted =
                read && (call.endpoint == null || !call.endpoint.policy().streaming());
        Duration wait = counted ? limits.read(key.name()) : null;
        if (wait != null) {
            return new ApiError(
                            ErrorCode.RATE_LIMITED,
                            "More than " + RateLimits.READS_PER_MINUTE
                                    + " reads a minute with this key. Retry after the time in Retry-After.")
                    .withHeader("Retry-After", RateLimitedException.header(wait));
        }
        return null;
    }
}
