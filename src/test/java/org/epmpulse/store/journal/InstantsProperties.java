package org.epmpulse.store.journal;

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
import org.jspecify.annotations.Nullable;

/** Compares the store's parser of instants with the JDK's. */
class InstantsProperties {

    @Property
    void aWrittenInstantIsParsedToTheSameInstant(@ForAll Instant instant) {
        for (ChronoUnit unit : new ChronoUnit[] {ChronoUnit.SECONDS, ChronoUnit.MILLIS, ChronoUnit.NANOS}) {
            Instant written = instant.truncatedTo(unit);

            assertThat(Instants.parse(written.toString())).isEqualTo(written);
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
