package org.epmpulse.epm;

import static org.epmpulse.epm.EpmJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.epmpulse.config.Product;
import org.epmpulse.epm.JobState.Ended;
import org.epmpulse.epm.JobState.Missing;
import org.epmpulse.epm.JobState.ResultPending;
import org.epmpulse.epm.JobState.Running;
import org.epmpulse.epm.JobState.Unknown;
import org.epmpulse.outbound.RetryAfter;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/**
 * Maps EPM's response to a poll to the state of the job: the only place where a response becomes a status. A status
 * number has a different meaning in each product. Only numbers decide; texts are translated by EPM and only shown. An
 * undocumented status never counts as a success. Stateless.
 *
 * <p>REST APIs for Oracle Fusion Cloud EPM: retrieve_job_status.html (Planning, FCCS), arcs_get_job_status.html,
 * arcs_get_job_status_tm.html with lcm_status_codes.html, fdmee_jobstatus_di.html; Enterprise Data Management:
 * op-v1-jobruns-jobrunid-get.html.
 */
public final class JobStatusMapper {

    /**
     * The Job Console's codes of a job that EPM counts as a success but that had problems: 3 failed with errors, 5
     * threshold violation, 7 cancelled, 8 completed with errors, 9 completed with warnings
     * (epm_auto_export_job_console).
     */
    private static final Set<Integer> WARNING_CODES = Set.of(3, 5, 7, 8, 9);

    /** The Job Console's texts of 8 and 9; EPM before release 26.04 returns no code. */
    private static final Set<String> WARNING_TEXTS = Set.of("completed with errors", "completed with warnings");

    /**
     * Maps the response to a request for a job's state.
     *
     * @param retryAfter the header {@code Retry-After}; null if there is none
     * @throws EpmUnavailableException if the response does not contain a job's state
     * @throws EpmUnauthorizedException on HTTP 401
     * @throws EpmForbiddenException on HTTP 403
     */
    public JobState mapStatus(
            Product product,
            int httpStatus,
            @Nullable String contentType,
            @Nullable String body,
            @Nullable String retryAfter) {
        return switch (httpStatus) {
            case 200 -> job(product, json(contentType, body));
            case 401 -> throw new EpmUnauthorizedException("HTTP 401: EPM rejected the credentials");
            case 403 -> throw new EpmForbiddenException("HTTP 403: reading jobs needs the role " + role(product));
            case 404 -> new Missing(withReason("HTTP 404: EPM does not know the job", contentType, body));
            default -> throw unavailable(httpStatus, contentType, body, retryAfter);
        };
    }

    /**
     * Maps the response to a request for the result of a completed job of Enterprise Data Management
     * (op-v1-jobruns-jobrunid-result-get.html). Throws the same exceptions as {@link #mapStatus}.
     *
     * @throws EpmUnavailableException if the response does not contain a result
     */
    public JobState mapResult(
            int httpStatus, @Nullable String contentType, @Nullable String body, @Nullable String retryAfter) {
        if (httpStatus == 404) {
            // Not every kind of job has a result.
            return new Ended(Status.OK, null);
        }
        if (httpStatus != 200) {
            return mapStatus(Product.EDM, httpStatus, contentType, body, retryAfter);
        }
        JsonNode json = json(contentType, body);
        boolean unsuccessful = isFalse(json.path("success"));
        String error = text(json, "error");
        return unsuccessful || error != null
                ? failed(error == null ? text(json, "message") : error)
                : new Ended(Status.OK, null);
    }

    private static EpmUnavailableException unavailable(
            int httpStatus, @Nullable String contentType, @Nullable String body, @Nullable String retryAfter) {
        String http = "HTTP " + httpStatus;
        if (httpStatus / 100 == 3) {
            return new EpmUnavailableException(http + ": redirected, most likely to a login page");
        }
        if (httpStatus == 429) {
            return new EpmUnavailableException(http + ": too many requests", RetryAfter.of(retryAfter));
        }
        if (httpStatus == 503) {
            return new EpmUnavailableException(http + ": down or in maintenance", RetryAfter.of(retryAfter));
        }
        return new EpmUnavailableException(withReason(http, contentType, body));
    }

    private static JsonNode json(@Nullable String contentType, @Nullable String body) {
        if (!EpmJson.isJson(contentType)) {
            throw new EpmUnavailableException("HTTP 200 with "
                    + Objects.requireNonNullElse(SingleLine.of(contentType), "no Content-Type")
                    + " instead of JSON, most likely a login or maintenance page");
        }
        JsonNode json = EpmJson.object(body);
        if (json == null) {
            throw new EpmUnavailableException("HTTP 200 with JSON that is not a valid object");
        }
        return json;
    }

    private static JobState job(Product product, JsonNode json) {
        return switch (product) {
            case PLANNING, FCCS -> planning(json);
            case ARCS, ARCS_TM -> reconciliation(json);
            case DATA_INTEGRATION -> integration(json);
            case EDM -> dataManagement(json);
        };
    }

    /** Data Integration's numbers have the same meaning. */
    private static JobState planning(JsonNode json) {
        Code code = code(json, "status");
        String details = text(json, "details");
        String description = text(json, "descriptiveStatus");
        if (code.number() == null) {
            return unknown(code, details);
        }
        return switch (code.number()) {
            case -1 -> new Running(details == null ? description : details);
            case 0 -> planningSuccess(json, details, description);
            case 1 -> failed(details == null ? description : details);
            case 2 -> new Running("Cancel pending");
            case 3 -> warning("Cancelled", details);
            case 4 -> warning("Invalid parameter", details);
            default -> unknown(code, details == null ? description : details);
        };
    }

    private static JobState planningSuccess(JsonNode json, @Nullable String details, @Nullable String description) {
        Code detailed = codeIfAny(json, "detailedStatus");
        boolean warningCode =
                detailed != null && detailed.number() != null && WARNING_CODES.contains(detailed.number());
        if (warningCode || description != null && WARNING_TEXTS.contains(description.toLowerCase(Locale.ROOT))) {
            return warning(description == null ? "Completed with errors or warnings" : description, details);
        }
        return new Ended(Status.OK, details);
    }

    /** Every positive number is a failure, also 2 and 3; {@code details} is the only text. */
    private static JobState reconciliation(JsonNode json) {
        Code code = code(json, "status");
        String details = text(json, "details");
        Integer number = code.number();
        if (number == null || number < -1 || number == Integer.MAX_VALUE) {
            return unknown(code, details);
        }
        if (number == -1) {
            return new Running(details);
        }
        return number == 0 ? new Ended(Status.OK, details) : failed(details == null ? text(json, "error") : details);
    }

    /** {@code jobStatus} has warnings; in Oracle's samples it is correct where the number beside it is wrong. */
    private static JobState integration(JsonNode json) {
        Code status = codeIfAny(json, "jobStatus");
        if (status == null) {
            return planning(json);
        }
        String details = text(json, "details");
        if (status.text().equalsIgnoreCase(details)) {
            details = null;
        }
        return switch (status.text().toUpperCase(Locale.ROOT)) {
            case "RUNNING" -> new Running(details);
            case "SUCCESS" -> new Ended(Status.OK, details);
            case "WARNING" -> warning("Completed with warnings", details == null ? log(json) : details);
            case "FAILED" -> details == null ? warning("Failed", log(json)) : failed(details);
            default -> unknown(status, details);
        };
    }

    private static @Nullable String log(JsonNode json) {
        String file = text(json, "logFileName");
        return file == null ? null : "see " + file;
    }

    /**
     * The statuses are those in public clients of the API (PENDING, RUNNING, ERROR, COMPLETED); they were not tested
     * with a real environment. COMPLETED does not mean success: {@code success} is part of the result.
     */
    private static JobState dataManagement(JsonNode json) {
        Code status = code(json, "status");
        String error = text(json, "error");
        boolean unsuccessful =
                isFalse(json.path("success")) || isFalse(json.path("result").path("success"));
        return switch (status.text().toUpperCase(Locale.ROOT)) {
            case "PENDING", "RUNNING" -> new Running(progress(json));
            case "COMPLETED" -> error != null || unsuccessful ? failed(error) : new ResultPending();
            case "ERROR" -> failed(error);
            default -> unknown(status, error);
        };
    }

    private static @Nullable String progress(JsonNode json) {
        JsonNode done = json.path("jobProgress");
        JsonNode size = json.path("jobSize");
        return done.isInt() && size.isInt() ? done.asInt() + " of " + size.asInt() : null;
    }

    private static boolean isFalse(JsonNode value) {
        return value.isBoolean() && !value.asBoolean();
    }

    private static JobState failed(@Nullable String reason) {
        return new Ended(Status.WARNING, reason == null ? "Failed" : reason);
    }

    private static JobState warning(String what, @Nullable String details) {
        return new Ended(Status.WARNING, details == null ? what : SingleLine.of(what + ": " + details));
    }

    private static JobState unknown(Code code, @Nullable String details) {
        String text = "unknown status " + code.text() + (details == null ? "" : ": " + details);
        return new Unknown(Objects.requireNonNullElse(SingleLine.of(text), text));
    }

    /** A status as EPM writes it, and its value if it is an int. */
    private record Code(String text, @Nullable Integer number) {}

    private static Code code(JsonNode json, String field) {
        Code code = codeIfAny(json, field);
        if (code == null) {
            throw new EpmUnavailableException("HTTP 200 with JSON without a " + field);
        }
        return code;
    }

    /** A text or a whole number; a number may be written as text. Null if it is neither. */
    private static @Nullable Code codeIfAny(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual() && !value.isIntegralNumber()) {
            return null;
        }
        String text = value.asText().strip();
        return text.isEmpty() || text.equals("null") ? null : new Code(text, number(text));
    }

    /** Null if the text is not an int in its usual form. */
    private static @Nullable Integer number(String text) {
        try {
            Integer number = Integer.valueOf(text);
            return number.toString().equals(text) ? number : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static String withReason(String what, @Nullable String contentType, @Nullable String body) {
        JsonNode json = EpmJson.isJson(contentType) ? EpmJson.object(body) : null;
        if (json == null) {
            return what;
        }
        String reason = text(json, "message");
        if (reason == null) {
            reason = text(json, "details");
        }
        return reason == null ? what : Objects.requireNonNullElse(SingleLine.of(what + ": " + reason), what);
    }

    /** The role that may read jobs, from each product's documentation. */
    static String role(Product product) {
        return switch (product) {
            case PLANNING, FCCS -> "Service Administrator";
            case ARCS, DATA_INTEGRATION -> "Service Administrator or Power User";
            case ARCS_TM -> "Service Administrator, Power User or Jobs - View";
            case EDM -> "Service Administrator, or a role that may see the job";
        };
    }
}
