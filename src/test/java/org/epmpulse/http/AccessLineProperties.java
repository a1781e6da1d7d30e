package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class AccessLineProperties {

    @Property
    void otherCharactersThanVisibleOnesArePercentEncoded(@ForAll("texts") String method, @ForAll("texts") String path) {
        String text = AccessLine.of("192.0.2.1", null, method, path, 202, 57, 3, "0123456789abcdef")
                .getFormattedMessage();

        assertThat(text)
                .isEqualTo("192.0.2.1 - \"" + encoded(method, 20) + " " + encoded(path, 200)
                        + "\" 202 57 3ms 0123456789abcdef");
    }

    private static String encoded(String text, int max) {
        String start = text.length() > max ? text.substring(0, max) + "..." : text;
        StringBuilder encoded = new StringBuilder();
        for (byte octet : start.getBytes(StandardCharsets.UTF_8)) {
            boolean safe = octet > ' ' && octet < 0x7f && octet != '"' && octet != '\\';
            encoded.append(safe ? String.valueOf((char) octet) : String.format("%%%02X", octet));
        }
        return encoded.toString();
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> visible =
                Arbitraries.strings().withCharRange('!', '~').ofMaxLength(300);
        Arbitrary<String> plain =
                Arbitraries.strings().alpha().withChars("/-_.%").ofMaxLength(300);
        return Arbitraries.oneOf(plain, visible, Arbitraries.strings().ofMaxLength(30));
    }
}
