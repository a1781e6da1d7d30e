package org.epmpulse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FatalErrorsTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void theFailureIsOneLine() throws Exception {
        FatalErrors.print(new OutOfMemoryError("Java heap space"), out);

        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .startsWith("epmpulse: too little memory or too few threads")
                .endsWith(": java.lang.OutOfMemoryError: Java heap space");
    }

    @Test
    void theLineIsPrintedAlsoWhereNoMemoryIsLeftForTheDetails() {
        OutOfMemoryError failure = new OutOfMemoryError() {
            @Override
            public String toString() {
                throw new OutOfMemoryError("Java heap space");
            }
        };

        assertThatThrownBy(() -> FatalErrors.print(failure, out)).isInstanceOf(OutOfMemoryError.class);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("too little memory or too few threads (OutOfMemoryError); raise the limit");
    }
}
