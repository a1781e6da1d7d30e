package org.epmpulse.slack.canvas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.DurableFile;
import org.jspecify.annotations.Nullable;

/**
 * Which canvas each channel got, and which is being made: {@code data/slack/canvases.json}. It is there so that no
 * channel ever gets two, however the process ends. Thread-safe; holds one entry a channel.
 */
public final class CanvasRegistry {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILE = "slack/canvases.json";
    private static final String CANVASES = "canvases";

    /** How far it is with a channel's canvas. */
    enum Progress {
        /** Slack may have made one in the channel: the answer is not known. */
        BEGUN,
        /** Slack may have made one outside of the channel: the answer is not known. */
        BEGUN_STANDALONE,
        /** It is there, but the channel's people cannot see it yet. */
        TO_SHARE,
        MADE,
        /** Nobody knows whether there is one: what was written about it could not be read. */
        UNKNOWN
    }

    /**
     * What is known of a channel's canvas.
     *
     * @param canvasId null unless it is to be shared or made
     * @param since when the progress began
     */
    record Entry(Progress progress, @Nullable String canvasId, Instant since) {}

    private final @Nullable DurableFile file;
    private Map<String, Entry> entries = new LinkedHashMap<>();

    private CanvasRegistry(@Nullable DurableFile file) {
        this.file = file;
    }

    /** Keeps nothing, for a service that is not started. */
    public static CanvasRegistry inMemory() {
        return new CanvasRegistry(null);
    }

    /**
     * Reads the file. One that cannot be read goes to quarantine; then no channel gets a canvas before it was looked at.
     *
     * @param channels that have no configured canvas
     * @throws IOException if the folder cannot be read or written
     */
    public static CanvasRegistry open(DataFolder folder, Collection<String> channels, MeterRegistry meters, Instant now)
            throws IOException {
        DurableFile file = DurableFile.in(folder, FILE, meters);
        CanvasRegistry made = new CanvasRegistry(file);
        byte[] content = file.read();
        if (content != null) {
            try {
                made.read(JSON.readTree(content));
            } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
                made.entries.clear();
                channels.forEach(id -> made.entries.put(id, new Entry(Progress.UNKNOWN, null, now)));
                file.quarantine(
                        "data/" + FILE + " cannot be read, channels are looked at for canvases made earlier", now);
                made.write(made.entries);
            }
        }
        return made;
    }

    private void read(JsonNode json) {
        if (!json.path(CANVASES).isObject()) {
            throw new IllegalArgumentException("canvases must be an object");
        }
        json.path(CANVASES).fields().forEachRemaining(field -> entries.put(field.getKey(), entry(field.getValue())));
    }

    private static Entry entry(JsonNode json) {
        Progress progress = Progress.valueOf(json.path("progress").asText().toUpperCase(Locale.ROOT));
        String canvasId = json.path("canvas_id").textValue();
        boolean needsId = progress == Progress.TO_SHARE || progress == Progress.MADE;
        if (needsId && (canvasId == null || canvasId.isEmpty())) {
            throw new IllegalArgumentException("canvas_id must be given");
        }
        return new Entry(progress, canvasId, Instant.parse(json.path("since").asText()));
    }

    /** The canvas that was made for a channel or found in it, once its people can see it; null if there is none. */
    public synchronized @Nullable String canvasId(String channelId) {
        Entry entry = entries.get(channelId);
        return entry != null && entry.progress() == Progress.MADE ? entry.canvasId() : null;
    }

    /** Null if nothing was ever begun for the channel. */
    synchronized @Nullable Entry get(String channelId) {
        return entries.get(channelId);
    }

    /**
     * Writes down what is about to be done.
     *
     * @throws UncheckedIOException if it is not on disk: then it must not be done
     */
    synchronized void begin(String channelId, Entry entry) {
        Map<String, Entry> next = new LinkedHashMap<>(entries);
        next.put(channelId, entry);
        writeOrThrow(next);
        entries = next;
    }

    /**
     * Writes down what is done.
     *
     * @param entry null to forget the channel
     * @throws UncheckedIOException if it is not on disk; it is remembered nevertheless
     */
    synchronized void keep(String channelId, @Nullable Entry entry) {
        if (entry == null) {
            entries.remove(channelId);
        } else {
            entries.put(channelId, entry);
        }
        writeOrThrow(entries);
    }

    private void writeOrThrow(Map<String, Entry> content) {
        try {
            write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private void write(Map<String, Entry> content) throws IOException {
        if (file == null) {
            return;
        }
        ObjectNode json = JSON.createObjectNode();
        ObjectNode canvases = json.putObject(CANVASES);
        content.forEach((channel, entry) -> canvases.putObject(channel)
                .put("progress", entry.progress().name().toLowerCase(Locale.ROOT))
                .put("canvas_id", entry.canvasId())
                .put("since", entry.since().toString()));
        file.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    }
}
