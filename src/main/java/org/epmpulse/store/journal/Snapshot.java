package org.epmpulse.store.journal;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vavr.Tuple2;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainAnswers;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.DurationStatistics;
import org.epmpulse.status.Instants;
import org.epmpulse.status.Job;
import org.jspecify.annotations.Nullable;

/**
 * The board as a file, so that a start need not replay the whole journal. It has the schema of EPMPulse 1.0's {@code
 * apps_status.json}, with additional fields. A damaged snapshot is created again from the journal.
 *
 * @param storeId id of the board's store
 * @param created when the store was created
 * @param position end of the journal's files that the board includes; null for a board of a database
 */
public record Snapshot(
        String storeId,
        Instant created,
        Board board,
        @Nullable JournalPosition position) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SCHEMA = "1.0";

    private static final Comparator<Tuple2<DomainId, Job.Part>> BY_DOMAIN = Comparator.comparing(Tuple2::_1);

    private static final SerializedString JOB_ID = new SerializedString("job_id");
    private static final SerializedString APPS = new SerializedString("apps");
    private static final SerializedString STATUS = new SerializedString("status");
    private static final SerializedString STARTED = new SerializedString("started");
    private static final SerializedString COMPLETED = new SerializedString("completed");
    private static final SerializedString SEQUENCE = new SerializedString("sequence");
    private static final SerializedString PARTS = new SerializedString("parts");
    private static final SerializedString APP = new SerializedString("app");
    private static final SerializedString DOMAIN = new SerializedString("domain");
    private static final SerializedString UPDATED = new SerializedString("updated");
    private static final SerializedString TIMESTAMP = new SerializedString("timestamp");
    private static final SerializedString KEY = new SerializedString("key");

    /** Replaces the file atomically. */
    void write(Path file, Catalog catalog) throws IOException {
        DataFolder.replace(file, out -> {
            writeWithChecksum(catalog, out);
            out.write('\n');
        });
    }

    /**
     * Writes the object with its checksum, as {@link SnapshotReader#readIntact} reads it. It is streamed, because ten
     * thousand jobs of many domains do not fit in a small heap.
     */
    public void writeWithChecksum(Catalog catalog, OutputStream out) throws IOException {
        CheckedOutputStream object = new CheckedOutputStream(out, new CRC32C());
        try (JsonGenerator json = JSON.createGenerator(object)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
            write(json, catalog);
        }
        LineChecksum.writeChecksum(object);
    }

    /** Writes all but the last brace. */
    private void write(JsonGenerator json, Catalog catalog) throws IOException {
        json.writeStartObject();
        json.writeStringField("version", SCHEMA);
        writeInstant(json, "last_updated", board.lastUpdated());
        json.writeObjectFieldStart("metadata");
        writeInstant(json, "created", created);
        json.writeStringField("schema_version", SCHEMA);
        json.writeEndObject();
        json.writeNumberField("revision", board.revision());
        json.writeStringField("store_id", storeId);
        json.writeNumberField("sequence", board.sequence());
        if (position != null) {
            json.writeObjectFieldStart("journal");
            json.writeStringField("day", position.day().toString());
            json.writeNumberField("offset", position.offset());
            json.writeEndObject();
        }
        writeApps(json, catalog);
        json.writeArrayFieldStart("recent_jobs");
        byte[] time = new byte[Instants.MAX_LENGTH];
        for (Job job : board.jobs().all()) {
            writeJob(json, job, time);
        }
        json.writeEndArray();
    }

    private void writeApps(JsonGenerator json, Catalog catalog) throws IOException {
        Map<String, Map<String, DomainStatus>> apps = new TreeMap<>();
        for (Catalog.App app : catalog.apps().values()) {
            Map<String, DomainStatus> domains = apps.computeIfAbsent(app.id(), id -> new TreeMap<>());
            app.domains().forEach(domain -> domains.put(domain, DomainStatus.NEVER_REPORTED));
        }
        for (Tuple2<DomainId, DomainStatus> domain : board.domains()) {
            apps.computeIfAbsent(domain._1.app(), id -> new TreeMap<>()).put(domain._1.domain(), domain._2);
        }
        for (DomainId id : board.answers().keySet()) {
            apps.computeIfAbsent(id.app(), app -> new TreeMap<>())
                    .putIfAbsent(id.domain(), DomainStatus.NEVER_REPORTED);
        }
        json.writeObjectFieldStart("apps");
        for (Map.Entry<String, Map<String, DomainStatus>> app : apps.entrySet()) {
            Catalog.App configured = catalog.app(app.getKey());
            json.writeObjectFieldStart(app.getKey());
            json.writeStringField("display_name", configured == null ? app.getKey() : configured.displayName());
            json.writeArrayFieldStart("channels");
            for (String channel : configured == null ? List.<String>of() : configured.channels()) {
                json.writeString(channel);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("domains");
            for (Map.Entry<String, DomainStatus> domain : app.getValue().entrySet()) {
                DomainId id = new DomainId(app.getKey(), domain.getKey());
                writeDomain(json, domain.getKey(), domain.getValue(), board.durations(id), board.answers(id));
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void writeDomain(
            JsonGenerator json, String name, DomainStatus domain, DurationStatistics statistics, DomainAnswers answers)
            throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("status", domain.status().label());
        json.writeStringField("job_id", domain.jobId());
        json.writeStringField("message", domain.message());
        writeInstant(json, "updated", domain.updated());
        if (domain.durationSec() == null) {
            json.writeNullField("duration_sec");
        } else {
            json.writeNumberField("duration_sec", domain.durationSec());
        }
        if (domain.received() != null) {
            writeInstant(json, "started", domain.started());
            writeInstant(json, "timestamp", domain.timestamp());
            writeInstant(json, "received", domain.received());
            json.writeStringField("epm_job_id", domain.epmJobId());
            json.writeStringField("source", domain.source().label());
            json.writeStringField("key", domain.key());
            json.writeNumberField("revision", domain.revision());
            if (domain.url() != null) {
                json.writeStringField("url", domain.url());
            }
            int[] durations = statistics.seconds();
            if (durations.length > 0) {
                json.writeFieldName("durations");
                json.writeArray(durations, 0, durations.length);
            }
            long[] ends = statistics.ends();
            if (ends.length > 0) {
                json.writeFieldName("ends");
                json.writeArray(ends, 0, ends.length);
            }
        }
        if (answers.revision() > 0) {
            writeAnswers(json, answers);
        }
        json.writeEndObject();
    }

    private static void writeAnswers(JsonGenerator json, DomainAnswers answers) throws IOException {
        json.writeObjectFieldStart("answers");
        json.writeNumberField("revision", answers.revision());
        writeAnswer(json, "acknowledgement", answers.acknowledgement());
        writeAnswer(json, "mute", answers.mute());
        json.writeEndObject();
    }

    private static void writeAnswer(JsonGenerator json, String name, DomainAnswers.@Nullable Active answer)
            throws IOException {
        if (answer != null) {
            json.writeObjectFieldStart(name);
            writeInstant(json, "since", answer.since());
            writeInstant(json, "until", answer.until());
            json.writeStringField("reason", answer.reason());
            json.writeStringField("by", answer.by());
            json.writeEndObject();
        }
    }

    /** Ten thousand jobs are most of the file: their field names are encoded once, their times without a string each. */
    private static void writeJob(JsonGenerator json, Job job, byte[] time) throws IOException {
        List<Tuple2<DomainId, Job.Part>> parts = job.parts().toJavaList();
        if (parts.size() > 1) {
            parts.sort(BY_DOMAIN);
        }
        json.writeStartObject();
        json.writeFieldName(JOB_ID);
        json.writeString(job.id());
        json.writeFieldName(APPS);
        json.writeStartArray();
        String last = null;
        for (Tuple2<DomainId, Job.Part> part : parts) {
            if (!part._1.app().equals(last)) {
                last = part._1.app();
                json.writeString(last);
            }
        }
        json.writeEndArray();
        json.writeFieldName(STATUS);
        json.writeString(job.status().label());
        writeInstant(json, STARTED, job.started(), time);
        writeInstant(json, COMPLETED, job.completed(), time);
        json.writeFieldName(SEQUENCE);
        json.writeNumber(job.sequence());
        json.writeFieldName(PARTS);
        json.writeStartArray();
        for (Tuple2<DomainId, Job.Part> part : parts) {
            json.writeStartObject();
            json.writeFieldName(APP);
            json.writeString(part._1.app());
            json.writeFieldName(DOMAIN);
            json.writeString(part._1.domain());
            json.writeFieldName(STATUS);
            json.writeString(part._2.status().label());
            writeInstant(json, UPDATED, part._2.updated(), time);
            writeInstant(json, STARTED, part._2.started(), time);
            writeInstant(json, TIMESTAMP, part._2.timestamp(), time);
            json.writeFieldName(KEY);
            json.writeString(part._2.key());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeInstant(
            JsonGenerator json, SerializableString name, @Nullable Instant instant, byte[] time) throws IOException {
        json.writeFieldName(name);
        if (instant == null) {
            json.writeNull();
        } else {
            json.writeRawUTF8String(time, 0, Instants.write(instant, time));
        }
    }

    private static void writeInstant(JsonGenerator json, String name, @Nullable Instant instant) throws IOException {
        json.writeStringField(name, instant == null ? null : Instants.text(instant));
    }
}
