package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.HexFormat;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A hash does not depend on what the same thread has hashed before. */
class Sha256Properties {

    /** The first example of FIPS 180. */
    @Example
    void aTextIsHashed() {
        assertThat(HexFormat.of().formatHex(Sha256.of("abc")))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Property
    void aHashIsThatOfItsBytesOnly(@ForAll byte[] first, @ForAll byte[] second) throws Exception {
        MessageDigest parts = Sha256.digest();
        parts.update(first);

        byte[] hash = Sha256.of(second);

        assertThat(hash).isEqualTo(MessageDigest.getInstance("SHA-256").digest(second));
        assertThat(parts.digest())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(first));
    }
}
