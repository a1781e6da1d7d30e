package org.epmpulse.epm;

import java.time.Duration;
import java.time.Instant;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a password may be sent to a host: a few wrong ones lock the account. Until the host has accepted it,
 * and again after a rejection, one request at a time sends it. A rejected password is sent again after 30 s, then once
 * an hour until it is accepted. Thread-safe.
 */
final class PasswordGate {

    static final String REJECTED = "EPM rejected username and password; a user with multifactor authentication needs"
            + " auth.type jwt_assertion";

    private static final Duration FIRST_RETRY = Duration.ofSeconds(30);
    private static final Duration LATER_RETRY = Duration.ofHours(1);

    /** Longer than the time limit of a request. A route that was edited may not report the end of its request. */
    private static final Duration MAX_REQUEST = Duration.ofMinutes(2);

    private final TimeSource clock;
    private boolean accepted;
    private @Nullable Instant rejectedAt;
    private Instant retryAt = Instant.MIN;
    private @Nullable RequestCredentials trial;

    PasswordGate(TimeSource clock) {
        this.clock = clock;
    }

    /** @throws EpmCredentialsException if the password was rejected, and it is too early for a retry */
    synchronized void check() {
        if (rejectedAt != null && clock.steady().isBefore(retryAt)) {
            throw new EpmCredentialsException(REJECTED);
        }
    }

    /**
     * Creates the credentials of a request that is about to be sent.
     *
     * @throws EpmCredentialsException as {@link #check}
     * @throws EpmDeferredException if another request must first show whether the password is accepted
     */
    synchronized RequestCredentials begin(AppsConfig.Server server, String value) {
        check();
        RequestCredentials request = new RequestCredentials(server, value, clock.steady());
        if (!accepted) {
            if (trial != null && request.created().isBefore(trial.created().plus(MAX_REQUEST))) {
                throw new EpmDeferredException();
            }
            trial = request;
        }
        return request;
    }

    synchronized void accept() {
        accepted = true;
        rejectedAt = null;
        trial = null;
    }

    /** Ignored if the request was sent before the known rejection: then it is one failure, not two. */
    synchronized void reject(RequestCredentials request) {
        end(request);
        Instant now = clock.steady();
        if (rejectedAt == null) {
            retryAt = now.plus(FIRST_RETRY);
        } else if (request.created().isAfter(rejectedAt)) {
            retryAt = now.plus(LATER_RETRY);
        } else {
            return;
        }
        accepted = false;
        rejectedAt = now;
    }

    /** The request has ended; the next one may be sent. */
    synchronized void end(RequestCredentials request) {
        if (request.equals(trial)) {
            trial = null;
        }
    }
}
