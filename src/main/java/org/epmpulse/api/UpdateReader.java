package org.epmpulse.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.InvalidUpdateException.Code;
import org.epmpulse.status.Source;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.Warnings;
import org.jspecify.annotations.Nullable;

/**
 * Reads the updates of a request from JSON, strictly: valid UTF-8, one object, no repeated field, nothing after it.
 * Unknown fields are ignored, with {@link #warnings}. For one request.
 */
final class UpdateReader {

    static final int MAX_BATCH = 1000;

    private static final int MAX_NESTING = 32;

    /** Of an object, and of all objects in a field that is ignored. */
    private static final int MAX_FIELDS = 1000;

    /** Jackson has no exception of its own for it. */
    private static final Pattern DUPLICATE_FIELD = Pattern.compile("Duplicate field '(.*)'.*", Pattern.DOTALL);

    /** Java decodes malformed bytes to it; a valid body may contain it, too. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_]{1,40}");

    /**
     * Names of fields are not kept in Jackson's table of names: it rejects names that were chosen to have the same hash.
     */
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_NESTING)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final @Nullable String key;

    /** Null until there is an unknown field. */
    private @Nullable UnknownFields unknown;

    /** @param key name of the request's API key; null if none */
    UpdateReader(@Nullable String key) {
        this.key = key;
    }

    /** The warnings about the request that was read. */
    Warnings warnings() {
        return unknown == null ? Warnings.NONE : unknown.warnings();
    }

    private UnknownFields unknown() {
        UnknownFields fields = unknown == null ? new UnknownFields() : unknown;
        unknown = fields;
        return fields;
    }

    /** Reads one object; the parser is at its first token. */
    interface ObjectReader<T> {

        T read(JsonParser json) throws IOException;
    }

    /**
     * The update in the body of {@code POST /api/v1/status}.
     *
     * @throws InvalidUpdateException if it is not an update
     */
    StatusUpdate single(byte @Nullable [] body) {
        return parse(body, json -> update(json, 0));
    }

    /**
     * The updates in the body of {@code POST /api/v1/status/batch}.
     *
     * @throws InvalidUpdateException if it is not a batch; an item's error has {@code index} in its details
     */
    List<StatusUpdate> batch(byte @Nullable [] body) {
        return parse(body, this::updates);
    }

    /**
     * Reads one object with nothing after it.
     *
     * @throws InvalidUpdateException if the body is another text
     */
    static <T> T parse(byte @Nullable [] body, ObjectReader<T> reader) {
        try (JsonParser json = JSON.createParser(text(body))) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw invalid("the body must be a JSON object");
            }
            T value = reader.read(json);
            if (json.nextToken() != null) {
                throw invalid("the body must be one JSON object with nothing after it");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw unreadable(e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    private static InvalidUpdateException unreadable(JsonProcessingException e) {
        Matcher duplicate = DUPLICATE_FIELD.matcher(String.valueOf(e.getOriginalMessage()));
        String what;
        if (!duplicate.matches()) {
            what = "the body must be a JSON object, is not valid JSON";
        } else if (PLAIN_NAME.matcher(duplicate.group(1)).matches()) {
            what = "the field \"" + duplicate.group(1) + "\" must not be repeated, is repeated";
        } else {
            what = "a field must not be repeated, is repeated";
        }
        return invalid(what + place(e.getLocation()));
    }

    private static String place(@Nullable JsonLocation location) {
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static String text(byte @Nullable [] body) {
        if (body == null || body.length == 0) {
            throw invalid("the body must be a JSON object, is empty");
        }
        String text = new String(body, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            requireUtf8(body);
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static void requireUtf8(byte[] body) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
        } catch (CharacterCodingException e) {
            throw invalid("the body must be valid UTF-8");
        }
    }

    private List<StatusUpdate> updates(JsonParser json) throws IOException {
        List<StatusUpdate> updates = null;
        String jobId = null;
        String timestamp = null;
        int fields = 0;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            requireFew(++fields);
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "updates" -> updates = items(json, value);
                case "job_id" -> jobId = id(json, field);
                case "timestamp" -> timestamp = string(json, field);
                default -> {
                    skip(json);
                    unknown().ofBatch(field);
                }
            }
        }
        if (updates == null || updates.isEmpty()) {
            throw invalid("updates must be an array of 1 to " + MAX_BATCH + " objects");
        }
        return withDefaults(updates, jobId, timestamp);
    }

    private List<StatusUpdate> items(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            throw invalid("updates must be an array of 1 to " + MAX_BATCH + " objects");
        }
        List<StatusUpdate> updates = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (updates.size() == MAX_BATCH) {
                throw invalid("updates must have at most " + MAX_BATCH + " objects");
            }
            updates.add(item(json, updates.size()));
        }
        return updates;
    }

    private StatusUpdate item(JsonParser json, int index) throws IOException {
        try {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw invalid("each item of updates must be an object");
            }
            return update(json, index);
        } catch (InvalidUpdateException e) {
            throw e.atIndex(index);
        } catch (JsonProcessingException e) {
            throw unreadable(e).atIndex(index);
        }
    }

    private StatusUpdate update(JsonParser json, int index) throws IOException {
        String app = null;
        String domain = null;
        String status = null;
        String jobId = null;
        String message = null;
        String timestamp = null;
        String epmJobId = null;
        String url = null;
        int fields = 0;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            requireFew(++fields);
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "app" -> app = string(json, field);
                case "domain" -> domain = string(json, field);
                case "status" -> status = string(json, field);
                case "job_id" -> jobId = id(json, field);
                case "message" -> message = string(json, field);
                case "timestamp" -> timestamp = string(json, field);
                case "epm_job_id" -> epmJobId = id(json, field);
                case "url" -> url = string(json, field);
                default -> {
                    skip(json);
                    unknown().ofUpdate(index, field);
                }
            }
        }
        return new StatusUpdate(app, domain, status, jobId, message, timestamp, epmJobId, Source.API, key, url, null);
    }

    private static List<StatusUpdate> withDefaults(
            List<StatusUpdate> updates, @Nullable String jobId, @Nullable String timestamp) {
        return updates.stream()
                .map(update -> update.withDefaults(jobId, timestamp))
                .toList();
    }

    /** Skips the value of a field that is ignored. */
    private static void skip(JsonParser json) throws IOException {
        int depth = json.currentToken().isStructStart() ? 1 : 0;
        int fields = 0;
        while (depth > 0) {
            JsonToken token = json.nextToken();
            if (token == JsonToken.FIELD_NAME) {
                requireFew(++fields);
            } else if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            }
        }
    }

    private static void requireFew(int fields) {
        if (fields > MAX_FIELDS) {
            throw invalid("an object must have at most " + MAX_FIELDS + " fields");
        }
    }

    static @Nullable String string(JsonParser json, String field) throws IOException {
        return switch (json.currentToken()) {
            case VALUE_STRING -> json.getText();
            case VALUE_NULL -> null;
            default -> throw invalid(field + " must be a string");
        };
    }

    private static @Nullable String id(JsonParser json, String field) throws IOException {
        return switch (json.currentToken()) {
            case VALUE_STRING, VALUE_NUMBER_INT -> json.getText();
            case VALUE_NULL -> null;
            default -> throw invalid(field + " must be a string or an integer");
        };
    }

    private static InvalidUpdateException invalid(String message) {
        return new InvalidUpdateException(Code.INVALID_REQUEST, message);
    }
}
