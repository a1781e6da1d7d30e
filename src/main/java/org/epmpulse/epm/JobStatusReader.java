package org.epmpulse.epm;

import static org.epmpulse.epm.EpmJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.epmpulse.config.Product;
import org.epmpulse.epm.JobState.Ended;
import org.epmpulse.epm.JobState.ResultPending;
import org.epmpulse.epm.JobState.Running;
import org.epmpulse.epm.JobState.Unknown;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/**
 * Reads a job's state from EPM's JSON. A status number has a different meaning in each product. The documented number
 * (in Data Integration and Enterprise Data Management the documented word) decides; texts are translated by EPM and only
 * shown. If a further code or an English text contradicts a success, it is no success: a job that has ended becomes
 * Warning, a job that may be running is unknown and polled again. An undocumented status never counts as a success; beside
 * a documented one, a further code that is not among those below shows nothing, because Oracle does not list its values.
 *
 * <p>REST APIs for Oracle Fusion Cloud EPM: retrieve_job_status.html (Planning and the products like it),
 * arcs_get_job_status.html, arcs_get_job_status_tm.html and lcm_export_v2.html with lcm_status_codes.html,
 * fdmee_jobstatus_di.html; Enterprise Data Management: op-v1-jobruns-jobrunid-get.html; Narrative Reporting:
 * api-jobs.html.
 */
final class JobStatusReader {

    /**
     * The Job Console's codes (epm_auto_export_job_console) of a job that EPM counts as a success although it had
     * problems, in {@code detailedStatus} since release 26.04. 2 is Completed.
     */
    private static final Map<Integer, String> WARNING_CODES = Map.of(
            3, "Failed with errors",
            4, "Completed, result unknown",
            5, "Completed with a threshold violation",
            7, "Cancelled",
            8, "Completed with errors",
            9, "Completed with warnings");

    /** The Job Console's codes of a job that has not ended: processing, pending cancel. */
    private static final Set<Integer> RUNNING_CODES = Set.of(1, 6);

    /** Numbers that say that a job of Data Integration failed, was cancelled or has an invalid parameter. */
    private static final Set<Integer> FAILED_NUMBERS = Set.of(1, 3, 4);

    private static final double MAX_EXACT = 1L << 53;

    private JobStatusReader() {}

    static JobState state(Product product, JsonNode json) {
        return switch (product) {
            case PLANNING, FCCS, TAX, EPCM, FREEFORM -> planning(json, "descriptiveStatus", true);
            case NARRATIVE_REPORTING -> planning(json, "descriptiveStatus", false);
            case ARCS, ARCS_TM, MIGRATION -> migration(json);
            case DATA_INTEGRATION -> integration(json);
            case EDM -> dataManagement(json);
        };
    }

    /**
     * Planning's numbers, which Data Integration has, too.
     *
     * @param wordField the field with a text for {@code status}
     * @param cancelPending whether 2 and 4 are documented: cancel pending, invalid parameter
     */
    private static JobState planning(JsonNode json, String wordField, boolean cancelPending) {
        Code code = code(json, "status");
        String details = text(json, "details");
        String description = text(json, wordField);
        if (code == null) {
            return withoutStatus("status");
        }
        if (code.number() == null || !cancelPending && (code.number() == 2 || code.number() == 4)) {
            return unknown("status", code, details == null ? description : details);
        }
        StatusWord word = StatusWord.of(description);
        return switch (code.number()) {
            case -1 -> planningRunning(json, word, details, description);
            case 0 -> planningSuccess(json, word, details, description);
            case 1 -> failed(details == null && word != StatusWord.SUCCEEDED ? description : details);
            case 2 -> new Running("Cancel pending");
            case 3 -> warning("Cancelled", details);
            case 4 -> warning("Invalid parameter", details);
            default -> unknown("status", code, details == null ? description : details);
        };
    }

    private static JobState planningRunning(
            JsonNode json, StatusWord word, @Nullable String details, @Nullable String description) {
        Integer detailed = detailedStatus(json);
        if (word.isEnd() || detailed != null && (detailed == 2 || WARNING_CODES.containsKey(detailed))) {
            return contradiction("status -1 (in progress)", detailed, description);
        }
        return new Running(details == null ? description : details);
    }

    private static JobState planningSuccess(
            JsonNode json, StatusWord word, @Nullable String details, @Nullable String description) {
        Integer detailed = detailedStatus(json);
        if (word == StatusWord.RUNNING || detailed != null && RUNNING_CODES.contains(detailed)) {
            return contradiction("status 0 (success)", detailed, description);
        }
        String problem = detailed == null ? null : WARNING_CODES.get(detailed);
        if (problem != null) {
            boolean vague = description == null || word == StatusWord.SUCCEEDED || word == StatusWord.RESULT_UNKNOWN;
            return warning(vague ? problem : Objects.requireNonNull(description), details);
        }
        return success(json, description, text(json, "detailedStatus"));
    }

    /**
     * A success, unless the field {@code error}, one of the texts of a status or {@code details} contradicts it. {@code
     * details} is free text, in which the words of a status show nothing unless it is one.
     */
    private static JobState success(JsonNode json, @Nullable String... statuses) {
        String details = text(json, "details");
        if (EpmJson.hasValue(json, "error")) {
            return failed(EpmJson.message(json.path("error")));
        }
        for (String status : statuses) {
            JobState contradiction = contradiction(StatusWord.ofStatus(status), status, details);
            if (contradiction != null) {
                return contradiction;
            }
        }
        JobState contradiction = contradiction(StatusWord.of(details), details, details);
        return contradiction == null ? new Ended(Status.OK, details) : contradiction;
    }

    private static @Nullable JobState contradiction(StatusWord word, @Nullable String text, @Nullable String details) {
        return switch (word) {
            case RUNNING -> contradiction("status 0 (success)", (Integer) null, text);
            case FAILED, SUCCEEDED_WITH_PROBLEMS -> warning(Objects.requireNonNull(text), details);
            case RESULT_UNKNOWN -> warning("Completed, result unknown", details);
            case SUCCEEDED, OTHER -> null;
        };
    }

    private static @Nullable Integer detailedStatus(JsonNode json) {
        Code detailed = code(json, "detailedStatus");
        return detailed == null ? null : detailed.number();
    }

    /**
     * The Migration Status Codes: every positive number is a failure, also 2 and 3; {@code details} and {@code error}
     * are the only texts. Migration lists the tasks that had problems in {@code items}.
     */
    private static JobState migration(JsonNode json) {
        Code code = code(json, "status");
        if (code == null) {
            return withoutStatus("status");
        }
        String details = text(json, "details");
        Integer number = code.number();
        if (number == null || number < -1 || number == Integer.MAX_VALUE) {
            return unknown("status", code, details);
        }
        if (number == -1) {
            return new Running(details);
        }
        if (number == 0) {
            return success(json);
        }
        String reason = details == null ? EpmJson.message(json.path("error")) : details;
        return reason == null ? warning("Failed", task(json)) : failed(reason);
    }

    /** The first task of a migration, as {@code source to destination}; null if there is none. */
    private static @Nullable String task(JsonNode json) {
        JsonNode first = json.path("items").path(0);
        String source = text(first, "source");
        String destination = text(first, "destination");
        return source == null || destination == null ? text(first, "name") : source + " to " + destination;
    }

    /**
     * {@code jobStatus} has warnings; in Oracle's samples it is correct where the number beside it is -1. An
     * undocumented word leaves the decision to the number.
     */
    private static JobState integration(JsonNode json) {
        Code status = code(json, "jobStatus");
        if (status == null) {
            return planning(json, "jobStatus", true);
        }
        String details = text(json, "details");
        if (status.text().equalsIgnoreCase(details)) {
            details = null;
        }
        Code code = code(json, "status");
        Integer number = code == null ? null : code.number();
        boolean numberFailed = number != null && FAILED_NUMBERS.contains(number);
        return switch (status.text().toUpperCase(Locale.ROOT)) {
            case "RUNNING" ->
                numberFailed ? contradiction("status " + number, null, status.text()) : new Running(details);
            case "SUCCESS" -> {
                if (number != null && number == 2) {
                    yield contradiction("status 2 (cancel pending)", null, status.text());
                }
                yield numberFailed
                        ? warning(
                                "Failed with status " + number + " beside SUCCESS",
                                details == null ? log(json) : details)
                        : new Ended(Status.OK, details);
            }
            case "WARNING" -> warning("Completed with warnings", details == null ? log(json) : details);
            case "FAILED" -> details == null ? warning("Failed", log(json)) : failed(details);
            default -> number == null ? unknown("jobStatus", status, details) : planning(json, "jobStatus", true);
        };
    }

    private static @Nullable String log(JsonNode json) {
        String file = text(json, "logFileName");
        return file == null ? null : "see " + file;
    }

    /**
     * The statuses are those in public clients of the API (PENDING, RUNNING, ERROR, COMPLETED); they were not tested
     * with a real environment. COMPLETED does not mean success: that is in the result.
     */
    private static JobState dataManagement(JsonNode json) {
        Code status = code(json, "status");
        if (status == null) {
            return withoutStatus("status");
        }
        String error = text(json, "error");
        boolean unsuccessful = EpmJson.hasValue(json, "error") || EdmResult.isUnsuccessful(json);
        return switch (status.text().toUpperCase(Locale.ROOT)) {
            case "PENDING", "RUNNING" -> new Running(progress(json));
            case "COMPLETED" -> unsuccessful ? failed(EdmResult.reason(json)) : new ResultPending();
            case "ERROR" -> failed(EdmResult.reason(json));
            default -> unknown("status", status, error);
        };
    }

    private static @Nullable String progress(JsonNode json) {
        JsonNode done = json.path("jobProgress");
        JsonNode size = json.path("jobSize");
        return done.isInt() && size.isInt() ? done.asInt() + " of " + size.asInt() : null;
    }

    private static JobState failed(@Nullable String reason) {
        return new Ended(Status.WARNING, reason == null ? "Failed" : reason);
    }

    private static JobState warning(String what, @Nullable String details) {
        boolean more = details != null && !details.equalsIgnoreCase(what);
        return new Ended(Status.WARNING, more ? SingleLine.of(what + ": " + details) : what);
    }

    private static JobState withoutStatus(String field) {
        return new Unknown("no " + field, "HTTP 200 with JSON without a " + field);
    }

    private static JobState unknown(String field, Code code, @Nullable String details) {
        String what = "unknown " + field + " " + code.text();
        String text = what + (details == null || details.equals(code.text()) ? "" : ": " + details);
        return new Unknown(line(what), line(text));
    }

    private static JobState contradiction(String status, @Nullable Integer detailed, @Nullable String description) {
        String other = (description == null ? "" : " \"" + description + "\"")
                + (detailed == null ? "" : " detailedStatus " + detailed);
        return new Unknown("contradiction", line("EPM contradicts itself: " + status + " beside" + other));
    }

    private static String line(String text) {
        return Objects.requireNonNullElse(SingleLine.of(text), "");
    }

    /** A status as EPM writes it, and its value if it is an int. */
    private record Code(String text, @Nullable Integer number) {}

    /** A text or a whole number; a number may be written as text or as 2.0. Null if it is none of these. */
    private static @Nullable Code code(JsonNode json, String field) {
        JsonNode value = json.path(field);
        String text;
        if (value.isTextual() || value.isIntegralNumber()) {
            text = value.asText().strip();
        } else if (value.isNumber()
                && value.doubleValue() == Math.rint(value.doubleValue())
                && Math.abs(value.doubleValue()) < MAX_EXACT) {
            text = Long.toString(value.longValue());
        } else {
            return null;
        }
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
}
