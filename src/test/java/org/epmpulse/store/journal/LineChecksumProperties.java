package org.epmpulse.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A checksum is found at the end of a stream of any length, and no changed byte is overlooked. */
class LineChecksumProperties {

    private static byte[] sealed(int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineChecksum.seal(("{\"a\":\"" + "x".repeat(length) + "\"}").getBytes(StandardCharsets.UTF_8), out);
        return out.toByteArray();
    }

    private static boolean isIntact(byte[] bytes) throws IOException {
        boolean intact = LineChecksum.isIntact(new ByteArrayInputStream(bytes));
        assertThat(LineChecksum.isIntact(bytes, 0, bytes.length)).isEqualTo(intact);
        return intact;
    }

    @Property
    void anObjectOfAnyLengthIsIntactUntilAByteIsChanged(
            @ForAll @IntRange(max = 300_000) int length, @ForAll @IntRange(max = 400_000) int at) throws IOException {
        byte[] object = sealed(length);
        assertThat(isIntact(object)).isTrue();

        object[at % object.length] ^= 1;

        assertThat(isIntact(object)).isFalse();
    }

    @Example
    void theEndMayLieAnywhereInWhatIsReadAtATime() throws IOException {
        for (int length = 65_000; length < 67_000; length++) {
            assertThat(isIntact(sealed(length))).as("%d", length).isTrue();
        }
    }

    @Example
    void blanksMayFollow() throws IOException {
        byte[] object = sealed(100_000);
        String text = new String(object, StandardCharsets.US_ASCII) + " \r\n\n";

        assertThat(LineChecksum.isIntact(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII))))
                .isTrue();
        assertThat(LineChecksum.isIntact(new ByteArrayInputStream(new byte[0]))).isFalse();
        assertThat(LineChecksum.isIntact(new ByteArrayInputStream("\n".getBytes(StandardCharsets.US_ASCII))))
                .isFalse();
    }
}
