package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.epmpulse.status.InvalidUpdateException;
import org.jspecify.annotations.Nullable;

/** Compares the decoding of a body with a strict decoder of UTF-8. */
class UpdateReaderProperties {

    /** What a text in a body is read as; the message of the error if the body is rejected. */
    private static String read(byte[] text) {
        byte[] body = new byte[text.length + 8];
        System.arraycopy("{\"a\":\"".getBytes(StandardCharsets.US_ASCII), 0, body, 0, 6);
        System.arraycopy(text, 0, body, 6, text.length);
        body[body.length - 2] = '"';
        body[body.length - 1] = '}';
        try {
            return UpdateReader.parse(body, UpdateReaderProperties::value);
        } catch (InvalidUpdateException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String value(JsonParser json) throws IOException {
        json.nextToken();
        json.nextToken();
        String value = json.getText();
        assertThat(json.nextToken()).isEqualTo(JsonToken.END_OBJECT);
        return value;
    }

    private static @Nullable String strict(byte[] text) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    @Property(tries = 5_000)
    void onlyValidUtf8IsRead(@ForAll("bytes") byte[] text) {
        String decoded = strict(text);

        assertThat(read(text)).isEqualTo(decoded == null ? "the body must be valid UTF-8" : decoded);
    }

    /** Bytes that are often parts of characters of two to four bytes, without those that JSON needs to be escaped. */
    @Provide
    Arbitrary<byte[]> bytes() {
        Arbitrary<Byte> ascii = Arbitraries.bytes().between((byte) '#', (byte) '[');
        Arbitrary<Byte> other = Arbitraries.bytes().between((byte) -128, (byte) -1);
        Arbitrary<Byte> notable = Arbitraries.of(0xC0, 0xC3, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0x80, 0x9F, 0xBF, 0xBD)
                .map(Integer::byteValue);
        Arbitrary<byte[]> any =
                Arbitraries.oneOf(ascii, other, notable).array(byte[].class).ofMaxSize(8);
        return Arbitraries.oneOf(
                any,
                ascii.array(byte[].class).ofMaxSize(40),
                texts().map(text -> text.getBytes(StandardCharsets.UTF_8)));
    }

    @Property
    void everyTextIsRead(@ForAll("texts") String text) {
        assertThat(read(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                        Arbitraries.integers().between('#', '['),
                        Arbitraries.integers().between(0xA0, 0xD7FF),
                        Arbitraries.integers().between(0xE000, 0x10FFFF),
                        Arbitraries.of(0xFFFD, 0xFEFF))
                .array(int[].class)
                .ofMaxSize(12)
                .map(characters -> new String(characters, 0, characters.length));
    }
}
