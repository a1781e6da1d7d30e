package org.epmpulse.alerts;

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
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.epmpulse.store.journal.DurableFile;
import org.jspecify.annotations.Nullable;

/** The {@link AlertStore} as a JSON file. */
public final class AlertFile implements AlertStore {

    private static final int VERSION = 1;

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addDeserializer(Instant.class, new InstantDeserializer()))
            .build();

    private final DurableFile file;
    private final InstantSource clock;

    public AlertFile(DurableFile file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    private record Content(int version, @Nullable Map<String, List<AlertState.Domain>> channels) {}

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
        byte[] bytes = file.read();
        if (bytes == null) {
            return null;
        }
        try {
            Content content = JSON.readValue(bytes, Content.class);
            if (content == null || content.version() != VERSION || content.channels() == null) {
                throw new IOException("not an alert file of version " + VERSION);
            }
            return new AlertState(content.channels());
        } catch (JsonProcessingException e) {
            throw new IOException(e.getOriginalMessage(), e);
        } catch (NullPointerException e) {
            throw new IOException("a required value is missing", e);
        }
    }

    @Override
    public void write(AlertState state) throws IOException {
        file.write(JSON.writeValueAsBytes(new Content(VERSION, new TreeMap<>(state.channels()))));
    }

    @Override
    public void quarantine(String reason) throws IOException {
        file.quarantine(reason, clock.instant());
    }
}
