package org.epmpulse.alerts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.epmpulse.store.Documents;
import org.jspecify.annotations.Nullable;

/** The {@link AlertStore} as a JSON document. */
public final class AlertFile implements AlertStore {

    private static final int VERSION = 1;

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addDeserializer(Instant.class, new InstantDeserializer()))
            .build();

    private final Documents documents;
    private final String name;

    /** @param name of the document, such as {@code slack/alerts.json}; each sink has its own */
    public AlertFile(Documents documents, String name) {
        this.documents = documents;
        this.name = name;
    }

    /** The last three are absent where they are not needed, so the format is that of earlier versions. */
    private record Content(
            int version,
            @Nullable Map<String, List<AlertState.Domain>> channels,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
            Map<String, AlertState.Claim> claims,

            @JsonInclude(JsonInclude.Include.NON_NULL) AlertState.@Nullable Position position,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
            Map<String, Instant> digests) {}

    private static final class InstantDeserializer extends FromStringDeserializer<Instant> {

        private static final long serialVersionUID = 1;

        InstantDeserializer() {
            super(Instant.class);
        }

        @Override
        protected Instant _deserialize(String text, DeserializationContext context) throws IOException {
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                throw context.weirdStringException(text, Instant.class, "not an ISO 8601 instant");
            }
        }
    }

    @Override
    public @Nullable AlertState read() throws IOException {
        byte[] bytes = documents.read(name).orElse(null);
        if (bytes == null) {
            return null;
        }
        try {
            Content content = JSON.readValue(bytes, Content.class);
            if (content == null || content.version() != VERSION || content.channels() == null) {
                throw new IOException("not an alert file of version " + VERSION);
            }
            return new AlertState(
                    content.channels(),
                    content.claims() == null ? Map.of() : content.claims(),
                    content.position(),
                    content.digests() == null ? Map.of() : content.digests());
        } catch (JsonProcessingException e) {
            throw new IOException(e.getOriginalMessage(), e);
        } catch (NullPointerException e) {
            throw new IOException("a required value is missing", e);
        }
    }

    @Override
    public void write(AlertState state) throws IOException {
        documents.write(
                name,
                JSON.writeValueAsBytes(new Content(
                        VERSION,
                        new TreeMap<>(state.channels()),
                        new TreeMap<>(state.claims()),
                        state.position(),
                        new TreeMap<>(state.digests()))));
    }

    @Override
    public void quarantine(String reason) throws IOException {
        documents.setAside(name, reason);
    }
}
