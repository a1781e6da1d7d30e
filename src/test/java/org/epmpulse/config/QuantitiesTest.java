package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S", "30s, PT30S", "60m, PT60M", "2h, PT2H", "1d, PT24H",
        "1h30m, PT90M", "1m30s500ms, PT90.5S", "5m2ms, PT5M0.002S", "0, PT0S", "0s, PT0S"
    })
    void durationsAreParsed(String text, Duration duration) {
        assertThat(Quantities.duration(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "s", "30 s", "-1s", "1.5h", "30m1h", "PT30S", "1h 30m", "3651d", "999999999d"})
    void invalidDurationsAreRejected(String text) {
        assertThat(Quantities.duration(text)).isNull();
    }

    @Property
    void theTextOfADurationIsParsedToTheSameDuration(@ForAll @LongRange(min = 0, max = 315_360_000_000L) long millis) {
        Duration duration = Duration.ofMillis(millis);

        assertThat(Quantities.duration(Quantities.text(duration))).isEqualTo(duration);
    }

    @ParameterizedTest
    @CsvSource({"10GB, 10737418240", "1 TB, 1099511627776", "500MB, 524288000", "1KB, 1024", "7B, 7"})
    void sizesAreParsed(String text, long bytes) {
        assertThat(Quantities.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "10gb", "1.5GB", "-1GB", "GB", "999999999999999TB"})
    void invalidSizesAreRejected(String text) {
        assertThat(Quantities.bytes(text)).isNull();
    }

    @Test
    void theLongestDurationIsAllowed() {
        assertThat(Quantities.duration("3650d")).isEqualTo(Quantities.MAX_DURATION);
    }
}
