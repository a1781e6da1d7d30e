package org.epmpulse.epm.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times of a list without a documented format and zone. */
class ListTimesTest {

    private static final Instant NOW = Instant.parse("2026-03-25T14:00:00Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            yyyy-MM-dd HH:mm:ss     | UTC
            yyyy-MM-dd'T'HH:mm:ss   | America/New_York
            yyyy-MM-dd HH:mm:ss.SSS | Asia/Kolkata
            M/d/yyyy h:mm:ss a      | America/Los_Angeles
            M/d/yy h:mm a           | UTC
            d/M/yyyy HH:mm:ss       | Europe/London
            dd.MM.yyyy HH:mm        | Europe/Berlin
            dd-MMM-yyyy HH:mm:ss    | Australia/Sydney
            MMM d, yyyy h:mm:ss a   | Pacific/Auckland""")
    void formatAndZoneAreFoundByTheStartOfTheExport(String pattern, String zone) {
        DateTimeFormatter format =
                DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneId.of(zone));
        Instant start = NOW.minus(Duration.ofMinutes(95));

        ListTimes times = ListTimes.UNKNOWN.calibrated(format.format(NOW), NOW.minusSeconds(20));

        assertThat(times.instant(format.format(start), NOW)).isEqualTo(start);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2026-03-25T13:00:00Z      | 2026-03-25T13:00:00Z
            2026-03-25 13:00:00 UTC   | 2026-03-25T13:00:00Z
            2026-03-25T13:00:00+01:00 | 2026-03-25T12:00:00Z""")
    void aTimeWithItsOffsetNeedsNoExport(String text, Instant time) {
        assertThat(ListTimes.UNKNOWN.instant(text, NOW)).isEqualTo(time);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            2026-03-25 14:07:30
            2025-03-25 14:00:00
            yesterday
            ''""")
    void whatDoesNotFitTheStartTeachesNothing(String own) {
        ListTimes times = ListTimes.UNKNOWN.calibrated(own, NOW);

        assertThat(times.instant("2026-03-25 13:00:00", NOW)).isNull();
    }

    @Test
    void aDateWhoseDayAndMonthAreNotKnownHasNoMeaningUntilAnotherExport() {
        Instant fifth = Instant.parse("2026-05-05T12:00:00Z");
        ListTimes ambiguous = ListTimes.UNKNOWN.calibrated("05/05/2026 12:00:00", fifth);
        Instant sixth = Instant.parse("2026-05-06T12:00:00Z");
        ListTimes known = ambiguous.calibrated("05/06/2026 12:00:00", sixth);

        assertThat(ambiguous.instant("04/05/2026 11:00:00", fifth)).isNull();
        assertThat(known.instant("05/06/2026 11:00:00", sixth)).isEqualTo(Instant.parse("2026-05-06T11:00:00Z"));
    }

    @Test
    void anHourThatOccursTwiceHasNoMeaning() {
        Instant before = Instant.parse("2026-10-25T00:55:00Z");
        Instant after = Instant.parse("2026-10-25T01:05:00Z");
        Instant later = Instant.parse("2026-10-25T03:00:00Z");
        ListTimes times =
                ListTimes.UNKNOWN.calibrated("2026-10-25 02:55:00", before).calibrated("2026-10-25 02:05:00", after);

        assertThat(times.instant("2026-10-25 02:03:00", after)).isNull();
        assertThat(times.instant("2026-10-25 02:30:00", later)).isNull();
        assertThat(times.instant("2026-10-25 01:50:00", later)).isEqualTo(Instant.parse("2026-10-24T23:50:00Z"));
        assertThat(times.instant("2026-10-25 03:30:00", later)).isEqualTo(Instant.parse("2026-10-25T02:30:00Z"));
    }
}
