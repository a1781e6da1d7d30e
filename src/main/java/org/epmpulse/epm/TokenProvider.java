package org.epmpulse.epm;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
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
 * servers with the same auth; at most one request for it is in flight. Rejected tokens are not used again for 30 s; for
 * passwords see {@link PasswordGate}. Thread-safe; holds one token per auth, in memory only.
 */
public final class TokenProvider {

    private static final Duration RETRY_DELAY = Duration.ofSeconds(30);

    /** Longer than the time limit of a token request. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(40);

    private final TimeSource clock;
    private final TokenRequests requests;
    private final Map<Auth, Credential> credentials = new ConcurrentHashMap<>();
    private final Map<Target, Rejection> rejections = new ConcurrentHashMap<>();
    private final Map<Target, PasswordGate> passwords = new ConcurrentHashMap<>();

    /** @param proxies of the token requests */
    public TokenProvider(TimeSource clock, ProxyRules proxies) {
        this(clock, new OutboundHttp(proxies, OutboundHttp.DEFAULT_TIMEOUT));
    }

    TokenProvider(TimeSource clock, OutboundHttp http) {
        this.clock = clock;
        this.requests = new TokenRequests(http);
    }

    /**
     * The value of the header {@code Authorization}, which must not be logged, for a request whose outcome will not be
     * known here. Takes up to 40 s if a token is requested.
     *
     * @param server has an {@code auth}
     * @throws EpmCredentialsException if a person must correct the configuration or the account
     * @throws EpmUnavailableException if the identity domain is unavailable
     */
    public String authorization(AppsConfig.Server server) {
        Auth auth = auth(server);
        if (auth instanceof Auth.Basic basic) {
            password(server).check();
            return value(basic);
        }
        Rejection rejection = rejections.get(target(server));
        if (rejection != null && rejection.reason() != null && clock.steady().isBefore(rejection.until())) {
            throw new EpmCredentialsException(rejection.reason());
        }
        return credential(auth).authorization();
    }

    /**
     * The credentials of a request. After it, {@link #accepted}, {@link #rejected} or {@link #ended} must be called.
     * Otherwise as {@link #authorization}.
     *
     * @throws EpmDeferredException if another request must first show whether the password is accepted
     */
    public RequestCredentials credentials(AppsConfig.Server server) {
        return auth(server) instanceof Auth.Basic basic
                ? password(server).begin(server, value(basic))
                : new RequestCredentials(server, authorization(server), clock.steady());
    }

    /** The server's response shows that it has accepted the credentials. */
    void accepted(RequestCredentials request) {
        if (isPassword(request)) {
            password(request.server()).accept();
        } else {
            rejections.remove(target(request.server()));
        }
    }

    /**
     * The server has rejected the credentials with 401: the next call requests a new token. If the server also rejects
     * the new token, calls for this server fail for 30 s; for a password see {@link PasswordGate}.
     *
     * @return {@link EpmCredentialsException} for a password, else the given exception: a new token may be accepted
     */
    RuntimeException rejected(RequestCredentials request, EpmUnauthorizedException e) {
        if (isPassword(request)) {
            password(request.server()).reject(request);
            return new EpmCredentialsException(PasswordGate.REJECTED);
        }
        if (credential(auth(request.server())).invalidate(request.value())) {
            Instant until = clock.steady().plus(RETRY_DELAY);
            rejections.compute(target(request.server()), (same, before) -> {
                boolean again = before != null && clock.steady().isBefore(before.until());
                return new Rejection(until, again ? "EPM rejected a new token, too; check scope" : null);
            });
        }
        return e;
    }

    /** The request has ended; whether the credentials were accepted may not be known. */
    void ended(RequestCredentials request) {
        if (isPassword(request)) {
            password(request.server()).end(request);
        }
    }

    /** Cancels token requests in flight; new ones fail at once. */
    void close() {
        requests.close();
    }

    private static Auth auth(AppsConfig.Server server) {
        return Objects.requireNonNull(server.auth(), "server must have an auth");
    }

    private static boolean isPassword(RequestCredentials request) {
        return auth(request.server()) instanceof Auth.Basic;
    }

    private PasswordGate password(AppsConfig.Server server) {
        return passwords.computeIfAbsent(target(server), none -> new PasswordGate(clock));
    }

    /**
     * Where the credentials of a server are rejected together. Servers on one host have the same accounts, but each may
     * need another scope of a token.
     */
    static Target target(AppsConfig.Server server) {
        Auth auth = auth(server);
        URI base = server.baseUrl();
        String host = auth instanceof Auth.Basic && base != null ? host(base) : null;
        return new Target(host == null ? server.id() : host, auth);
    }

    private static @Nullable String host(URI base) {
        if (base.getHost() == null) {
            return null;
        }
        int port = base.getPort() >= 0 ? base.getPort() : "http".equalsIgnoreCase(base.getScheme()) ? 80 : 443;
        return base.getHost().toLowerCase(Locale.ROOT) + ":" + port;
    }

    private static String value(Auth.Basic auth) {
        String pair = auth.username() + ":" + auth.password();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private Credential credential(Auth auth) {
        return credentials.computeIfAbsent(auth, Credential::new);
    }

    /**
     * Credentials and where they are used.
     *
     * @param place a host with its port for a password, else the id of a server
     */
    record Target(String place, Auth auth) {}

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
