package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;

/** Compares the reading and writing of instants with that of the JDK. */
class InstantsProperties {

    @Property
    void aWrittenInstantIsParsedToTheSameInstant(@ForAll Instant instant) {
        for (ChronoUnit unit : new ChronoUnit[] {ChronoUnit.SECONDS, ChronoUnit.MILLIS, ChronoUnit.NANOS}) {
            Instant written = instant.truncatedTo(unit);

            assertThat(Instants.parse(written.toString())).isEqualTo(written);
            assertThat(Instants.text(written)).isEqualTo(written.toString());
        }
    }

    @Property
    void everyInstantIsWrittenAsByTheJdk(@ForAll long second, @ForAll @LongRange(max = 999_999_999) long nanos) {
        long first = Instant.MIN.getEpochSecond();
        long last = Instant.MAX.getEpochSecond();
        Instant instant = Instant.ofEpochSecond(Math.min(Math.max(second, first), last), nanos);

        assertThat(Instants.text(instant)).isEqualTo(instant.toString());
    }

    @Example
    void theFirstAndLastYearsOfFourDigitsAreWrittenAsByTheJdk() {
        for (String text : new String[] {"0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"}) {
            Instant instant = Instant.parse(text);

            assertThat(Instants.text(instant)).isEqualTo(text);
            assertThat(Instants.text(instant.minusNanos(1)))
                    .isEqualTo(instant.minusNanos(1).toString());
            assertThat(Instants.text(instant.plusNanos(1)))
                    .isEqualTo(instant.plusNanos(1).toString());
        }
    }

    @Property
    void everyTextIsParsedAsByTheJdk(@ForAll("nearlyInstants") String text) {
        assertThat(read(Instants::parse, text)).isEqualTo(read(Instant::parse, text));
    }

    @Example
    void aTimeThatDoesNotExistIsRejected() {
        assertThatThrownBy(() -> Instants.parse("2026-02-30T14:30:00Z")).isInstanceOf(DateTimeException.class);
        assertThatThrownBy(() -> Instants.parse("2026-02-20T25:30:00Z")).isInstanceOf(DateTimeException.class);
    }

    /** Instants with one replaced character. */
    @Provide
    Arbitrary<String> nearlyInstants() {
        Arbitrary<Character> characters = Arbitraries.chars().with("0123456789-+:.TtZz ");
        return Arbitraries.of(
                        "2026-02-16T14:30:00Z",
                        "2026-02-16T14:30:59.5Z",
                        "2026-02-16T14:30:00.123Z",
                        "2024-02-29T23:59:60Z",
                        "2026-12-31T24:00:00Z",
                        "2026-02-16T14:30:00.123456789Z",
                        "2026-02-16T14:30:00.Z",
                        "2026-02-16T14:30Z")
                .flatMap(text -> Arbitraries.integers()
                        .between(0, text.length() - 1)
                        .flatMap(at -> characters.map(c -> text.substring(0, at) + c + text.substring(at + 1))));
    }

    private interface Reader {
        Instant read(String text);
    }

    private static @Nullable Instant read(Reader reader, String text) {
        try {
            return reader.read(text);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
