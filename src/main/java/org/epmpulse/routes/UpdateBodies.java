package org.epmpulse.routes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.InvalidUpdateException.Code;
import org.epmpulse.status.Source;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.UpdateValidator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the updates in the body of a message: a {@link StatusUpdate}, an {@link UpdateRecord}, a map with the fields of
 * {@code POST /api/v1/status}, one with {@code updates} as for {@code POST /api/v1/status/batch}, JSON of these as text or
 * UTF-8 bytes, or a collection or an array of any of these. Unknown fields are ignored, and a long message of a map or JSON is
 * shortened. Thread-safe.
 */
final class UpdateBodies {

    /** Names of fields are not kept, because they may come from outside. */
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(100).build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private UpdateBodies() {}

    /**
     * The updates of a body.
     *
     * @param single whether the body is one update and no list
     */
    record Updates(List<StatusUpdate> all, boolean single) {}

    /**
     * Reads a body.
     *
     * @param bytes converts other types, such as streams and files, to bytes; null if it cannot
     * @throws InvalidUpdateException if it is none of these; an item's error has its index
     */
    static Updates read(@Nullable Object body, Function<Object, byte @Nullable []> bytes) {
        if (body instanceof Collection<?> items) {
            return list(items, bytes);
        }
        if (body instanceof Object[] items) {
            return list(Arrays.asList(items), bytes);
        }
        if (body instanceof Map<?, ?> map && map.get("updates") != null) {
            return batch(map, bytes);
        }
        StatusUpdate update = update(body);
        if (update != null) {
            return new Updates(List.of(update), true);
        }
        byte[] json = body instanceof CharSequence text
                ? text.toString().getBytes(StandardCharsets.UTF_8)
                : body instanceof byte[] given ? given : body == null ? null : bytes.apply(body);
        if (json == null) {
            String type = body == null ? "nothing" : body.getClass().getName();
            throw invalid(
                    "the body of direct:status-record must be an update, a map, JSON or a list of these, is " + type);
        }
        Object parsed = parse(json);
        if (!(parsed instanceof Map || parsed instanceof Collection)) {
            throw invalid("the body of direct:status-record must be a JSON object or array");
        }
        return read(parsed, bytes);
    }

    private static @Nullable StatusUpdate update(@Nullable Object body) {
        if (body instanceof StatusUpdate update) {
            return update;
        }
        if (body instanceof UpdateRecord bean) {
            return bean.update();
        }
        return body instanceof Map<?, ?> map ? ofMap(map) : null;
    }

    private static Updates list(Collection<?> items, Function<Object, byte @Nullable []> bytes) {
        if (items.isEmpty()) {
            throw invalid("the list of updates must not be empty");
        }
        List<StatusUpdate> updates = new ArrayList<>(items.size());
        for (Object item : items) {
            try {
                Updates read = read(item, bytes);
                if (!read.single()) {
                    throw invalid("an item of the list must be one update, is a list");
                }
                updates.addAll(read.all());
            } catch (InvalidUpdateException e) {
                throw e.atIndex(updates.size());
            }
        }
        return new Updates(updates, false);
    }

    /** The outer {@code job_id} and {@code timestamp} are the items' defaults, as in the API. */
    private static Updates batch(Map<?, ?> batch, Function<Object, byte @Nullable []> bytes) {
        if (!(batch.get("updates") instanceof Collection<?> items)) {
            throw invalid("updates must be a list");
        }
        String jobId = text(batch, "job_id");
        String timestamp = text(batch, "timestamp");
        List<StatusUpdate> updates = list(items, bytes).all().stream()
                .map(item -> item.withDefaults(jobId, timestamp).fromSite(null, null))
                .toList();
        return new Updates(updates, false);
    }

    private static StatusUpdate ofMap(Map<?, ?> map) {
        return new StatusUpdate(
                text(map, "app"),
                text(map, "domain"),
                text(map, "status"),
                text(map, "job_id"),
                shortened(text(map, "message")),
                text(map, "timestamp"),
                text(map, "epm_job_id"),
                Source.SITE,
                null,
                text(map, "url"),
                null);
    }

    /** A route cannot make another system write less. */
    private static @Nullable String shortened(@Nullable String message) {
        int max = UpdateValidator.MAX_MESSAGE;
        if (message == null || message.codePointCount(0, message.length()) <= max) {
            return message;
        }
        return message.substring(0, message.offsetByCodePoints(0, max - 1)) + "…";
    }

    private static @Nullable String text(Map<?, ?> map, String field) {
        Object value = map.get(field);
        if (value == null || value instanceof CharSequence) {
            return value == null ? null : value.toString();
        }
        boolean id = field.endsWith("job_id");
        if (id && (value instanceof Integer || value instanceof Long || value instanceof BigInteger)) {
            return value.toString();
        }
        if (field.equals("timestamp") && value instanceof TemporalAccessor time) {
            return time.toString();
        }
        if (field.equals("timestamp") && value instanceof Date date) {
            return date.toInstant().toString();
        }
        throw invalid(field + " must be a string" + (id ? " or an integer" : ""));
    }

    private static @Nullable Object parse(byte[] json) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
            return JSON.readValue(text.startsWith("\uFEFF") ? text.substring(1) : text, Object.class);
        } catch (CharacterCodingException e) {
            throw invalid("the body of direct:status-record must be valid UTF-8");
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw invalid("the body of direct:status-record must be valid JSON"
                    + (at == null ? "" : ": error at line " + at.getLineNr() + ", column " + at.getColumnNr()));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    private static InvalidUpdateException invalid(String message) {
        return new InvalidUpdateException(Code.INVALID_REQUEST, message);
    }
}
