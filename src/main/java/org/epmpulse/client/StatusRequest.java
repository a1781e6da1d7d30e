package org.epmpulse.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.UUID;

/**
 * A request that may be sent several times; EPMPulse counts those with the same key as one.
 *
 * @param key the {@code Idempotency-Key}, which sorts by time
 * @param path {@link #STATUS} or {@link #BATCH}
 * @param body JSON
 */
record StatusRequest(String key, String path, String body) {

    static final String STATUS = "/api/v1/status";
    static final String BATCH = "/api/v1/status/batch";

    private static final DateTimeFormatter KEY_TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /** The limits of EPMPulse, in characters. A longer text is cut; other fields are not. */
    private static final Map<String, Integer> MAX_LENGTHS = Map.of("job_id", 100, "message", 200);

    /** A request for one update that happened at this time. Fields with an empty text are left out. */
    static StatusRequest of(Map<String, String> fields, Instant time) {
        StringWriter json = new StringWriter();
        try (JsonGenerator generator = new JsonFactory().createGenerator(json)) {
            generator.writeStartObject();
            for (Map.Entry<String, String> field : fields.entrySet()) {
                if (!field.getValue().isEmpty()) {
                    generator.writeStringField(field.getKey(), text(field.getKey(), field.getValue()));
                }
            }
            generator.writeStringField("timestamp", TIMESTAMP.format(time));
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String random = UUID.randomUUID().toString().replace("-", "");
        return new StatusRequest(KEY_TIME.format(time) + "-" + random, STATUS, json.toString());
    }

    private static String text(String name, String value) {
        Integer limit = MAX_LENGTHS.get(name);
        if (limit == null) {
            return value;
        }
        int[] characters = value.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : isLoneSurrogate(c) ? '?' : c)
                .toArray();
        return characters.length <= limit
                ? new String(characters, 0, characters.length)
                : new String(characters, 0, limit - 1) + "…";
    }

    private static boolean isLoneSurrogate(int character) {
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }
}
