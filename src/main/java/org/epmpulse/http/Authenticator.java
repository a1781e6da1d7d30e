package org.epmpulse.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.time.Duration;
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

/** Decides by its key whether a request may go on. Thread-safe. */
record Authenticator(ApiKeys keys, InvalidKeyCounts wrongKeys, RateLimits limits) {

    private static final CharSequence API_KEY = HttpHeaders.createOptimized("X-API-Key");
    private static final Pattern BEARER = Pattern.compile("(?i)Bearer +(\\S+) *");
    private static final List<String> FORWARDED =
            List.of("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via");

    private static boolean isOpen(HttpCall call, Endpoint endpoint) {
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
        return peer != null && peer.isLoopbackAddress() && FORWARDED.stream().noneMatch(request.headers()::contains);
    }

    /** Why a request is refused for want of a key; null if it may go on. Puts the key into the call. */
    @Nullable
    ApiError authenticate(HttpCall call, @Nullable Endpoint endpoint) {
        if (endpoint != null && isOpen(call, endpoint)) {
            return null;
        }
        String presented = presented(call.request().headers());
        if (presented == null) {
            return new ApiError(ErrorCode.MISSING_AUTH, "An API key is required: X-API-Key or Authorization: Bearer.")
                    .withHeader("WWW-Authenticate", "Bearer");
        }
        call.key = keys.find(presented);
        if (call.key != null) {
            return null;
        }
        Duration wait = wrongKeys.add(call.client);
        if (wait != null) {
            return new ApiError(ErrorCode.RATE_LIMITED, "Too many wrong API keys came from this address.")
                    .withHeader("Retry-After", RateLimitedException.header(wait));
        }
        return new ApiError(ErrorCode.INVALID_KEY, "This API key is not valid.");
    }

    /** The key in X-API-Key; only without that header the one in Authorization, which a proxy may use for its own. */
    private static @Nullable String presented(MultiMap headers) {
        List<String> values = headers.getAll(API_KEY);
        if (!values.isEmpty()) {
            String key = String.join(",", values).strip();
            return key.isEmpty() ? null : key;
        }
        Matcher bearer = BEARER.matcher(String.join(",", headers.getAll(HttpHeaders.AUTHORIZATION)));
        return bearer.matches() ? bearer.group(1) : null;
    }

    /** Why a request is refused whose key is valid; null if it may go on. */
    @Nullable
    ApiError authorize(HttpCall call, String path) {
        ApiKey key = call.key;
        if (key == null) {
            return null;
        }
        boolean read = call.method().equals("GET");
        Role needed = EndpointPolicies.of(path).admin() ? Role.ADMIN : read ? Role.READ : Role.WRITE;
        if (!key.role().includes(needed)) {
            return new ApiError(ErrorCode.INVALID_KEY, "This needs a key with the role " + needed.label() + ".");
        }
        // Streams are limited by how many there may be: after a restart all their readers come back at once.
        boolean counted =
                read && (call.endpoint == null || !call.endpoint.policy().streaming());
        Duration wait = counted ? limits.read(key.name()) : null;
        if (wait != null) {
            return new ApiError(
                            ErrorCode.RATE_LIMITED, "more than " + RateLimits.READS_PER_MINUTE + " requests a minute")
                    .withHeader("Retry-After", RateLimitedException.header(wait));
        }
        return null;
    }
}
