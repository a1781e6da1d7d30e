package org.epmpulse.epm;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
import org.epmpulse.epm.TokenRequests.Token;
import org.jspecify.annotations.Nullable;

/**
 * The credentials with which pods are asked. A token is kept until shortly before its end and shared by all servers
 * with the same auth; only one request for it is under way. What was refused is not tried again for 30 s, so that no
 * account is locked. Thread-safe; holds one token an auth, in memory only.
 */
public final class TokenProvider {

    private static final Duration HOLD = Duration.ofSeconds(30);

    /** More than a request for a token may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final InstantSource clock;
    private final TokenRequests requests;
    private final Map<Auth, Credential> credentials = new ConcurrentHashMap<>();
    private final Map<Pod, Refusal> refusals = new ConcurrentHashMap<>();

    public TokenProvider(InstantSource clock) {
        this(clock, new BoundedHttp());
    }

    TokenProvider(InstantSource clock, BoundedHttp http) {
        this.clock = clock;
        this.requests = new TokenRequests(http);
    }

    /**
     * The value of the header {@code Authorization}, never to be logged. Takes up to 40 s where a token is needed.
     *
     * @param server one that is configured
     * @throws EpmCredentialsException if a person has to correct the configuration or the account
     * @throws EpmUnavailableException if the identity domain does not answer as it should
     */
    public String authorization(AppsConfig.Server server) {
        Auth auth = auth(server);
        Refusal refusal = refusals.get(new Pod(server.id(), auth));
        if (refusal != null && refusal.why() != null && clock.instant().isBefore(refusal.until())) {
            throw new EpmCredentialsException(refusal.why());
        }
        return auth instanceof Auth.Basic basic
                ? basic(basic)
                : credential(auth).authorization();
    }

    /**
     * Takes note that a pod answered 401 to a value: the next call brings a new token. Where that does not help, or there
     * is nothing to renew, calls for this pod fail for 30 s.
     */
    public void refused(AppsConfig.Server server, String authorization) {
        Auth auth = auth(server);
        Pod pod = new Pod(server.id(), auth);
        Instant until = clock.instant().plus(HOLD);
        if (auth instanceof Auth.Basic) {
            refusals.put(
                    pod,
                    new Refusal(
                            until,
                            "the pod does not accept username and password; a user with multifactor authentication"
                                    + " needs auth.type jwt_assertion"));
        } else if (credential(auth).drop(authorization)) {
            refusals.compute(pod, (same, before) -> {
                boolean again = before != null && clock.instant().isBefore(before.until());
                return new Refusal(until, again ? "the pod does not accept new tokens either, look at scope" : null);
            });
        }
    }

    /** Abandons requests for tokens; new ones fail at once. */
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

    /** A credential at one pod: another pod may accept what this one refuses. */
    private record Pod(String server, Auth auth) {}

    /**
     * A pod's latest refusal.
     *
     * @param why null where a new token may help
     */
    private record Refusal(Instant until, @Nullable String why) {}

    /** A token, or why there is none. */
    private final class Credential {

        private final Auth auth;
        private @Nullable Token token;
        private @Nullable CompletableFuture<Token> underWay;
        private @Nullable RuntimeException failure;
        private Instant heldUntil = Instant.MIN;

        Credential(Auth auth) {
            this.auth = auth;
        }

        String authorization() {
            CompletableFuture<Token> request;
            synchronized (this) {
                Instant now = clock.instant();
                if (token != null && now.isBefore(token.renewAt())) {
                    return token.authorization();
                }
                if (failure != null && now.isBefore(heldUntil)) {
                    throw failure;
                }
                request = underWay;
                if (request == null) {
                    underWay = new CompletableFuture<>();
                }
            }
            return (request == null ? renewed() : awaited(request)).authorization();
        }

        /** Whether the value was the current one, which is forgotten then. */
        synchronized boolean drop(String authorization) {
            if (token == null || !token.authorization().equals(authorization)) {
                return false;
            }
            token = null;
            return true;
        }

        private Token renewed() {
            try {
                Token renewed = request();
                end(renewed, null).complete(renewed);
                return renewed;
            } catch (RuntimeException | Error e) {
                end(null, e).completeExceptionally(e);
                throw e;
            }
        }

        private Token request() {
            if (auth instanceof Auth.OAuth oauth) {
                return requests.token(oauth, clock.instant());
            }
            if (auth instanceof Auth.JwtAssertion assertion) {
                return requests.token(assertion, clock.instant());
            }
            throw new IllegalStateException("auth must have tokens, is " + auth.type());
        }

        private synchronized CompletableFuture<Token> end(@Nullable Token renewed, @Nullable Throwable problem) {
            token = renewed;
            failure = null;
            if (problem instanceof EpmCredentialsException refused) {
                failure = refused;
                heldUntil = clock.instant().plus(HOLD);
            } else if (problem instanceof EpmUnavailableException unavailable && unavailable.retryAfter() != null) {
                failure = unavailable;
                heldUntil = clock.instant().plus(unavailable.retryAfter());
            }
            CompletableFuture<Token> ended = Objects.requireNonNull(underWay);
            underWay = null;
            return ended;
        }

        private Token awaited(CompletableFuture<Token> request) {
            try {
                return request.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException problem) {
                    throw problem;
                }
                throw new EpmUnavailableException("no token: the request for it failed");
            } catch (TimeoutException e) {
                throw new EpmUnavailableException("no token: another request for it takes too long");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EpmUnavailableException("no token: stopped while waiting for it");
            }
        }
    }
}
