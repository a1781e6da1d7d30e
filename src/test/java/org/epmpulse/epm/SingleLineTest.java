package org.epmpulse.epm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SingleLineTest {

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " \t\r\n", "null", " null\n", "\u200b\u202e", "\tat a.B.c(B.java:1)\n\t... 3 more"})
    void aTextWithoutContentIsNull(String text) {
        assertThat(SingleLine.of(text)).isNull();
    }

    @Test
    void linesAreJoinedAndInvisibleCharactersRemoved() {
        assertThat(SingleLine.of("\u202eLoad\u0007  of\u00a0Actual\r\n\r\nended.\nRows: \n 12\u2028"))
                .isEqualTo("Load of Actual; ended. Rows: 12");
        assertThat(SingleLine.of("half \ud83d of a pair, \ud83d\ude00 whole"))
                .isEqualTo("half of a pair, \ud83d\ude00 whole");
    }

    @Test
    void aLongTextIsCutToTwoHundredCharacters() {
        String exact = "\ud83d\ude00".repeat(200);

        assertThat(SingleLine.of(exact)).isEqualTo(exact);
        assertThat(SingleLine.of(exact + "x")).isEqualTo("\ud83d\ude00".repeat(199) + "…");
        assertThat(SingleLine.of("x".repeat(199) + " y")).isEqualTo("x".repeat(199) + "…");
        assertThat(SingleLine.of("x\n".repeat(1_000_000))).hasSize(200);
    }

    @Test
    void ofAStackTraceTheLastCauseIsKept() {
        assertThat(SingleLine.of("""
                java.lang.IllegalStateException: load failed
                \tat oracle.epm.Load.run(Load.java:1)
                Caused by: java.io.IOException: cannot write
                \tat oracle.epm.Disk.write(Disk.java:2)
                \t... 1 more
                Caused by: com.example.DiskException: no space left on device
                \t... 2 more
                """)).isEqualTo("no space left on device");
        assertThat(SingleLine.of("java.lang.NullPointerException\n\tat a.B.c(B.java:1)"))
                .isEqualTo("java.lang.NullPointerException");
        assertThat(SingleLine.of("java.lang.Error: a.b.CException: why\n\tat a.B.<init>(Unknown Source)"))
                .isEqualTo("why");
    }

    @Test
    void aLineThatOnlyStartsLikeAStackFrameIsKept() {
        assertThat(SingleLine.of("Failed\nat line 5 of the file (see log)"))
                .isEqualTo("Failed; at line 5 of the file (see log)");
    }

    @Test
    void aHugeLineIsCut() {
        assertThat(SingleLine.of("a.".repeat(500_000) + "\n\tat a.B.c(B.java:1)"))
                .hasSize(200);
    }
}
