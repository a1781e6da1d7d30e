package org.epmpulse.epm;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.outbound.OutboundHttp;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/** The bean of the route {@code epm-call}: authorizes the HTTP request and maps its response. Thread-safe. */
public final class EpmCalls {

    private final TokenProvider tokens;
    private final JobStatusMapper statusMapper;
    private final EpmReports reports;

    /** @param proxies of the requests for reports */
    public EpmCalls(TokenProvider tokens, JobStatusMapper statusMapper, ProxyRules proxies) {
        this.tokens = tokens;
        this.statusMapper = statusMapper;
        this.reports = new EpmReports(new OutboundHttp(proxies, EpmReports.TIMEOUT));
    }

    /** The credentials of a request. After it, {@link #ended} must be called. Throws as {@link TokenProvider#credentials}. */
    public RequestCredentials credentials(Poll poll) {
        return tokens.credentials(poll.server());
    }

    /** The request has ended, also if there was no response. */
    public void ended(RequestCredentials credentials) {
        tokens.ended(credentials);
    }

    /**
     * The job's state in the response. For a failed job it takes up to 6 s to read EPM's first real reason; if that
     * cannot be read, the state is returned without it.
     *
     * @param headers of the response, with its status
     * @throws EpmUnauthorizedException if EPM rejects the token; it is not used again
     * @throws EpmCredentialsException if EPM rejects the password
     * @throws EpmForbiddenException if the user may not read the job
     * @throws EpmUnavailableException if the response does not contain a job's state
     */
    public JobState jobState(
            Poll poll, RequestCredentials credentials, Map<String, Object> headers, byte @Nullable [] content) {
        int status = (int) Objects.requireNonNull(headers.get("CamelHttpResponseCode"), "camel-http sets it");
        // JSON is UTF-8 (RFC 8259); the header may name a charset that does not exist.
        String body = content == null ? null : new String(content, StandardCharsets.UTF_8);
        try {
            String type = text(headers, "Content-Type");
            String retryAfter = text(headers, "Retry-After");
            JobState state = poll.forResult()
                    ? statusMapper.mapResult(status, type, body, retryAfter)
                    : statusMapper.mapStatus(poll.server().product(), status, type, body, retryAfter);
            tokens.accepted(credentials);
            return poll.forResult() ? state : withReason(poll, credentials.value(), state);
        } catch (EpmForbiddenException e) {
            tokens.accepted(credentials);
            throw e;
        } catch (EpmUnauthorizedException e) {
            throw tokens.rejected(credentials, e);
        }
    }

    /** The documents say only for Planning, and the products like it, where the reason of a failed job is. */
    private JobState withReason(Poll poll, String authorization, JobState state) {
        return poll.server().product().hasApplications()
                        && state instanceof JobState.Ended ended
                        && ended.status() == Status.WARNING
                ? reports.withReason(poll, authorization, ended)
                : state;
    }

    /**
     * The daily maintenance of the poll's environment. Takes at most 3 s.
     *
     * @return null if it cannot be read: the user may lack the role, which polling does not need
     */
    public @Nullable MaintenanceWindow maintenance(Poll poll, RequestCredentials credentials) {
        return reports.maintenance(poll, credentials.value());
    }

    /** Cancels requests in flight; calls that need a new token fail at once. */
    public void close() {
        tokens.close();
        reports.close();
    }

    private static @Nullable String text(Map<String, Object> headers, String name) {
        Object value = headers.get(name);
        return value == null ? null : value.toString();
    }
}
