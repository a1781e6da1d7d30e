package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuietHoursTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource({
        "2026-06-01T19:59:59Z, 2026-06-01T19:59:59Z",
        "2026-06-01T20:00:00Z, 2026-06-02T04:00:00Z",
        "2026-06-02T03:59:59Z, 2026-06-02T04:00:00Z",
        "2026-06-02T04:00:00Z, 2026-06-02T04:00:00Z",
        // The periods 12:00-13:00 and 13:00-13:30 follow each other.
        "2026-06-02T10:30:00Z, 2026-06-02T11:30:00Z",
        // The night in which the clocks are set back is an hour longer.
        "2026-10-24T20:00:00Z, 2026-10-25T05:00:00Z",
    })
    void quietHoursEndAtTheTimeOfTheirZone(Instant now, Instant end) {
        QuietHours quiet = QuietHours.parse("22:00-06:00, 12:00-13:00,13:00-13:30", BERLIN);

        assertThat(quiet.endAfter(now)).isEqualTo(end);
        assertThat(quiet.contains(now)).isEqualTo(!now.equals(end));
    }

    @Test
    void quietHoursThatNeverEndAreLeftAfterADay() {
        QuietHours always = QuietHours.parse("00:00-12:00,12:00-00:00", BERLIN);
        Instant now = Instant.parse("2026-06-01T10:00:00Z");

        assertThat(always.endAfter(now)).isEqualTo(Instant.parse("2026-06-02T10:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "22:00", "22:00-22:00", "22-6", "24:00-06:00", "22:00-06:00,", "22:00-06:60"})
    void anInvalidPeriodIsRejected(String text) {
        assertThat(QuietHours.parse(text, BERLIN)).isNull();
    }
}
