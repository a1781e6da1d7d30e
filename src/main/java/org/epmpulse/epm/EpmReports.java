package org.epmpulse.epm;

import static org.epmpulse.epm.EpmJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.epmpulse.epm.JobState.Ended;
import org.epmpulse.outbound.OutboundFailure;
import org.epmpulse.outbound.OutboundHttp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what EPM reports beside a job's status: why a job failed, and the time of the daily maintenance. Nothing depends
 * on it: a failure of a request is only logged at DEBUG. Thread-safe.
 *
 * <p>REST APIs for Oracle Fusion Cloud EPM: retrieve_job_status_details.html, retrieve_child_job_status_details.html.
 */
final class EpmReports {

    /** For one request; after it, no other request about the same job starts. */
    static final Duration TIMEOUT = Duration.ofSeconds(3);

    private static final Logger LOG = LoggerFactory.getLogger(EpmReports.class);

    /** {@code q={"messageType":"ERROR"}} */
    private static final String ERRORS = "/details?q=%7B%22messageType%22%3A%22ERROR%22%7D&offset=0&limit=25";

    private static final Pattern CHILD = Pattern.compile("/childjobs/([0-9]{1,19})/details");

    private static final int MAX_CHILDREN = 5;

    /** Of a message in front of the reason, in characters. */
    private static final int MAX_PREFIX = 80;

    private final OutboundHttp http;

    EpmReports(OutboundHttp http) {
        this.http = http;
    }

    /** Cancels requests in flight; new ones fail at once. */
    void close() {
        http.close();
    }

    @Nullable
    MaintenanceWindow maintenance(Poll poll, String authorization) {
        URI base = poll.server().baseUrl();
        JsonNode json = base == null ? null : get(URI.create(base + MaintenanceWindow.PATH), authorization);
        return json == null ? null : MaintenanceWindow.of(json);
    }

    /** The same end with the first real reason, if EPM gives one. */
    Ended withReason(Poll poll, String authorization, Ended end) {
        String reason = reason(poll.url(), authorization, System.nanoTime() + TIMEOUT.toNanos());
        String message = end.message();
        if (reason == null || message != null && message.contains(reason)) {
            return end;
        }
        boolean inFront = message != null && message.length() <= MAX_PREFIX;
        return new Ended(end.status(), SingleLine.of(inFront ? message + ": " + reason : reason));
    }

    /** A message of the job, else of the child job that rejected most records, else how many records were rejected. */
    private @Nullable String reason(URI job, String authorization, long deadline) {
        JsonNode details = get(URI.create(job + ERRORS), authorization);
        if (details == null) {
            return null;
        }
        String own = firstMessage(details);
        if (own != null) {
            return own;
        }
        List<Part> parts = parts(details);
        for (Part part : parts) {
            if (part.childJob() == null || deadline - System.nanoTime() <= 0) {
                continue;
            }
            JsonNode child = get(URI.create(job + "/childjobs/" + part.childJob() + ERRORS), authorization);
            String message = child == null ? null : firstMessage(child);
            if (message != null) {
                return part.named(message);
            }
        }
        return parts.stream()
                .filter(part -> part.rejected() > 0)
                .findFirst()
                .map(part -> part.named(part.rejected() + " records rejected"))
                .orElse(null);
    }

    private static @Nullable String firstMessage(JsonNode details) {
        for (JsonNode item : details.path("items")) {
            String message = text(item, "msgText");
            String type = text(item, "msgType");
            if (message != null && (type == null || type.equalsIgnoreCase("ERROR"))) {
                return message;
            }
        }
        return null;
    }

    /** The parts with the most rejected records first. */
    private static List<Part> parts(JsonNode details) {
        List<Part> parts = new ArrayList<>();
        for (JsonNode item : details.path("items")) {
            String child = null;
            for (JsonNode link : item.path("links")) {
                Matcher href = CHILD.matcher(link.path("href").asText());
                if (child == null && href.find()) {
                    child = href.group(1);
                }
            }
            parts.add(new Part(
                    text(item, "dimensionName"), item.path("recordsRejected").asLong(), child));
        }
        parts.sort(Comparator.comparingLong(Part::rejected).reversed());
        return parts.subList(0, Math.min(MAX_CHILDREN, parts.size()));
    }

    /**
     * A part of an import or export.
     *
     * @param dimension null if there is none
     * @param childJob id of the job of this part; null if there is none
     */
    private record Part(
            @Nullable String dimension,
            long rejected,
            @Nullable String childJob) {

        String named(String message) {
            return dimension == null ? message : dimension + ": " + message;
        }
    }

    /** Null if there is no JSON object. */
    private @Nullable JsonNode get(URI url, String authorization) {
        try {
            HttpGet request = new HttpGet(url);
            request.setHeader("Authorization", authorization);
            request.setHeader("Accept", "application/json");
            OutboundHttp.Response response = http.send(request);
            if (response.status() == 200 && EpmJson.isJson(response.contentType())) {
                return EpmJson.object(response.body());
            }
            LOG.debug("EPM: no report at {}: HTTP {}", url.getPath(), response.status());
        } catch (IOException e) {
            LOG.debug("EPM: no report at {}: {}", url.getPath(), OutboundFailure.reason(e));
        } catch (RuntimeException e) {
            // The end of the job must be recorded all the same.
            LOG.debug("EPM: no report at {}", url.getPath(), e);
        }
        return null;
    }
}
