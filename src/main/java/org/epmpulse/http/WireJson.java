package org.epmpulse.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializerBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.epmpulse.status.Instants;

/** Writes the JSON of the API: names in snake_case, absent values as null, times like 2026-02-16T14:30:00Z. */
public final class WireJson {

    private static final ObjectWriter WRITER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .addModule(new SimpleModule().addSerializer(Instant.class, new InstantSerializer()))
            .build()
            .writer();

    private static final class InstantSerializer extends ToStringSerializerBase {

        private static final long serialVersionUID = 1;

        InstantSerializer() {
            super(Instant.class);
        }

        @Override
        public String valueToString(Object value) {
            return Instants.text((Instant) value);
        }
    }

    private WireJson() {}

    /** As text. */
    public static String text(Object value) {
        return new String(bytes(value), StandardCharsets.UTF_8);
    }

    /** In UTF-8. */
    static byte[] bytes(Object value) {
        try {
            return WRITER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw unwritable(e);
        }
    }

    /**
     * JSON in UTF-8 for large values. A good estimate avoids copies.
     *
     * @param estimate of the size in bytes; 0 if unknown
     */
    public static ByteBuffer buffer(Object value, int estimate) {
        ByteBuf bytes = Unpooled.buffer(estimate + estimate / 16 + 1024);
        try (ByteBufOutputStream out = new ByteBufOutputStream(bytes)) {
            WRITER.writeValue((OutputStream) out, value);
        } catch (IOException e) {
            throw unwritable(e);
        }
        return bytes.nioBuffer();
    }

    private static UncheckedIOException unwritable(IOException e) {
        return new UncheckedIOException("a reply must be writable as JSON", e);
    }
}
