package org.epmpulse.epm.watch;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.epmpulse.store.Documents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the jobs of a watched application are known: a document that is written after the jobs were recorded. Without
 * its last rounds, jobs are found a second time; the journal then shows that they are recorded. Not thread-safe.
 */
final class WatchCursor {

    private static final Logger LOG = LoggerFactory.getLogger(WatchCursor.class);
    private static final int VERSION = 1;

    /** A list goes back at most 60 days. */
    private static final Duration KEPT = Duration.ofDays(61);

    /** The oldest are dropped; the journal knows them, too. */
    private static final int MAX_KNOWN = 20_000;

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Map<String, Instant> known = new LinkedHashMap<>();
    private final Set<String> open = new HashSet<>();
    private @Nullable Instant complete;
    private @Nullable String exportType;
    private long highest;
    private ListTimes times = ListTimes.UNKNOWN;

    /**
     * The document.
     *
     * @param highest the number of the latest job
     * @param complete start of the latest complete round
     * @param exportType the type of the export job that EPM knows
     * @param known when each job was listed last, by id
     * @param open jobs whose end was not recorded yet
     */
    private record Content(
            int version,
            long highest,
            @JsonProperty("complete") @Nullable String complete,
            @JsonProperty("export_type") @Nullable String exportType,
            @Nullable Map<String, String> known,
            @Nullable List<String> open,
            @Nullable List<String> formats,
            @Nullable List<ContentOffset> offsets) {}

    private record ContentOffset(int seconds, String from, String until) {}

    /** Reads the cursor; a damaged one is set aside, and the watch begins as for the first time. */
    static WatchCursor read(Documents documents, String name) throws IOException {
        byte[] bytes = documents.read(name).orElse(null);
        if (bytes == null) {
            return new WatchCursor();
        }
        try {
            return of(JSON.readValue(bytes, Content.class));
        } catch (JsonProcessingException | DateTimeException | NullPointerException | IllegalArgumentException e) {
            LOG.warn("Watch: {} is damaged: {}; the jobs that run now are taken over", name, e.toString());
            documents.setAside(name, "not a cursor of a watch");
            return new WatchCursor();
        }
    }

    private static WatchCursor of(Content content) {
        if (content.version() != VERSION) {
            throw new IllegalArgumentException("version must be " + VERSION);
        }
        WatchCursor cursor = new WatchCursor();
        cursor.complete = content.complete() == null ? null : Instant.parse(content.complete());
        cursor.exportType = content.exportType();
        cursor.highest = content.highest();
        if (content.known() != null) {
            content.known().forEach((id, listed) -> cursor.known.put(id, Instant.parse(listed)));
        }
        if (content.open() != null) {
            cursor.open.addAll(content.open());
        }
        if (content.formats() != null && content.offsets() != null) {
            List<ListTimes.Offset> offsets = new ArrayList<>();
            for (ContentOffset offset : content.offsets()) {
                offsets.add(new ListTimes.Offset(
                        offset.seconds(), Instant.parse(offset.from()), Instant.parse(offset.until())));
            }
            cursor.times = new ListTimes(content.formats(), offsets);
        }
        return cursor;
    }

    void write(Documents documents, String name) throws IOException {
        Map<String, String> listed = new LinkedHashMap<>();
        known.forEach((id, at) -> listed.put(id, at.toString()));
        List<ContentOffset> offsets = new ArrayList<>();
        times.offsets()
                .forEach(offset -> offsets.add(new ContentOffset(
                        offset.seconds(),
                        offset.from().toString(),
                        offset.until().toString())));
        documents.write(
                name,
                JSON.writeValueAsBytes(new Content(
                        VERSION,
                        highest,
                        complete == null ? null : complete.toString(),
                        exportType,
                        listed,
                        List.copyOf(open),
                        times.formats(),
                        offsets)));
    }

    /** Start of the latest complete round; null before the first one. */
    @Nullable
    Instant complete() {
        return complete;
    }

    void complete(Instant roundStart) {
        complete = roundStart;
        known.values().removeIf(listed -> listed.isBefore(roundStart.minus(KEPT)));
        var oldest = known.keySet().iterator();
        for (int more = known.size() - MAX_KNOWN; more > 0; more--) {
            oldest.next();
            oldest.remove();
        }
        open.retainAll(known.keySet());
    }

    /** The type of the export job that EPM knows; null before the first export. */
    @Nullable
    String exportType() {
        return exportType;
    }

    void exportType(String type) {
        exportType = type;
    }

    /** The number of the latest job that was found by its number; 0 before the first one. */
    long highest() {
        return highest;
    }

    void highest(long number) {
        highest = number;
    }

    ListTimes times() {
        return times;
    }

    void times(ListTimes newTimes) {
        times = newTimes;
    }

    boolean knows(String id) {
        return known.containsKey(id);
    }

    /** Whether the job was running when it was recorded, and its end was not recorded yet. */
    boolean isOpen(String id) {
        return open.contains(id);
    }

    /** Nothing is left to be recorded about the job. */
    void close(String id, Instant now) {
        add(id, now);
        open.remove(id);
    }

    /** The job is recorded as running. */
    void open(String id, Instant now) {
        add(id, now);
        open.add(id);
    }

    /** The job is listed again. */
    void touch(String id, Instant now) {
        if (known.containsKey(id)) {
            add(id, now);
        }
    }

    private void add(String id, Instant now) {
        known.remove(id);
        known.put(id, now);
    }
}
