package org.epmpulse.epm;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Auth;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.epm.TokenRequests.Token;
import org.epmpulse.outbound.OutboundHttp;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Provides the credentials for requests to EPM. A token is cached until shortly before it expires and shared by all
 * servers with the same auth; at most one request for it is in flight. Rejected credentials are not used again for 30
 * s, so that no account is locked. Thread-safe; holds one token per auth, in memory only.
 */
public final class TokenProvider {

    private static final Duration RETRY_DELAY = Duration.ofSeconds(30);

    /** After the second rejection of a password: some more could lock the account. */
    private static final Duration PASSWORD_RETRY_DELAY = Duration.ofHours(1);

    private static final String PASSWORD_REJECTED = "EPM rejected username and password; a user with multifactor"
            + " authentication needs auth.type jwt_assertion";

    /** Longer than the time limit of a token request. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(40);

    private final TimeSource clock;
    private final TokenRequests requests;
    private final Map<Auth, Credential> credentials = new ConcurrentHashMap<>();
    private final Map<Target, Rejection> rejections = new ConcurrentHashMap<>();

    /** @param proxies of the token requests */
    public TokenProvider(TimeSource clock, ProxyRules proxies) {
        this(clock, new OutboundHttp(proxies, OutboundHttp.DEFAULT_TIMEOUT));
    }

    TokenProvider(TimeSource clock, OutboundHttp http) {
        this.clock = clock;
        this.requests = new TokenRequests(http);
    }

    /**
     * The value of the header {@code Authorization}, which must not be logged. Takes up to 40 s if a token is
     * requested.
     *
     * @param server has an {@code auth}
     * @throws EpmCredentialsException if a person must correct the configuration or the account
     * @throws EpmUnavailableException if the identity domain is unavailable
     */
    public String authorization(AppsConfig.Server server) {
        Auth auth = auth(server);
        Rejection rejection = rejections.get(new Target(server.id(), auth));
        if (rejection != null && rejection.reason() != null && clock.steady().isBefore(rejection.until())) {
            throw new EpmCredentialsException(rejection.reason());
        }
        return auth instanceof Auth.Basic basic
                ? basic(basic)
                : credential(auth).authorization();
    }

    /**
     * Records that a server rejected a value with 401: the next call requests a new token. If the server also rejects
     * the new token, or the credentials are a password, calls for this server fail for 30 s; after a password was rejected
     * again, for an hour.
     */
    public void reject(AppsConfig.Server server, String authorization) {
        Auth auth = auth(server);
        Target target = new Target(server.id(), auth);
        Instant until = clock.steady().plus(RETRY_DELAY);
        if (auth instanceof Auth.Basic) {
            rejections.compute(target, (same, before) -> {
                boolean again =
                        before != null && clock.steady().isBefore(before.until().plus(PASSWORD_RETRY_DELAY));
                return new Rejection(again ? clock.steady().plus(PASSWORD_RETRY_DELAY) : until, PASSWORD_REJECTED);
            });
        } else if (credential(auth).invalidate(authorization)) {
            rejections.compute(target, (same, before) -> {
                boolean again = before != null && clock.steady().isBefore(before.until());
                return new Rejection(until, again ? "EPM rejected a new token, too; check scope" : null);
            });
        }
    }

    /**
     * What a 401 of a server means.
     *
     * @return {@link EpmCredentialsException} for a password, else the given exception: a new token may be accepted
     */
    RuntimeException rejected(AppsConfig.Server server, String authorization, EpmUnauthorizedException e) {
        reject(server, authorization);
        // No retry with a password: more attempts could lock the account.
        return auth(server) instanceof Auth.Basic ? new EpmCredentialsException(PASSWORD_REJECTED) : e;
    }

    /** Cancels token requests in flight; new ones fail at once. */
    void close() {
        requests.close();
    }

    private static Auth auth(AppsConfig.Server server) {
        return Objects.requireNonNull(server.auth(), "server must have an auth");
    }

    private static String basic(Auth.Basic auth) {
        String pair = auth.username() + ":" + auth.password();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private Credential credential(Auth auth) {
        return credentials.computeIfAbsent(auth, Credential::new);
    }

    /** A server and its credentials: another server may accept the same credentials. */
    private record Target(String server, Auth auth) {}

    /**
     * The latest rejection by a server.
     *
     * @param reason null if a new token may be accepted
     */
    private record Rejection(Instant until, @Nullable String reason) {}

    /** The cached token of an auth, or the failure of its latest request. */
    private final class Credential {

        private final Auth auth;
        private @Nullable Token token;
        private @Nullable CompletableFuture<Token> inFlight;
        private @Nullable RuntimeException failure;
        private Instant retryNotBefore = Instant.MIN;

        Credential(Auth auth) {
            this.auth = auth;
        }

        String authorization() {
            CompletableFuture<Token> request;
            synchronized (this) {
                Instant now = clock.steady();
                if (token != null && now.isBefore(token.renewAt())) {
                    return token.authorization();
                }
                if (failure != null && now.isBefore(retryNotBefore)) {
                    throw failure;
                }
                request = inFlight;
                if (request == null) {
                    inFlight = new CompletableFuture<>();
                }
            }
            return (request == null ? renew() : await(request)).authorization();
        }

        /** Discards the token if the value is the current one; false if it is not. */
        synchronized boolean invalidate(String authorization) {
            if (token == null || !token.authorization().equals(authorization)) {
                return false;
            }
            token = null;
            return true;
        }

        private Token renew() {
            try {
                Token renewed = request();
                finish(renewed, null).complete(renewed);
                return renewed;
            } catch (RuntimeException | Error e) {
                finish(null, e).completeExceptionally(e);
                throw e;
            }
        }

        private Token request() {
            // The wall clock is for the claims of an assertion; the token must not live longer if it is set back.
            Instant sent = clock.instant();
            Instant sentSteady = clock.steady();
            Token requested;
            if (auth instanceof Auth.OAuth oauth) {
                requested = requests.request(oauth, sent);
            } else if (auth instanceof Auth.JwtAssertion assertion) {
                requested = requests.request(assertion, sent);
            } else {
                throw new IllegalStateException("auth must have tokens, is " + auth.type());
            }
            return new Token(requested.authorization(), sentSteady.plus(Duration.between(sent, requested.renewAt())));
        }

        private synchronized CompletableFuture<Token> finish(@Nullable Token renewed, @Nullable Throwable problem) {
            token = renewed;
            failure = null;
            if (problem instanceof EpmCredentialsException rejected) {
                failure = rejected;
                retryNotBefore = clock.steady().plus(RETRY_DELAY);
            } else if (problem instanceof EpmUnavailableException unavailable && unavailable.retryAfter() != null) {
                failure = unavailable;
                retryNotBefore = clock.steady().plus(unavailable.retryAfter());
            }
            CompletableFuture<Token> finished = Objects.requireNonNull(inFlight);
            inFlight = null;
            return finished;
        }

        private Token await(CompletableFuture<Token> request) {
            try {
                return request.get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException problem) {
                    throw problem;
                }
                throw new EpmUnavailableException("no token: the request for it failed");
            } catch (TimeoutException e) {
                throw new EpmUnavailableException("no token: a request in flight takes too long");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EpmUnavailableException("no token: interrupted while waiting");
            }
        }
    }
}
