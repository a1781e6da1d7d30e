package org.epmpulse.epm.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.config.Watch;
import org.epmpulse.epm.EpmForbiddenException;
import org.epmpulse.epm.EpmRequests;
import org.epmpulse.epm.JobState;
import org.epmpulse.epm.RequestCredentials;
import org.epmpulse.epm.SingleLine;
import org.epmpulse.epm.TokenProvider;
import org.epmpulse.outbound.OutboundFailure;
import org.jspecify.annotations.Nullable;

/**
 * The bean of the route {@code epm-watch} that sends the requests. Thread-safe.
 *
 * <p>REST APIs for Oracle Fusion Cloud EPM: pbcs_export_job_console_job.html, retrieve_job_status.html, download.html,
 * delete_files.html.
 */
public final class WatchCalls implements AutoCloseable {

    private static final String RULES_ROLES = "Service Administrator or Power User";
    private static final String DOWNLOAD_ROLES = "Service Administrator, or Power User with Migrations - Administer";
    /** Of a location. */
    private static final int MAX_RULES = 10_000;

    private static final String CONSOLE_ROLES =
            "Service Administrator, or another role with Jobs - View or Jobs - Manage";

    /** What EPM calls the jobs that export its console for EPMPulse. */
    static final String EXPORT_NAME = "EPMPulse";

    private final TokenProvider tokens;
    private final ProxyRules proxies;
    private @Nullable EpmRequests requests;
    private boolean closed;

    /** @param proxies of the requests */
    public WatchCalls(TokenProvider tokens, ProxyRules proxies) {
        this.tokens = tokens;
        this.proxies = proxies;
    }

    /** Created for the first request: most installations watch nothing. */
    private synchronized EpmRequests requests() throws IOException {
        if (closed) {
            throw new IOException("stopped");
        }
        if (requests == null) {
            requests = new EpmRequests(tokens, proxies, JobListReader.MAX_ZIP);
        }
        return requests;
    }

    /** The credentials of a step, for {@link #send}. Throws as {@link TokenProvider#credentials}. */
    public RequestCredentials credentials(WatchStep step) {
        return tokens.credentials(step.target().server());
    }

    /**
     * Sends the request of a step. Takes up to a minute.
     *
     * @return the reply, also if it says that the request was refused
     * @throws IOException without a response; other exceptions as {@link EpmRequests}
     */
    public WatchReply send(WatchStep step, RequestCredentials credentials) throws IOException {
        try {
            return switch (step.kind()) {
                case EXPORT -> export(step, credentials);
                case EXPORT_STATE, JOB, PROBE, NUMBER ->
                    job(requests().state(step.target().poll(step.argument()), credentials));
                case DOWNLOAD -> download(step, credentials);
                case DELETE -> delete(step, credentials);
                case REPORT -> report(step, credentials);
                case REPORT_CONTENT -> tasks(step, credentials);
                case RULES -> rules(step, requests().rules(step.target().server(), credentials, step.argument()));
            };
        } catch (EpmForbiddenException e) {
            return new WatchReply.Unusable(
                    step.kind() == WatchStep.Kind.DOWNLOAD
                            ? "HTTP 403: the list was exported, but downloading it needs the role " + DOWNLOAD_ROLES
                            : "HTTP 403: the user needs the role "
                                    + (step.kind() == WatchStep.Kind.RULES ? RULES_ROLES : CONSOLE_ROLES));
        }
    }

    private WatchReply export(WatchStep step, RequestCredentials credentials) throws IOException {
        WatchTarget target = step.target();
        return job(requests().start(target.server(), target.application(), credentials, exportJob(step)));
    }

    /** The documents spell two parameters in two ways (nDays and ndays, jobTypes and jobtypes), so both are sent. */
    private static ObjectNode exportJob(WatchStep step) {
        ObjectNode job = JsonNodeFactory.instance.objectNode();
        String days = Integer.toString(step.days());
        job.put("jobType", step.argument()).put("jobName", EXPORT_NAME);
        job.putObject("parameters")
                .put("fileName", step.target().fileName())
                .put("nDays", days)
                .put("ndays", days)
                .put("jobTypes", "all")
                .put("jobtypes", "all")
                .put("jobStatusCodes", "all")
                .put("exportErrorDetails", "false")
                .put("excludeApplicationId", "true");
        return job;
    }

    private static WatchReply.Job job(EpmRequests.Reply reply) {
        return new WatchReply.Job(reply.state(), reply.jobId(), reply.jobName());
    }

    private WatchReply report(WatchStep step, RequestCredentials credentials) throws IOException {
        Watch.Report report = Objects.requireNonNull(step.target().watch().report(), "a report is configured");
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("groupName", report.group()).put("reportName", report.name());
        body.put("generatedReportFileName", step.target().fileName().replace(".zip", ".csv"));
        body.put("format", "CSV").put("module", "FCM").put("runAsync", false);
        ObjectNode parameters = body.putObject("parameters");
        report.parameters().forEach(parameters::put);
        EpmRequests.Reply reply = requests().report(step.target().server(), credentials, body);
        if (reply.json() != null) {
            for (JsonNode link : reply.json().path("links")) {
                String href = link.path("href").asText();
                int path = href.indexOf("/HyperionPlanning/");
                if (link.path("rel").asText().equals("report-content") && path >= 0) {
                    return new WatchReply.Report(href.substring(path));
                }
            }
        }
        return new WatchReply.Unusable(
                "EPM has not generated the report " + report.name() + ": " + text(reply.state()));
    }

    private WatchReply tasks(WatchStep step, RequestCredentials credentials) throws IOException {
        byte @Nullable [] csv = requests().reportContent(step.target().server(), credentials, step.argument());
        if (csv == null) {
            return new WatchReply.Unusable("EPM has generated the report, but it cannot be read");
        }
        try {
            return new WatchReply.TaskList(Tasks.read(csv, step.target()));
        } catch (ListException e) {
            return WatchReply.Unusable.of(e);
        }
    }

    private static WatchReply rules(WatchStep step, EpmRequests.Reply reply) {
        JsonNode items = reply.json() == null ? null : reply.json().path("items");
        if (items == null || !items.isArray()) {
            return new WatchReply.Unusable(
                    "EPM has no list of the rules of location " + step.argument() + ": " + text(reply.state()));
        }
        List<ListedJob> jobs = new ArrayList<>();
        for (JsonNode item : items) {
            String id = item.path("lastJobId").asText();
            String name = SingleLine.of(item.path("ruleName").asText());
            if (name != null && id.matches("[1-9][0-9]{0,18}") && jobs.size() < MAX_RULES) {
                String status = SingleLine.of(item.path("lastJobStatus").asText());
                jobs.add(new ListedJob(id, name, null, status, null, null, null));
            }
        }
        return new WatchReply.Rules(jobs);
    }

    /** Reads the list here, on the thread of the request. */
    private WatchReply download(WatchStep step, RequestCredentials credentials) throws IOException {
        WatchTarget target = step.target();
        try {
            byte @Nullable [] zip = requests().download(target.server(), credentials, target.fileName());
            if (zip == null) {
                return new WatchReply.Unusable("EPM has exported the list, but not as the file " + target.fileName());
            }
            return new WatchReply.Listed(
                    new JobListReader(target.matcher(), target.watch().columns()).readZip(zip, step.argument()));
        } catch (ListException e) {
            return WatchReply.Unusable.of(e);
        } catch (IOException e) {
            if (!OutboundFailure.isTooLong(e)) {
                throw e;
            }
            return WatchReply.Unusable.of(
                    ListException.tooLarge("the list has more than " + (JobListReader.MAX_ZIP >> 20) + " MB zipped"));
        }
    }

    private WatchReply delete(WatchStep step, RequestCredentials credentials) throws IOException {
        requests().delete(step.target().server(), credentials, step.target().fileName());
        return new WatchReply.Deleted();
    }

    /** The text of a state, for people. */
    static String text(JobState state) {
        if (state instanceof JobState.Ended ended) {
            return Objects.requireNonNullElse(ended.message(), ended.status().label());
        }
        if (state instanceof JobState.Unknown unknown) {
            return unknown.text();
        }
        return state instanceof JobState.Missing missing ? missing.text() : "running";
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (requests != null) {
            requests.close();
        }
    }
}
