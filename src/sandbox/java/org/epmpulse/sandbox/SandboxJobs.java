package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The jobs and applications of the simulated EPM environment, by their paths. Thread-safe. */
final class SandboxJobs {

    private static final String MAINTENANCE_PATH = "/interop/rest/v2/maintenance/getdailymaintenancestarttime";

    private static final Pattern DETAILS = Pattern.compile(
            "(/HyperionPlanning/rest/v3/applications/[^/]+/jobs/\\d+)(?:/childjobs/(\\d{1,9}))?/details");

    private final Map<Key, Job> jobs = new HashMap<>();
    private final Set<String> applications = new TreeSet<>();
    private @Nullable String maintenanceStart;

    synchronized void addApplication(String name) {
        applications.add(name);
    }

    synchronized void maintenanceStart(String utc) {
        maintenanceStart = utc;
    }

    synchronized void put(Key key, JobScript script) {
        jobs.put(key, new Job(script));
    }

    synchronized int polls(Key key) {
        Job job = jobs.get(key);
        return job == null ? 0 : job.polls;
    }

    /** The job that the path names; {@link Target#OTHER} if it names none. */
    static Target target(String path) {
        for (SandboxProduct product : SandboxProduct.values()) {
            Matcher job = product.job().matcher(path);
            if (job.matches() && product.hasApplications()) {
                return new Target(new Key(product.operation(), decode(job.group(1)), job.group(2)), product, false);
            }
            if (job.matches()) {
                boolean isResult = product == SandboxProduct.EDM && job.group(2) != null;
                return new Target(new Key(product.operation(), "", job.group(1)), product, isResult);
            }
        }
        return path.equals(MAINTENANCE_PATH) || DETAILS.matcher(path).matches() ? Target.REPORT : Target.OTHER;
    }

    /** The response to an authenticated GET. */
    synchronized SimulatedResponse response(String path, Target target, String address, Instant now) {
        Key key = target.key();
        SandboxProduct product = target.product();
        if (key != null && product != null) {
            Job job = jobs.get(key);
            if (job == null) {
                return notFound("Job " + key.id() + " does not exist");
            }
            if (target.isResult()) {
                return SimulatedResponse.json(
                        200, JobJson.edmResult(key.id(), job.script.stateAt(Math.max(1, job.polls), now)));
            }
            job.polls++;
            ScriptedJobState state = job.script.stateAt(job.polls, now);
            return SimulatedResponse.json(200, new JobJson(address + path).render(product, key.id(), state));
        }
        if (target.equals(Target.REPORT)) {
            return report(path, address, now);
        }
        if (path.equals(SandboxProduct.PLANNING.versionedRoot() + "/applications")) {
            return SimulatedResponse.json(200, applications());
        }
        String withoutSlash = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        boolean isRoot = Arrays.stream(SandboxProduct.values())
                .anyMatch(other -> other.root().equals(withoutSlash)
                        || other.versionedRoot().equals(withoutSlash));
        if (isRoot) {
            ObjectNode versions = node();
            versions.putArray("items").addObject().put("isLatest", true).put("lifecycle", "active");
            return SimulatedResponse.json(200, versions);
        }
        return SimulatedResponse.errorPage(404, "Not Found");
    }

    /** The time of the daily maintenance, or the details of a Planning job or its child job. */
    private SimulatedResponse report(String path, String address, Instant now) {
        if (path.equals(MAINTENANCE_PATH)) {
            if (maintenanceStart == null) {
                return SimulatedResponse.json(403, node().put("status", 403).put("message", "the role is missing"));
            }
            ObjectNode body = node().put("status", 0).putNull("details");
            body.putArray("items")
                    .addObject()
                    .put("buildVersion", "26.11.40")
                    .put("amwTime", maintenanceStart)
                    .put("timeZone", "Etc/UTC");
            return SimulatedResponse.json(200, body);
        }
        Matcher details = DETAILS.matcher(path);
        Key key = details.matches() ? target(details.group(1)).key() : null;
        Job job = key == null ? null : jobs.get(key);
        if (job == null) {
            return notFound("no such job");
        }
        ScriptedJobState state = job.script.stateAt(Math.max(1, job.polls), now);
        String child = details.group(2);
        return SimulatedResponse.json(
                200,
                child == null
                        ? new JobJson(address + path).details(state)
                        : JobJson.childDetails(state, Integer.parseInt(child)));
    }

    private ObjectNode applications() {
        ObjectNode body = node();
        ArrayNode items = body.putArray("items");
        applications.forEach(name -> items.addObject().put("name", name).put("type", "HP"));
        return body;
    }

    private static SimulatedResponse notFound(String message) {
        return SimulatedResponse.json(404, node().put("status", 404).put("message", message));
    }

    private static String decode(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }

    private static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** @param application empty if the product's paths have none */
    record Key(String operation, String application, String id) {}

    /** @param isResult whether the path names EDM's result of the job, or a report */
    record Target(@Nullable Key key, @Nullable SandboxProduct product, boolean isResult) {

        static final Target OTHER = new Target(null, null, false);

        /** A report beside a job's status. */
        static final Target REPORT = new Target(null, null, true);

        String operation() {
            return key != null ? key.operation() : isResult ? EpmSandbox.REPORT : "other";
        }

        @Nullable
        String subject() {
            return key == null ? null : key.id();
        }
    }

    private static final class Job {

        private final JobScript script;
        private int polls;

        private Job(JobScript script) {
            this.script = script;
        }
    }
}
