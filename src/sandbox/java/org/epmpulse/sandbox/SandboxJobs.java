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
import org.jspecify.annotations.Nullable;

/** The jobs and applications of a pod, by their paths. Thread-safe. */
final class SandboxJobs {

    private final Map<Key, Job> jobs = new HashMap<>();
    private final Set<String> applications = new TreeSet<>();

    synchronized void addApplication(String name) {
        applications.add(name);
    }

    synchronized void put(Key key, JobScript script) {
        jobs.put(key, new Job(script));
    }

    synchronized int polls(Key key) {
        Job job = jobs.get(key);
        return job == null ? 0 : job.polls;
    }

    /** What the path asks for; {@link Target#OTHER} if for no job. */
    static Target target(String path) {
        for (SandboxProduct product : SandboxProduct.values()) {
            Matcher job = product.job().matcher(path);
            if (job.matches() && product.hasApplications()) {
                return new Target(new Key(product.operation(), decode(job.group(1)), job.group(2)), product, false);
            }
            if (job.matches()) {
                boolean result = product == SandboxProduct.EDM && job.group(2) != null;
                return new Target(new Key(product.operation(), "", job.group(1)), product, result);
            }
        }
        return Target.OTHER;
    }

    /** The pod's answer to an authenticated GET. */
    synchronized Answer answer(String path, Target target, String address, Instant now) {
        Key key = target.key();
        SandboxProduct product = target.product();
        if (key != null && product != null) {
            Job job = jobs.get(key);
            if (job == null) {
                return notFound("Job " + key.id() + " does not exist");
            }
            if (target.result()) {
                return Answer.json(200, JobJson.edmResult(job.script.answer(Math.max(1, job.polls), now)));
            }
            job.polls++;
            ScriptedJobState answer = job.script.answer(job.polls, now);
            return Answer.json(200, new JobJson(address + path).of(product, key.id(), answer));
        }
        if (path.equals(SandboxProduct.PLANNING.versionedRoot() + "/applications")) {
            return Answer.json(200, applications());
        }
        String withoutSlash = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        boolean isRoot = Arrays.stream(SandboxProduct.values())
                .anyMatch(one ->
                        one.root().equals(withoutSlash) || one.versionedRoot().equals(withoutSlash));
        if (isRoot) {
            ObjectNode versions = node();
            versions.putArray("items").addObject().put("isLatest", true).put("lifecycle", "active");
            return Answer.json(200, versions);
        }
        return Answer.errorPage(404, "Not Found");
    }

    private ObjectNode applications() {
        ObjectNode answer = node();
        ArrayNode items = answer.putArray("items");
        applications.forEach(name -> items.addObject().put("name", name).put("type", "HP"));
        return answer;
    }

    private static Answer notFound(String message) {
        return Answer.json(404, node().put("status", 404).put("message", message));
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

    /** @param application empty where the product has none in its paths */
    record Key(String operation, String application, String id) {}

    /** @param result whether EDM's result is meant rather than its job */
    record Target(@Nullable Key key, @Nullable SandboxProduct product, boolean result) {

        static final Target OTHER = new Target(null, null, false);

        String operation() {
            return key == null ? "other" : key.operation();
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
