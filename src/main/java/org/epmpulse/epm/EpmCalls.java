package org.epmpulse.epm;

import java.util.Map;
import java.util.Objects;
import org.epmpulse.config.Auth;
import org.jspecify.annotations.Nullable;

/** What the route {@code epm-call} needs around its HTTP call. Thread-safe. */
public final class EpmCalls {

    private final TokenProvider tokens;
    private final JobStatusMapper answers;

    public EpmCalls(TokenProvider tokens, JobStatusMapper answers) {
        this.tokens = tokens;
        this.answers = answers;
    }

    /**
     * The value of the {@code Authorization} header.
     *
     * @throws EpmCredentialsException if there is no token to be had with our credentials
     * @throws EpmUnavailableException if nobody can be asked for a token
     */
    public String authorization(Poll poll) {
        return tokens.authorization(poll.server());
    }

    /**
     * What the answer says of the job.
     *
     * @param headers of the answer, with its status
     * @throws EpmUnauthorizedException if the token was refused; it is not used again
     * @throws EpmCredentialsException if the password was refused
     * @throws EpmForbiddenException if EPM knows us and will not answer
     * @throws EpmUnavailableException if it is no answer that says anything of the job
     */
    public JobState answer(Poll poll, String authorization, Map<String, Object> headers, @Nullable String body) {
        int status = (int) Objects.requireNonNull(headers.get("CamelHttpResponseCode"), "camel-http sets it");
        try {
            String type = text(headers, "Content-Type");
            String retryAfter = text(headers, "Retry-After");
            return poll.forResult()
                    ? answers.readResult(status, type, body, retryAfter)
                    : answers.read(poll.server().product(), status, type, body, retryAfter);
        } catch (EpmUnauthorizedException e) {
            if (poll.server().auth() instanceof Auth.Basic) {
                // The same password again would only help to lock the account.
                throw new EpmCredentialsException("user name or password are wrong, or the user needs a second factor");
            }
            tokens.refused(poll.server(), authorization);
            throw e;
        }
    }

    /** Abandons requests for tokens; calls that need one fail at once. */
    public void close() {
        tokens.close();
    }

    private static @Nullable String text(Map<String, Object> headers, String name) {
        Object value = headers.get(name);
        return value == null ? null : value.toString();
    }
}
