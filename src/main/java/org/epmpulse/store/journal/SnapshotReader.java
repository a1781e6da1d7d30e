package org.epmpulse.store.journal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vavr.collection.HashMap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainAnswers;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.DurationStatistics;
import org.epmpulse.status.Instants;
import org.epmpulse.status.Job;
import org.epmpulse.status.Jobs;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.Timestamps;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.NameInterner;
import org.jspecify.annotations.Nullable;

/** Reads the state file and checkpoints in the format of {@link Snapshot}. Not thread-safe: the names are shared. */
public final class SnapshotReader {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Its tree must fit in the heap. */
    private static final int MAX_LEGACY_BYTES = 8 << 20;

    private SnapshotReader() {}

    /**
     * The content of a file: a snapshot, or a state that EPMPulse 1.0 wrote.
     *
     * @param snapshot null if it is a state of 1.0
     * @param legacy the state of 1.0; null if it is a snapshot
     */
    record Content(@Nullable Snapshot snapshot, @Nullable JsonNode legacy) {}

    /**
     * Reads the file.
     *
     * @throws IOException if it is damaged, with the reason as its message
     */
    static Content read(Path file, NameInterner names) throws IOException {
        if (isIntact(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                Snapshot snapshot = readIntact(in, names);
                if (snapshot != null) {
                    return new Content(snapshot, null);
                }
            }
        }
        JsonNode root;
        try {
            if (hasStoreId(file)) {
                throw new IOException("its checksum is wrong: it was changed or damaged");
            }
            if (Files.size(file) > MAX_LEGACY_BYTES) {
                throw new ConfigurationException(
                        file.toString(),
                        "the state of EPMPulse 1.0 must have at most " + MAX_LEGACY_BYTES
                                + " bytes to be imported (remove its recent_jobs)");
            }
            root = JSON.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw new IOException("it is not JSON", e);
        }
        if (!root.isObject()) {
            throw new IOException("it is not a JSON object");
        }
        if (!root.path("apps").isObject()) {
            throw new IOException("it has no apps");
        }
        return new Content(null, root);
    }

    /** Read before anything else, because a file of 1.0 has no checksum and may be larger than the heap. */
    private static boolean isIntact(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new ChecksumInput(in).isIntact();
        }
    }

    /** Whether the file is a snapshot. Streamed, because the tree of a large one does not fit in the heap. */
    static boolean hasStoreId(Path file) throws IOException {
        try (JsonParser json = JSON.createParser(file.toFile())) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                if (json.currentName().equals("store_id")) {
                    return true;
                }
                json.nextToken();
                json.skipChildren();
            }
            return false;
        }
    }

    /**
     * Reads a snapshot that this program has written. Its checksum is at the end: what was read before is returned only
     * if that is correct.
     *
     * @param in is not closed
     * @return null if the checksum is wrong, or there is none
     */
    public static @Nullable Snapshot readIntact(InputStream in, NameInterner names) throws IOException {
        ChecksumInput checked = new ChecksumInput(in);
        Snapshot snapshot = null;
        Exception failure = null;
        try (JsonParser json = JSON.createParser(checked)) {
            snapshot = new Builder(json, names).snapshot();
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
        if (!checked.isIntact()) {
            return null;
        }
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure != null) {
            throw new IOException("a required field is missing or invalid: " + failure.getMessage(), failure);
        }
        return snapshot;
    }

    /**
     * Builds the snapshot. Only one domain or job at a time becomes a tree, which takes many times the size of its
     * JSON.
     */
    private static final class Builder {
        private final JsonParser json;
        private final ObjectNode rest = JSON.createObjectNode();
        private final List<Job> jobs = new ArrayList<>();
        private final NameInterner names;
        private HashMap<DomainId, DomainStatus> domains = HashMap.empty();
        private HashMap<DomainId, DurationStatistics> durations = HashMap.empty();
        private HashMap<DomainId, DomainAnswers> answers = HashMap.empty();

        Builder(JsonParser json, NameInterner names) {
            this.json = json;
            this.names = names;
        }

        Snapshot snapshot() throws IOException {
            json.nextToken();
            fields(name -> {
                switch (name) {
                    case "apps" -> fields(this::app);
                    case "recent_jobs" -> {
                        while (json.nextToken() == JsonToken.START_OBJECT) {
                            jobs.add(job());
                        }
                    }
                    default -> rest.set(name, JSON.readTree(json));
                }
            });
            JsonNode journal = rest.path("journal");
            return new Snapshot(
                    rest.path("store_id").asText(),
                    Instants.parse(rest.path("metadata").path("created").asText()),
                    new Board(
                            rest.path("revision").longValue(),
                            rest.path("sequence").longValue(),
                            instant(rest, "last_updated"),
                            domains,
                            durations,
                            Jobs.of(jobs),
                            answers),
                    journal.isMissingNode()
                            ? null
                            : new JournalPosition(
                                    LocalDate.parse(journal.path("day").asText()),
                                    journal.path("offset").longValue()));
        }

        private void app(String app) throws IOException {
            fields(name -> {
                if (name.equals("domains")) {
                    fields(domain -> domain(names.id(app, domain), JSON.readTree(json)));
                } else {
                    json.skipChildren();
                }
            });
        }

        private void domain(DomainId id, JsonNode domain) {
            if (domain.hasNonNull("received")) {
                domains = domains.put(id, status(id, domain));
            }
            JsonNode given = domain.path("answers");
            if (given.isObject()) {
                answers = answers.put(
                        id,
                        new DomainAnswers(
                                active(given.path("acknowledgement")),
                                active(given.path("mute")),
                                given.path("revision").longValue()));
            }
            JsonNode seconds = domain.path("durations");
            DurationStatistics statistics = DurationStatistics.of(StreamSupport.stream(seconds.spliterator(), false)
                    .mapToInt(JsonNode::intValue)
                    .toArray());
            statistics =
                    statistics.withEnds(StreamSupport.stream(domain.path("ends").spliterator(), false)
                            .mapToLong(JsonNode::longValue)
                            .toArray());
            if (!statistics.equals(DurationStatistics.UNKNOWN)) {
                durations = durations.put(id, statistics);
            }
        }

        /** Also one part at a time: a job may have as many parts as there are domains. */
        private Job job() throws IOException {
            ObjectNode job = JSON.createObjectNode();
            Map<DomainId, Job.Part> parts = new TreeMap<>();
            fields(name -> {
                if (name.equals("parts")) {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        JsonNode part = JSON.readTree(json);
                        parts.put(
                                names.id(
                                        part.path("app").asText(),
                                        part.path("domain").asText()),
                                part(part));
                    }
                } else {
                    job.set(name, JSON.readTree(json));
                }
            });
            return Job.of(
                    job.path("job_id").asText(),
                    job.path("sequence").longValue(),
                    Timestamps.orAbsent(instant(job, "started")),
                    HashMap.ofAll(parts));
        }

        private DomainStatus status(DomainId id, JsonNode domain) {
            ValidatedUpdate update = new ValidatedUpdate(
                    id,
                    SnapshotReader.status(domain),
                    names.text(text(domain, "job_id")),
                    text(domain, "message"),
                    Timestamps.orAbsent(instant(domain, "timestamp")),
                    text(domain, "epm_job_id"),
                    Source.ofLabel(domain.path("source").asText()),
                    names.text(text(domain, "key")),
                    text(domain, "url"),
                    null);
            JsonNode duration = domain.path("duration_sec");
            Instant started = instant(domain, "started");
            // Written by a version that accepted such timestamps.
            boolean startIsWrong = started != null && Timestamps.orAbsent(started) == null;
            return DomainStatus.of(
                    update,
                    Instants.parse(domain.path("received").asText()),
                    startIsWrong ? null : started,
                    duration.isNumber() && !startIsWrong ? (Long) duration.longValue() : null,
                    domain.path("revision").longValue());
        }

        private DomainAnswers.@Nullable Active active(JsonNode answer) {
            return answer.isObject()
                    ? new DomainAnswers.Active(
                            Instants.parse(answer.path("since").asText()),
                            instant(answer, "until"),
                            text(answer, "reason"),
                            text(answer, "by"))
                    : null;
        }

        private Job.Part part(JsonNode part) {
            return new Job.Part(
                    SnapshotReader.status(part),
                    Instants.parse(part.path("updated").asText()),
                    Timestamps.orAbsent(instant(part, "started")),
                    Timestamps.orAbsent(instant(part, "timestamp")),
                    names.text(text(part, "key")));
        }

        private interface Field {
            void read(String name) throws IOException;
        }

        /** Reads the fields of the object at the current token. */
        private void fields(Field field) throws IOException {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("there must be an object at " + json.currentLocation());
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                field.read(name);
            }
        }
    }

    private static Status status(JsonNode node) {
        String label = node.path("status").asText();
        Status status = Status.ofLabel(label);
        if (status == null) {
            throw new IllegalArgumentException("unknown status " + label);
        }
        return status;
    }

    private static @Nullable String text(JsonNode node, String name) {
        return node.hasNonNull(name) ? node.get(name).asText() : null;
    }

    private static @Nullable Instant instant(JsonNode node, String name) {
        String text = text(node, name);
        return text == null ? null : Instants.parse(text);
    }
}
