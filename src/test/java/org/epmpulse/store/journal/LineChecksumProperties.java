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

/** The checksum is found at the end of a stream of any length, and every changed byte is detected. */
class LineChecksumProperties {

    private static byte[] objectWithChecksum(int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineChecksum.writeWithChecksum(
                ("{\"a\":\"" + "x".repeat(length) + "\"}").getBytes(StandardCharsets.UTF_8), out);
        return out.toByteArray();
    }

    private static boolean isIntact(byte[] bytes) throws IOException {
        boolean intact = new ChecksumInput(new ByteArrayInputStream(bytes)).isIntact();
        assertThat(LineChecksum.isIntact(bytes, 0, bytes.length)).isEqualTo(intact);
        return intact;
    }

    @Property
    void anObjectOfAnyLengthIsIntactUntilAByteIsChanged(
            @ForAll @IntRange(max = 300_000) int length, @ForAll @IntRange(max = 400_000) int at) throws IOException {
        byte[] object = objectWithChecksum(length);
        assertThat(isIntact(object)).isTrue();

        object[at % object.length] ^= 1;

        assertThat(isIntact(object)).isFalse();
    }

    @Property
    void whoReadsTheObjectInPiecesGetsItAndItsChecksum(
            @ForAll @IntRange(max = 20_000) int length,
            @ForAll @IntRange(min = 1, max = 9_000) int piece,
            @ForAll @IntRange(max = 20_000) int at)
            throws IOException {
        byte[] object = objectWithChecksum(length);
        byte[] changed = object.clone();
        changed[at % changed.length] ^= 1;

        ChecksumInput intact = new ChecksumInput(new ByteArrayInputStream(object));
        ChecksumInput damaged = new ChecksumInput(new ByteArrayInputStream(changed));
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        byte[] next = intact.readNBytes(piece);
        while (next.length > 0) {
            read.writeBytes(next);
            assertThat(damaged.readNBytes(piece)).hasSameSizeAs(next);
            next = intact.readNBytes(piece);
        }

        assertThat(read.toByteArray()).isEqualTo(object);
        assertThat(intact.isIntact()).isTrue();
        assertThat(damaged.isIntact()).isFalse();
    }

    @Example
    void theEndMayBeAnywhereInAChunk() throws IOException {
        for (int length = 65_000; length < 67_000; length++) {
            assertThat(isIntact(objectWithChecksum(length))).as("%d", length).isTrue();
        }
    }

    @Example
    void whiteSpaceMayFollow() throws IOException {
        byte[] object = objectWithChecksum(100_000);
        String text = new String(object, StandardCharsets.US_ASCII) + " \r\n\n";

        assertThat(new ChecksumInput(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII))).isIntact())
                .isTrue();
        assertThat(new ChecksumInput(new ByteArrayInputStream(new byte[0])).isIntact())
                .isFalse();
        assertThat(new ChecksumInput(new ByteArrayInputStream("\n".getBytes(StandardCharsets.US_ASCII))).isIntact())
                .isFalse();
    }
}
