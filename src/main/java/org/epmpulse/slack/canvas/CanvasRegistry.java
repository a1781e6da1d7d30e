package org.epmpulse.slack.canvas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.epmpulse.config.SlackIds;
import org.epmpulse.store.Documents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The created canvas of each channel and creations in progress: {@code data/slack/canvases.json}. It ensures that a
 * channel never gets two canvases, even after a crash. Thread-safe; holds one entry per channel.
 */
public final class CanvasRegistry implements CreatedCanvases {

    private static final Logger LOG = LoggerFactory.getLogger(CanvasRegistry.class);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILE = "slack/canvases.json";
    private static final String CANVASES = "canvases";

    /** The state of a channel's canvas. */
    enum Progress {
        /** Slack may have created a channel canvas: the response is unknown. */
        CREATING("begun"),
        /** Slack may have created a standalone canvas: the response is unknown. */
        CREATING_STANDALONE("begun_standalone"),
        /** The canvas was created, but the members of the channel cannot see it yet. */
        NOT_SHARED("to_share"),
        CREATED("made"),
        /** Whether there is a canvas is unknown, because the file could not be read. */
        UNKNOWN("unknown");

        /** The name in the file. */
        private final String label;

        Progress(String label) {
            this.label = label;
        }

        private static Progress of(String text) {
            return Stream.of(values())
                    .filter(progress -> progress.label.equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("unknown progress " + text));
        }
    }

    /**
     * The entry of a channel.
     *
     * @param canvasId null unless the canvas was created
     * @param since when the progress changed
     */
    record Entry(Progress progress, @Nullable String canvasId, Instant since) {}

    private final @Nullable Documents documents;
    private final List<String> channels;
    private final InstantSource clock;
    private Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * Creates a registry that has not read its document, see {@link #load}.
     *
     * @param channels the channels without a configured canvas
     */
    public CanvasRegistry(Documents documents, Collection<String> channels, InstantSource clock) {
        this(channels, clock, documents);
    }

    private CanvasRegistry(Collection<String> channels, InstantSource clock, @Nullable Documents documents) {
        this.documents = documents;
        this.channels = List.copyOf(channels);
        this.clock = clock;
    }

    /** Stores nothing on disk, for a service that is not started. */
    public static CanvasRegistry inMemory() {
        return new CanvasRegistry(List.of(), InstantSource.system(), null);
    }

    /**
     * Reads the document in the place of what is known. An unreadable document is set aside; then each channel is
     * searched for a canvas before one is created.
     *
     * @throws IOException if the document cannot be read, set aside or written
     */
    @Override
    public synchronized void load() throws IOException {
        if (documents == null) {
            return;
        }
        byte[] content = documents.read(FILE).orElse(null);
        if (content == null) {
            entries = new LinkedHashMap<>();
            return;
        }
        try {
            entries = read(JSON.readTree(content));
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
            Map<String, Entry> unknown = new LinkedHashMap<>();
            channels.forEach(id -> unknown.put(id, new Entry(Progress.UNKNOWN, null, clock.instant())));
            documents.setAside(FILE, "data/" + FILE + " cannot be read; channels are searched for existing canvases");
            write(unknown);
            entries = unknown;
        }
    }

    private static Map<String, Entry> read(JsonNode json) {
        if (!json.path(CANVASES).isObject()) {
            throw new IllegalArgumentException("canvases must be an object");
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        json.path(CANVASES)
                .fields()
                .forEachRemaining(field -> entries.put(field.getKey(), entry(field.getKey(), field.getValue())));
        return entries;
    }

    private static Entry entry(String channelId, JsonNode json) {
        Progress progress = Progress.of(json.path("progress").asText());
        String canvasId = json.path("canvas_id").textValue();
        boolean needsId = progress == Progress.NOT_SHARED || progress == Progress.CREATED;
        Instant since = Instant.parse(json.path("since").asText());
        if (needsId && !SlackIds.isCanvas(canvasId)) {
            LOG.warn(
                    "Canvas of {}: entry of data/{} ignored: no valid canvas id; searching the channel for a canvas",
                    channelId,
                    FILE);
            return new Entry(Progress.UNKNOWN, null, since);
        }
        return new Entry(progress, needsId ? canvasId : null, since);
    }

    @Override
    public synchronized @Nullable String canvasId(String channelId) {
        Entry entry = entries.get(channelId);
        return entry != null && entry.progress() == Progress.CREATED ? entry.canvasId() : null;
    }

    /** The entry of the channel; null if there is none. */
    synchronized @Nullable Entry get(String channelId) {
        return entries.get(channelId);
    }

    /**
     * Saves an entry before the call to Slack.
     *
     * @throws UncheckedIOException if the entry is not on disk: then Slack must not be called
     */
    synchronized void saveBeforeCall(String channelId, Entry entry) {
        Map<String, Entry> next = new LinkedHashMap<>(entries);
        next.put(channelId, entry);
        writeOrThrow(next);
        entries = next;
    }

    /**
     * Saves an entry after the call to Slack.
     *
     * @param entry null to remove the channel
     * @throws UncheckedIOException if the entry is not on disk; it stays in memory
     */
    synchronized void saveAfterCall(String channelId, @Nullable Entry entry) {
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
        if (documents == null) {
            return;
        }
        ObjectNode json = JSON.createObjectNode();
        ObjectNode canvases = json.putObject(CANVASES);
        content.forEach((channel, entry) -> canvases.putObject(channel)
                .put("progress", entry.progress().label)
                .put("canvas_id", entry.canvasId())
                .put("since", entry.since().toString()));
        documents.write(FILE, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    }
}
