package org.epmpulse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Secrets of addresses in failures of the log. */
class MaskedExceptionTest {

    @Test
    void ofCausesAreMaskedTooAndTheStackIsKept() {
        IOException failure =
                new IOException("not sent", new IllegalStateException("https://x/w?sig=Abc: 400", new Error("deep")));

        Throwable masked = MaskedException.of(failure);

        assertThat(masked).hasStackTraceContaining("java.io.IOException: not sent");
        assertThat(masked).hasStackTraceContaining("java.lang.IllegalStateException: https://x/w?sig=*** 400");
        assertThat(masked).hasStackTraceContaining("java.lang.Error: deep");
        assertThat(masked.getStackTrace()).isEqualTo(failure.getStackTrace());
        IOException other = new IOException("https://x/w: 400");
        assertThat(MaskedException.of(other)).isSameAs(other);
    }
}
