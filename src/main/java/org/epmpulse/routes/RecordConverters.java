package org.epmpulse.routes;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.component.jackson.JacksonDataFormat;
import org.apache.camel.spi.DataFormatFactory;
import org.apache.camel.support.SimpleTypeConverter;
import org.epmpulse.alerts.Alert;
import org.epmpulse.alerts.AlertMessage;
import org.epmpulse.alerts.http.WebhookAlerts;
import org.epmpulse.board.BoardReplies;
import org.epmpulse.status.StatusChange;

/**
 * Makes JSON of the bodies of {@code status-changes:} and {@code alerts:}, wherever a route needs text, bytes or a map,
 * and in {@code marshal: json}. Thread-safe.
 */
final class RecordConverters {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<LinkedHashMap<String, Object>> FIELDS = new TypeReference<>() {};

    private final Map<Class<?>, Function<Object, String>> texts = new LinkedHashMap<>();

    RecordConverters(BoardReplies board) {
        add(StatusChange.class, board::json);
        add(Alert.class, alert -> WebhookAlerts.data(alert).toString());
        add(AlertMessage.class, message -> WebhookAlerts.data(message).toString());
    }

    private <T> void add(Class<T> type, Function<T, String> text) {
        texts.put(type, body -> text.apply(type.cast(body)));
    }

    /** Adds the type converters and the data format to a context that has no routes yet. */
    void addTo(CamelContext context) {
        texts.forEach((type, text) -> {
            add(context, String.class, type, text::apply);
            add(context, byte[].class, type, body -> bytes(text.apply(body)));
            add(context, InputStream.class, type, body -> new ByteArrayInputStream(bytes(text.apply(body))));
            add(context, Map.class, type, body -> fields(text.apply(body)));
        });
        DataFormatFactory json = JsonFormat::new;
        context.getRegistry().bind("jackson-dataformat-factory", json);
    }

    private static void add(CamelContext context, Class<?> to, Class<?> from, Function<Object, Object> conversion) {
        context.getTypeConverterRegistry()
                .addTypeConverter(
                        to, from, new SimpleTypeConverter(false, (type, exchange, value) -> conversion.apply(value)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> fields(String text) {
        try {
            return JSON.readValue(text, FIELDS);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("an own record must be readable", e);
        }
    }

    /** Camel's JSON data format, which would write the fields of the Java classes. */
    private final class JsonFormat extends JacksonDataFormat {

        @Override
        protected ObjectMapper createNewObjectMapper() {
            SimpleModule module = new SimpleModule();
            texts.forEach((type, text) -> module.addSerializer(new Serializer(type, text)));
            return super.createNewObjectMapper().registerModule(module);
        }
    }

    private static final class Serializer extends StdSerializer<Object> {

        private static final long serialVersionUID = 1;

        private final transient Function<Object, String> text;

        Serializer(Class<?> type, Function<Object, String> text) {
            super(type, true);
            this.text = text;
        }

        @Override
        public void serialize(Object value, JsonGenerator json, SerializerProvider provider) throws IOException {
            provider.defaultSerializeValue(fields(text.apply(value)), json);
        }
    }
}
