package org.epmpulse.store.journal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.epmpulse.status.Answer;
import org.epmpulse.status.AnswerKind;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Instants;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.Timestamps;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.NameInterner;
import org.jspecify.annotations.Nullable;

/**
 * One entry as a line of JSON. Its last field {@code crc} is the CRC-32C, in decimal, of all bytes of the line before
 * {@code "crc"}, the comma included. Absent fields are null.
 */
public final class JournalLine {

    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] REVISION = "{\"rev\":".getBytes(StandardCharsets.US_ASCII);

    private JournalLine() {}

    /** Appends the line, newline included. */
    public static void write(Entry entry, ByteArrayOutputStream out) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            if (entry.revision() != null) {
                json.writeNumberField("rev", entry.revision());
            }
            writeInstant(json, "received", entry.received());
            json.writeStringField("app", entry.id().app());
            json.writeStringField("domain", entry.id().domain());
            json.writeStringField("status", entry.status().label());
            writeText(json, "job_id", entry.jobId());
            writeText(json, "message", entry.message());
            writeInstant(json, "timestamp", entry.timestamp());
            writeText(json, "epm_job_id", entry.epmJobId());
            json.writeStringField("source", entry.source().label());
            writeText(json, "key", entry.key());
            writeText(json, "url", entry.url());
            writeText(json, "route", entry.route());
            if (entry.answer() != null) {
                writeAnswer(json, entry.answer());
            }
            json.writeStringField("outcome", entry.outcome().label());
            writeInstant(json, "started", entry.started());
            if (entry.durationSec() != null) {
                json.writeNumberField("duration_sec", entry.durationSec());
            }
            if (entry.idempotency() != null) {
                json.writeStringField("idempotency_key", entry.idempotency().key());
                json.writeStringField("body_sha256", entry.idempotency().bodySha256());
            }
            if (entry.place() != null) {
                json.writeStringField("batch", entry.place().batch());
                json.writeNumberField("part", entry.place().part());
                json.writeNumberField("of", entry.place().of());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        LineChecksum.writeWithChecksum(line.toByteArray(), out);
        out.write('\n');
    }

    private static void writeAnswer(JsonGenerator json, Answer answer) throws IOException {
        json.writeStringField("kind", answer.kind().label());
        writeInstant(json, "until", answer.until());
        writeText(json, "reason", answer.reason());
        writeText(json, "by", answer.by());
    }

    /** The revision at the start of an intact line, without reading the rest of it; 0 if it has none. */
    static long revision(byte[] bytes, int length) {
        int at = REVISION.length;
        if (at > length || !Arrays.equals(bytes, 0, at, REVISION, 0, at)) {
            return 0;
        }
        long revision = 0;
        while (at < length && bytes[at] >= '0' && bytes[at] <= '9') {
            revision = 10 * revision + bytes[at] - '0';
            at++;
        }
        return revision;
    }

    private static void writeInstant(JsonGenerator json, String name, @Nullable Instant value) throws IOException {
        if (value != null) {
            byte[] text = new byte[Instants.MAX_LENGTH];
            json.writeFieldName(name);
            json.writeRawUTF8String(text, 0, Instants.write(value, text));
        }
    }

    private static void writeText(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    /**
     * The entry of an intact line.
     *
     * @throws IOException if the line is not an entry
     */
    static Entry read(byte[] bytes, int from, int to) throws IOException {
        return read(bytes, from, to, null);
    }

    /**
     * The entry of an intact line.
     *
     * @param names shared by the entries that stay in memory; null for a single entry
     */
    static Entry read(byte[] bytes, int from, int to, @Nullable NameInterner names) throws IOException {
        Fields f = new Fields();
        try (JsonParser json = JSON.createParser(bytes, from, to - from)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("a journal line must be a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                f.set(name, json);
            }
            return f.entry(names);
        } catch (DateTimeException | IllegalArgumentException | NullPointerException e) {
            throw new IOException("a journal line must have the fields of an entry: " + e.getMessage(), e);
        }
    }

    /** The fields of a line, in any order. */
    private static final class Fields {
        private @Nullable Long revision;
        private @Nullable Instant received;
        private @Nullable String app;
        private @Nullable String domain;
        private @Nullable String status;
        private @Nullable String jobId;
        private @Nullable String message;
        private @Nullable Instant timestamp;
        private @Nullable String epmJobId;
        private @Nullable String source;
        private @Nullable String key;
        private @Nullable String url;
        private @Nullable String route;
        private @Nullable AnswerKind kind;
        private @Nullable Instant until;
        private @Nullable String reason;
        private @Nullable String by;
        private @Nullable String outcome;
        private @Nullable Instant started;
        private @Nullable Long durationSec;
        private @Nullable String idempotencyKey;
        private @Nullable String bodySha256;
        private @Nullable String batch;
        private int part;
        private int of;

        void set(String name, JsonParser json) throws IOException {
            switch (name) {
                case "rev" -> revision = json.getLongValue();
                case "received" -> received = Instants.parse(json.getText());
                case "app" -> app = json.getText();
                case "domain" -> domain = json.getText();
                case "status" -> status = json.getText();
                case "job_id" -> jobId = json.getText();
                case "message" -> message = json.getText();
                case "timestamp" -> timestamp = Timestamps.orAbsent(Instants.parse(json.getText()));
                case "epm_job_id" -> epmJobId = json.getText();
                case "source" -> source = json.getText();
                case "key" -> key = json.getText();
                case "url" -> url = json.getText();
                case "route" -> route = json.getText();
                case "kind" -> kind = AnswerKind.ofLabel(json.getText());
                case "until" -> until = Instants.parse(json.getText());
                case "reason" -> reason = json.getText();
                case "by" -> by = json.getText();
                case "outcome" -> outcome = json.getText();
                case "started" -> started = Instants.parse(json.getText());
                case "duration_sec" -> durationSec = json.getLongValue();
                case "idempotency_key" -> idempotencyKey = json.getText();
                case "body_sha256" -> bodySha256 = json.getText();
                case "batch" -> batch = json.getText();
                case "part" -> part = json.getIntValue();
                case "of" -> of = json.getIntValue();
                default -> json.skipChildren();
            }
        }

        Entry entry(@Nullable NameInterner names) {
            Objects.requireNonNull(app, "app");
            Objects.requireNonNull(domain, "domain");
            Idempotency idempotency = idempotencyKey == null
                    ? null
                    : new Idempotency(idempotencyKey, Objects.requireNonNull(bodySha256, "body_sha256"));
            // Written by a version that accepted such timestamps.
            boolean startIsWrong = started != null && Timestamps.orAbsent(started) == null;
            ValidatedUpdate update = new ValidatedUpdate(
                    names == null ? new DomainId(app, domain) : names.id(app, domain),
                    Objects.requireNonNull(Status.ofLabel(status), "status"),
                    jobId,
                    message,
                    timestamp,
                    epmJobId,
                    Source.ofLabel(Objects.requireNonNull(source, "source")),
                    names == null ? key : names.text(key),
                    url,
                    names == null ? route : names.text(route));
            return new Entry(
                    update,
                    Objects.requireNonNull(received, "received"),
                    Outcome.ofLabel(Objects.requireNonNull(outcome, "outcome")),
                    revision,
                    startIsWrong ? null : started,
                    startIsWrong ? null : durationSec,
                    idempotency,
                    batch == null ? null : new Entry.Place(batch, part, of),
                    kind == null ? null : new Answer(kind, until, reason, by));
        }
    }
}
