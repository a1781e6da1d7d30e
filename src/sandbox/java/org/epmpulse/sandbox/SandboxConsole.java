package org.epmpulse.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The job console of a simulated Planning environment, and its export as a ZIP with a CSV: a byte order mark, a line
 * with an application identifier, a header, and error details with newlines (pbcs_export_job_console_job.html,
 * epm_auto_export_job_console.html). Headers, their order, the format and the time zone are not documented, so each can
 * be set. Thread-safe.
 */
public final class SandboxConsole {

    /** The columns of the list. */
    public enum Field {
        ID,
        NAME,
        TYPE,
        STATUS,
        USER,
        START,
        END,
        /** Text with newlines and quotes in it. */
        ERRORS
    }

    static final String EXPORT = "export";
    static final String DOWNLOAD = "download";
    static final String DELETE = "delete";
    static final String RULES = "rules";
    static final String REPORT = "task report";

    private static final String REPORT_PATH = "/HyperionPlanning/rest/fcmapi/v1/report";

    private static final String RULES_PATH = "/aif/rest/V1/rules";

    private static final Pattern JOBS = Pattern.compile("/HyperionPlanning/rest/v3/applications/([^/]+)/jobs");
    private static final Pattern FILE =
            Pattern.compile("/interop/rest/11\\.1\\.2\\.3\\.600/applicationsnapshots/([^/]+)(/contents)?");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SandboxJobs jobs;
    private final List<Row> rows = new ArrayList<>();
    private final Map<String, byte[]> files = new HashMap<>();
    private final Set<String> exportTypes = new HashSet<>(Set.of("Export Job Console"));
    private final Map<Field, String> headers = new LinkedHashMap<>();
    private final Map<Integer, Map<String, ObjectNode>> rules = new HashMap<>();
    private String report = "";
    private ZoneId zone = ZoneOffset.UTC;
    private DateTimeFormatter format = formatter("yyyy-MM-dd HH:mm:ss");
    private Duration exportTime = Duration.ZERO;
    private boolean listsExports = true;
    private boolean secondFile;
    private byte @Nullable [] fixedFile;
    private final List<Integer> exportedDays = new ArrayList<>();
    private long nextId = 1000;

    private record Row(
            String application,
            String id,
            String name,
            String type,
            String user,
            Instant start,
            Instant end,
            ScriptedJobState.State state) {

        boolean isRunning(Instant now) {
            return now.isBefore(end);
        }

        Row endedAt(Instant newEnd) {
            return new Row(application, id, name, type, user, start, newEnd, state);
        }
    }

    SandboxConsole(SandboxJobs jobs) {
        this.jobs = jobs;
        Arrays.stream(Field.values()).forEach(field -> headers.put(field, header(field)));
    }

    private static String header(Field field) {
        return switch (field) {
            case ID -> "Job ID";
            case NAME -> "Job Name";
            case TYPE -> "Job Type";
            case STATUS -> "Status";
            case USER -> "User";
            case START -> "Start Time";
            case END -> "End Time";
            case ERRORS -> "Error Details";
        };
    }

    private static DateTimeFormatter formatter(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    }

    /**
     * Adds a job, which can be polled, too, and returns its id.
     *
     * @param end {@link Instant#MAX} if it does not end
     * @param state after its end
     */
    public synchronized String add(
            String application,
            String name,
            String type,
            String user,
            Instant start,
            Instant end,
            ScriptedJobState.State state) {
        String id = Long.toString(nextId++);
        addRow(new Row(application, id, name, type, user, start, end, state));
        return id;
    }

    /** Ends a running job. */
    public synchronized void end(String id, Instant end) {
        rows.replaceAll(row -> row.id().equals(id) ? row.endedAt(end) : row);
        rows.stream().filter(row -> row.id().equals(id)).forEach(this::addToJobs);
    }

    private void addRow(Row row) {
        rows.add(row);
        addToJobs(row);
    }

    private void addToJobs(Row row) {
        jobs.put(
                new SandboxJobs.Key(SandboxProduct.PLANNING.operation(), row.application(), row.id()),
                (poll, now) -> (row.isRunning(now) ? ScriptedJobState.running() : ScriptedJobState.of(row.state()))
                        .with("jobName", row.name()));
    }

    /** Removes all jobs from the list, as an administrator can; they can still be polled. */
    public synchronized void clear() {
        rows.clear();
    }

    /** Sets the columns, in this order. */
    public synchronized void columns(Map<Field, String> headersInOrder) {
        headers.clear();
        headers.putAll(headersInOrder);
    }

    /** Sets how times are written; the default is ISO in UTC. */
    public synchronized void times(String pattern, ZoneId newZone) {
        format = formatter(pattern);
        zone = newZone;
    }

    /** Sets what the type of the export job is called; the default is {@code Export Job Console}. */
    public synchronized void exportType(String type) {
        exportTypes.clear();
        exportTypes.add(type);
    }

    /** Sets how long an export takes from now on. */
    public synchronized void exportTime(Duration time) {
        exportTime = time;
    }

    /** Sets whether the list has the job that exports it, as it has by default. */
    public synchronized void listsExports(boolean lists) {
        listsExports = lists;
    }

    /** Adds another file before the list to the ZIP. */
    public synchronized void secondFile() {
        secondFile = true;
    }

    /** Exports this from now on, whatever it is; null for the list. */
    public synchronized void exportedFile(byte @Nullable [] content) {
        fixedFile = content;
    }

    /** The names of the files that were exported and not deleted. */
    public synchronized Set<String> files() {
        return Set.copyOf(files.keySet());
    }

    /** How many days each export was asked for. */
    public synchronized List<Integer> exportedDays() {
        return List.copyOf(exportedDays);
    }

    /** A ZIP with one file of zeros, as large as this. */
    public static byte[] bomb(int megabytes) {
        byte[] zeros = new byte[1 << 20];
        return zip(zip -> {
            zip.putNextEntry(new ZipEntry("console.csv"));
            for (int i = 0; i < megabytes; i++) {
                zip.write(zeros);
            }
        });
    }

    /** A ZIP with a list that has this text. */
    public static byte[] zip(String csv) {
        return zip(zip -> {
            zip.putNextEntry(new ZipEntry("console.csv"));
            zip.write(csv.getBytes(StandardCharsets.UTF_8));
        });
    }

    /** Adds a rule of Data Integration, or sets its latest job; the request that lists them is not documented. */
    public synchronized void rule(int location, String name, String lastJobId, String lastJobStatus) {
        rules.computeIfAbsent(location, ignored -> new LinkedHashMap<>())
                .put(
                        name,
                        node().put("ruleName", name).put("lastJobId", lastJobId).put("lastJobStatus", lastJobStatus));
    }

    /** Sets the content of every report of Task Manager. */
    public synchronized void report(String csv) {
        report = csv;
    }

    private SimulatedResponse generate(String body) {
        boolean known = body.contains("\"module\":\"FCM\"") && body.contains("\"format\":\"CSV\"");
        ObjectNode reply = node().put("status", known ? 0 : 1).put("details", known ? "" : "Unknown report");
        if (known) {
            reply.putArray("links")
                    .addObject()
                    .put("rel", "report-content")
                    .put("href", "https://epm.example.com" + REPORT_PATH + "/content/1");
        }
        return SimulatedResponse.json(200, reply);
    }

    private SimulatedResponse rules(String query) {
        ObjectNode body = node();
        var items = body.putArray("items");
        String location = query.replace("locationId=", "");
        rules.forEach((id, named) -> {
            if (location.equals(id.toString())) {
                items.addAll(named.values());
            }
        });
        return SimulatedResponse.json(200, body);
    }

    /** The operation of a request; null if it is not about the console, its files or rules. */
    static @Nullable String operation(String method, String path) {
        if (method.equals("GET") && path.equals(RULES_PATH)) {
            return RULES;
        }
        if (path.equals(method.equals("POST") ? REPORT_PATH : REPORT_PATH + "/content/1")) {
            return REPORT;
        }
        if (method.equals("POST") && JOBS.matcher(path).matches()) {
            return EXPORT;
        }
        Matcher file = FILE.matcher(path);
        if (!file.matches()) {
            return null;
        }
        boolean content = file.group(2) != null;
        return method.equals("GET") && content ? DOWNLOAD : method.equals("DELETE") && !content ? DELETE : null;
    }

    /** The response to an authenticated request. */
    synchronized SimulatedResponse response(String operation, Exchange exchange, Instant now) {
        String path = exchange.path();
        String body = exchange.body();
        if (operation.equals(REPORT)) {
            return exchange.method().equals("POST") ? generate(body) : SimulatedResponse.of(200, "text/csv", report);
        }
        if (operation.equals(RULES)) {
            return rules(exchange.query());
        }
        if (operation.equals(EXPORT)) {
            Matcher application = JOBS.matcher(path);
            return application.matches() ? export(decode(application.group(1)), body, now) : notFound();
        }
        Matcher file = FILE.matcher(path);
        String name = file.matches() ? decode(file.group(1)) : "";
        byte[] content = files.get(name);
        if (content == null) {
            return notFound();
        }
        if (operation.equals(DELETE)) {
            files.remove(name);
            return SimulatedResponse.json(200, node().put("status", 0).putNull("details"));
        }
        return SimulatedResponse.binary(content);
    }

    private SimulatedResponse export(String application, String body, Instant now) {
        JsonNode job;
        try {
            job = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return SimulatedResponse.json(400, node().put("status", 400).put("message", "not JSON"));
        }
        if (!exportTypes.contains(job.path("jobType").asText())) {
            return SimulatedResponse.json(
                    400, node().put("status", 400).put("message", "Invalid job type " + job.path("jobType")));
        }
        JsonNode parameters = job.path("parameters");
        exportedDays.add(parameters.path("nDays").asInt());
        String id = Long.toString(nextId++);
        Row own = new Row(
                application,
                id,
                "EPMPulse",
                "JOBCONSOLE_EXPORT",
                "epmpulse",
                now,
                now.plus(exportTime),
                ScriptedJobState.State.SUCCEEDED);
        jobs.put(
                new SandboxJobs.Key(SandboxProduct.PLANNING.operation(), application, id),
                (poll, at) -> own.isRunning(at) ? ScriptedJobState.running() : ScriptedJobState.succeeded());
        if (listsExports) {
            rows.add(own);
        }
        files.put(
                parameters.path("fileName").asText(),
                fixedFile != null ? fixedFile : list(application, parameters, now));
        ObjectNode reply = node().put("jobId", Long.parseLong(id)).put("status", -1);
        return SimulatedResponse.json(
                200,
                reply.put("jobName", "EPMPulse")
                        .put("descriptiveStatus", "Processing")
                        .putNull("details"));
    }

    private byte[] list(String application, JsonNode parameters, Instant now) {
        String days = parameters.path("nDays").asText("7");
        Instant since = days.equals("all") ? Instant.MIN : now.minus(Duration.ofDays(Integer.parseInt(days)));
        boolean all = parameters.path("jobStatusCodes").asText("2").equals("all");
        boolean rulesOnly = !parameters.path("jobTypes").asText("Rules").equals("all");
        StringBuilder csv = new StringBuilder("\ufeff");
        if (!parameters.path("excludeApplicationId").asText().equals("true")) {
            csv.append("\"k9Qe+4mZ1A==\"\r\n");
        }
        csv.append(headers.values().stream().map(SandboxConsole::quoted).collect(Collectors.joining(",")))
                .append("\r\n");
        for (Row row : rows) {
            boolean listed = row.application().equals(application)
                    && !row.start().isAfter(now)
                    && row.start().isAfter(since)
                    && (all || !row.isRunning(now) && row.state() == ScriptedJobState.State.SUCCEEDED)
                    && (!rulesOnly || row.type().equals("RULES"));
            if (listed) {
                csv.append(headers.keySet().stream()
                                .map(field -> quoted(text(row, field, now)))
                                .collect(Collectors.joining(",")))
                        .append("\r\n");
            }
        }
        return zip(zip -> {
            if (secondFile) {
                zip.putNextEntry(new ZipEntry("readme.txt"));
                zip.write("Exported job console\n".getBytes(StandardCharsets.UTF_8));
                zip.putNextEntry(new ZipEntry("errors.csv"));
                zip.write("Message\r\nnone\r\n".getBytes(StandardCharsets.UTF_8));
            }
            zip.putNextEntry(new ZipEntry("console.csv"));
            zip.write(csv.toString().getBytes(StandardCharsets.UTF_8));
        });
    }

    private String text(Row row, Field field, Instant now) {
        boolean running = row.isRunning(now);
        return switch (field) {
            case ID -> row.id();
            case NAME -> row.name();
            case TYPE -> row.type();
            case USER -> row.user();
            case START -> format.format(row.start().atZone(zone));
            case END -> running ? "" : format.format(row.end().atZone(zone));
            case STATUS -> running ? "Processing" : status(row.state());
            case ERRORS ->
                running || row.state() == ScriptedJobState.State.SUCCEEDED ? "" : "Line 1: \"bad\",\nLine 2, see log";
        };
    }

    private static String status(ScriptedJobState.State state) {
        return switch (state) {
            case SUCCEEDED -> "Completed";
            case SUCCEEDED_WITH_WARNINGS -> "Completed with warnings";
            case CANCELLED -> "Cancelled";
            default -> "Failed with errors";
        };
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\"", "\"\"") + "\"";
    }

    private interface ZipContent {
        void writeTo(ZipOutputStream zip) throws IOException;
    }

    private static byte[] zip(ZipContent content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            content.writeTo(zip);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static SimulatedResponse notFound() {
        return SimulatedResponse.json(404, node().put("status", 8).put("details", "File not found"));
    }

    private static String decode(String segment) {
        return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }
}
