package org.epmpulse.epm;

import static org.epmpulse.epm.EpmJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.epmpulse.config.Product;
import org.epmpulse.epm.EpmUnavailableException.Scope;
import org.epmpulse.epm.JobState.Ended;
import org.epmpulse.epm.JobState.Missing;
import org.epmpulse.epm.JobState.Unknown;
import org.epmpulse.outbound.RetryAfter;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/**
 * Maps EPM's response to a poll to the state of the job: the only place where a response becomes a status. A response
 * about one job, such as HTTP 400, is a state of this job; an exception is for what concerns the environment. Stateless.
 *
 * <p>HTTP statuses: REST APIs for Oracle Fusion Cloud EPM, status_codes.html.
 */
public final class JobStatusMapper {

    /** Statuses 4xx that do not reject the request for this job. */
    private static final Set<Integer> NOT_THE_REQUEST = Set.of(401, 403, 407, 408, 421, 425, 429);

    /** Where EPM's products put the reason of an error. */
    private static final List<String> REASONS = List.of("message", "details", "detail", "localizedMessage", "title");

    /** Oracle's maintenance page, or EPM Automate's text for it (EPMAT-11). */
    private static final String MAINTENANCE = "maintenance";

    /**
     * Maps the response to a request for a job's state.
     *
     * @param retryAfter the header {@code Retry-After}; null if there is none
     * @throws EpmUnavailableException if the response is not about the job, such as a login page
     * @throws EpmUnauthorizedException on HTTP 401
     * @throws EpmForbiddenException on HTTP 403
     */
    public JobState mapStatus(
            Product product,
            int httpStatus,
            @Nullable String contentType,
            @Nullable String body,
            @Nullable String retryAfter) {
        JobState failure = failure(product, httpStatus, contentType, body, retryAfter);
        if (failure != null) {
            return failure;
        }
        JsonNode json = EpmJson.object(body);
        return json == null ? unreadable() : JobStatusReader.state(product, json);
    }

    /**
     * Maps the response to a request for the result of a completed job of Enterprise Data Management. Throws the same
     * exceptions as {@link #mapStatus}.
     */
    public JobState mapResult(
            int httpStatus, @Nullable String contentType, @Nullable String body, @Nullable String retryAfter) {
        boolean none = httpStatus == 404 || httpStatus == 410;
        if (httpStatus == 204 || none && EpmJson.isJson(contentType) && EpmJson.object(body) != null) {
            // Not every kind of job has a result.
            return new Ended(Status.OK, "Completed; EPM has no result of the job");
        }
        if (none) {
            // A page of a proxy or of a wrong address says nothing about the result.
            String http = "HTTP " + httpStatus;
            return new Unknown(http, http + " without JSON for the result of the job");
        }
        JobState failure = failure(Product.EDM, httpStatus, contentType, body, retryAfter);
        if (failure != null) {
            return failure;
        }
        JsonNode json = EpmJson.object(body);
        return json == null ? unreadable() : EdmResult.state(json);
    }

    /** Null if the response is JSON with HTTP 200. */
    private static @Nullable JobState failure(
            Product product,
            int httpStatus,
            @Nullable String contentType,
            @Nullable String body,
            @Nullable String retryAfter) {
        if (httpStatus == 200) {
            if (EpmJson.isJson(contentType)) {
                return null;
            }
            throw new EpmUnavailableException(
                    "HTTP 200 with "
                            + Objects.requireNonNullElse(SingleLine.of(contentType), "no Content-Type")
                            + " instead of JSON, most likely a login or maintenance page",
                    scope(httpStatus, contentType, body),
                    null);
        }
        String http = "HTTP " + httpStatus;
        if (httpStatus == 401) {
            throw new EpmUnauthorizedException("HTTP 401: EPM rejected the credentials");
        }
        if (httpStatus == 403) {
            throw new EpmForbiddenException("HTTP 403: reading jobs needs the role " + role(product));
        }
        if (httpStatus == 404 || httpStatus == 410) {
            return new Missing(withReason(http + ": EPM does not know the job", contentType, body));
        }
        if (httpStatus / 100 == 2 || httpStatus / 100 == 4 && !NOT_THE_REQUEST.contains(httpStatus)) {
            return new Unknown(http, withReason(http, contentType, body));
        }
        throw new EpmUnavailableException(
                unavailable(httpStatus, http, contentType, body),
                scope(httpStatus, contentType, body),
                RetryAfter.of(retryAfter));
    }

    /** The word alone shows no maintenance: it may be in the name of a rule, or a link of a login page. */
    private static Scope scope(int httpStatus, @Nullable String contentType, @Nullable String body) {
        boolean named = body != null && body.toLowerCase(Locale.ROOT).contains(MAINTENANCE);
        if (httpStatus == 502 || httpStatus == 503) {
            return named ? Scope.MAINTENANCE : Scope.ENVIRONMENT;
        }
        if (httpStatus == 429) {
            return Scope.ENVIRONMENT;
        }
        return named && !EpmJson.isJson(contentType) ? Scope.POSSIBLY_MAINTENANCE : Scope.POSSIBLY_ONE_JOB;
    }

    private static String unavailable(
            int httpStatus, String http, @Nullable String contentType, @Nullable String body) {
        if (httpStatus / 100 == 3) {
            return http + ": redirected, most likely to a login page";
        }
        return switch (httpStatus) {
            case 429 -> http + ": too many requests";
            case 503 -> http + ": down or in maintenance";
            default -> withReason(http, contentType, body);
        };
    }

    private static Unknown unreadable() {
        return new Unknown("unreadable", "HTTP 200 with JSON that is not a valid object");
    }

    private static String withReason(String what, @Nullable String contentType, @Nullable String body) {
        JsonNode json = EpmJson.isJson(contentType) ? EpmJson.object(body) : null;
        if (json == null) {
            return what;
        }
        for (String field : REASONS) {
            String reason = text(json, field);
            if (reason != null) {
                return Objects.requireNonNullElse(SingleLine.of(what + ": " + reason), what);
            }
        }
        return what;
    }

    /** The role that may read jobs, from each product's documentation. */
    static String role(Product product) {
        return switch (product) {
            case PLANNING, FCCS, TAX, EPCM, FREEFORM, NARRATIVE_REPORTING -> "Service Administrator";
            case ARCS, DATA_INTEGRATION -> "Service Administrator or Power User";
            case ARCS_TM -> "Service Administrator, Power User or Jobs - View";
            case EDM -> "Service Administrator, or a role that may see the job";
            case MIGRATION -> "Service Administrator or Migrations - Administer";
        };
    }
}
