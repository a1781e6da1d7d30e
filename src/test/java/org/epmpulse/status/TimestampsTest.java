package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables were created with {@code datetime.fromisoformat} of Python 3.11; differences have their own tests. */
class TimestampsTest {

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', delimiter = '|', textBlock = """
            2026-02-16T14:30:00Z             | 2026-02-16T14:30:00Z
            2026-02-16t14:30:00Z             | 2026-02-16T14:30:00Z
            2026-02-16 14:30:00              | 2026-02-16T14:30:00Z
            2026-02-16T14:30:00              | 2026-02-16T14:30:00Z
            2026-02-16T14:30                 | 2026-02-16T14:30:00Z
            2026-02-16T14                    | 2026-02-16T14:00:00Z
            2026-02-16T14Z                   | 2026-02-16T14:00:00Z
            2026-02-16                       | 2026-02-16T00:00:00Z
            20260216                         | 2026-02-16T00:00:00Z
            20260216T143000                  | 2026-02-16T14:30:00Z
            20260216T143000Z                 | 2026-02-16T14:30:00Z
            20260216T1430                    | 2026-02-16T14:30:00Z
            20260216T14                      | 2026-02-16T14:00:00Z
            20260216 143000                  | 2026-02-16T14:30:00Z
            20260216T14:30:00                | 2026-02-16T14:30:00Z
            2026-02-16T143000                | 2026-02-16T14:30:00Z
            2026-02-16T14:30:00.5            | 2026-02-16T14:30:00.500Z
            2026-02-16T14:30:00,5            | 2026-02-16T14:30:00.500Z
            2026-02-16T14:30:00.123456       | 2026-02-16T14:30:00.123456Z
            2026-02-16T14:30:00+01:00        | 2026-02-16T13:30:00Z
            2026-02-16T14:30:00+0100         | 2026-02-16T13:30:00Z
            2026-02-16T14:30:00+01           | 2026-02-16T13:30:00Z
            2026-02-16T14:30:00-05:30        | 2026-02-16T20:00:00Z
            2026-02-16T14:30:00+00:00        | 2026-02-16T14:30:00Z
            2026-02-16T14:30:00-00:00        | 2026-02-16T14:30:00Z
            2026-02-16T14:30:00+01:00:30     | 2026-02-16T13:29:30Z
            2026-02-16T14:30:00+010030       | 2026-02-16T13:29:30Z
            2026-02-16T14:30:00+14:00        | 2026-02-16T00:30:00Z
            2026-02-16T14:30+01:00           | 2026-02-16T13:30:00Z
            2026-02-16T14+01:00              | 2026-02-16T13:00:00Z
            2026-02-16 14:30:00 +01:00       | 2026-02-16T13:30:00Z
            20260216T143000+0100             | 2026-02-16T13:30:00Z
            20260216T143000.250-0530         | 2026-02-16T20:00:00.250Z
            2028-02-29                       | 2028-02-29T00:00:00Z
            0001-01-01                       | 0001-01-01T00:00:00Z
            9999-12-31T23:59:59Z             | 9999-12-31T23:59:59Z
            """)
    void textsThatPythonAcceptsHaveTheSameMeaning(String text, Instant instant) {
        assertThat(Timestamps.parse(text)).isEqualTo(instant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "now",
                "2026-02-30",
                "2026-02-30T14:30:00Z",
                "2026-02-29",
                "2026-04-31T00:00:00Z",
                "2026-13-01",
                "2026-00-10",
                "2026-02-16T24:00:00Z",
                "2026-02-16T24:00:01Z",
                "2026-02-16T25:00:00Z",
                "2026-02-16T23:59:60Z",
                "2026-02-16T14:60:00Z",
                "2026-02-16T14:30:00.",
                "2026-02-16T14:30:00+24:00",
                "2026-02-16T14:30:00+1",
                "2026-02-16T14:30:00+1:00",
                "2026-02-16 14:30:00 UTC",
                "2026-02-16Z",
                "2026-047",
                "2026-2-16",
                "2026-02-16T4:30:00",
                "26-02-16",
                "2026/02/16",
                "16.02.2026 14:30",
                "1771252200",
                "1771252200000",
                "0000-01-01",
                "+2026-02-16T14:30:00Z",
                "-2026-02-16",
                "12026-02-16",
                " 2026-02-16T14:30:00Z",
                "2026-02-16T14:30:00Z ",
                "2026-02-16T14:30:00Z\n",
                "2026-02-16T",
                "2026-02-16T14:30:00ZZ",
                "2026-0216",
                "202602-16",
                "2026-02-16T14:3000",
                "2026-02-16T1430:00",
                "\uff12\uff10\uff12\uff16-02-16",
                "2026-02-16T14:30:00Z[UTC]",
                "Mon, 16 Feb 2026 14:30:00 GMT"
            })
    void textsThatPythonRejectsAreRejected(String text) {
        assertThat(Timestamps.parse(text)).isNull();
    }

    @Test
    void aLowerCaseZIsAcceptedUnlikeInPython() {
        assertThat(Timestamps.parse("2026-02-16T14:30:00z")).isEqualTo("2026-02-16T14:30:00Z");
    }

    @Test
    void nanosecondsAreKeptAndFinerDigitsAreDropped() {
        assertThat(Timestamps.parse("2026-02-16T14:30:00.123456789Z")).isEqualTo("2026-02-16T14:30:00.123456789Z");
        assertThat(Timestamps.parse("2026-02-16T14:30:00.1234567899999999999Z"))
                .isEqualTo("2026-02-16T14:30:00.123456789Z");
        assertThat(Timestamps.parse("2026-02-16T14:30:00." + "0".repeat(60) + "Z"))
                .isEqualTo("2026-02-16T14:30:00Z");
    }

    /**
     * Week dates, any separator, a fraction of a minute, an offset of a date without a time, and offsets that no place
     * uses.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-W08-1",
                "2026W081",
                "2026-02-16_14:30:00",
                "2026-02-16T14:30.5",
                "2026-02-16+01:00",
                "2026-02-16T14:30:00+19:00"
            })
    void formsThatNoClientSendsAreRejectedUnlikeInPython(String text) {
        assertThat(Timestamps.parse(text)).isNull();
    }
}
