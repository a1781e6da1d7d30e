package org.epmpulse.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneRulesProvider;
import java.util.EnumSet;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When windows start and end, and when their deadlines are. */
class CloseCalendarTest {

    private static final Set<DayOfWeek> WEEK = EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY);
    private static final Holidays CHRISTMAS = LocalDate.of(2026, 12, 25)::equals;

    private static CloseCalendar calendar(String starts, @Nullable String ends, Holidays holidays) {
        return new CloseCalendar(
                LocalTime.parse(starts),
                ends == null ? null : LocalTime.parse(ends),
                ZoneId.of("Europe/London"),
                WEEK,
                holidays);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // A Tuesday, before and at the start.
        "2026-11-24T17:59:59Z, 2026-11-23T18:00:00Z, 2026-11-24T18:00:00Z",
        "2026-11-24T18:00:00Z, 2026-11-24T18:00:00Z, 2026-11-25T18:00:00Z",
        // From Friday to Monday.
        "2026-11-29T12:00:00Z, 2026-11-27T18:00:00Z, 2026-11-30T18:00:00Z",
        // Friday is a holiday.
        "2026-12-27T12:00:00Z, 2026-12-24T18:00:00Z, 2026-12-28T18:00:00Z",
        // The clock is set forward on Sunday, 29 March, and back on Sunday, 25 October.
        "2026-03-28T12:00:00Z, 2026-03-27T18:00:00Z, 2026-03-30T17:00:00Z",
        "2026-10-24T12:00:00Z, 2026-10-23T17:00:00Z, 2026-10-26T18:00:00Z"
    })
    void aWindowLastsFromAStartToTheNextOneOnAWorkingDay(Instant now, Instant starts, Instant ends) {
        Window window = calendar("18:00", null, CHRISTMAS).windowAt(now);

        assertThat(window.starts()).isEqualTo(starts);
        assertThat(window.ends()).isEqualTo(ends);
    }

    @Test
    void aWindowWithAnEndIsShownUntilTheNextStart() {
        CloseCalendar calendar = calendar("18:00", "06:00", Holidays.NONE);

        Window window = calendar.windowAt(Instant.parse("2026-11-25T12:00:00Z"));

        assertThat(window.starts()).isEqualTo(Instant.parse("2026-11-24T18:00:00Z"));
        assertThat(window.ends()).isEqualTo(Instant.parse("2026-11-25T06:00:00Z"));
    }

    @ParameterizedTest(name = "{0} in the window of {1}")
    @CsvSource({
        "21:30,      2026-11-24T19:00:00Z, 2026-11-24T21:30:00Z",
        "04:00,      2026-11-24T19:00:00Z, 2026-11-25T04:00:00Z",
        // The night in which 01:30 does not exist, and the one in which it is there twice.
        "01:30,      2026-03-29T00:00:00Z, 2026-03-28T01:30:00Z",
        // The third working day of November is the 4th.
        "WD+3 21:00, 2026-11-04T19:00:00Z, 2026-11-04T21:00:00Z",
        "WD+3 04:00, 2026-11-04T19:00:00Z, 2026-11-05T04:00:00Z",
        "WD+3 21:00, 2026-11-03T19:00:00Z, ",
        // At the time of the start it belongs to the window that ends then.
        "WD+3 18:00, 2026-11-03T19:00:00Z, 2026-11-04T18:00:00Z",
        "WD+3 18:00, 2026-11-04T19:00:00Z, ",
        // New Year's Day is a holiday, so the first working day of 2027 is the 4th of January.
        "WD+1 20:00, 2027-01-04T19:00:00Z, 2027-01-04T20:00:00Z"
    })
    void aDeadlineIsInItsWindow(String by, Instant now, @Nullable Instant deadline) {
        CloseCalendar calendar = calendar("18:00", null, LocalDate.of(2027, 1, 1)::equals);

        assertThat(calendar.deadline(Deadline.parse(by), calendar.windowAt(now)))
                .isEqualTo(deadline);
    }

    @Test
    void aTimeThatAClockChangeSkipsIsLaterAndOfATimeThatOccursTwiceTheFirstOneCounts() {
        CloseCalendar everyDay = new CloseCalendar(
                LocalTime.of(18, 0), null, ZoneId.of("Europe/London"), EnumSet.allOf(DayOfWeek.class), Holidays.NONE);
        Deadline by = Deadline.parse("01:30");

        assertThat(everyDay.deadline(by, everyDay.windowAt(Instant.parse("2026-03-28T20:00:00Z"))))
                .isEqualTo("2026-03-29T01:30:00Z");
        assertThat(everyDay.deadline(by, everyDay.windowAt(Instant.parse("2026-10-24T20:00:00Z"))))
                .isEqualTo("2026-10-25T00:30:00Z");
    }

    @Test
    void aWindowWhoseStartAClockChangeDelaysKeepsTheTimesFromItsStart() {
        ZoneId london = ZoneId.of("Europe/London");
        Instant night = Instant.parse("2026-03-29T01:45:00Z");
        CloseCalendar atOne =
                new CloseCalendar(LocalTime.of(1, 0), null, london, EnumSet.allOf(DayOfWeek.class), Holidays.NONE);
        CloseCalendar halfAnHour = new CloseCalendar(
                LocalTime.of(1, 30), LocalTime.of(2, 0), london, EnumSet.allOf(DayOfWeek.class), Holidays.NONE);

        assertThat(atOne.windowAt(night).starts()).isEqualTo("2026-03-29T01:00:00Z");
        assertThat(atOne.deadline(Deadline.parse("02:00"), atOne.windowAt(night)))
                .isEqualTo("2026-03-29T02:00:00Z");
        assertThat(atOne.deadline(Deadline.parse("03:00"), atOne.windowAt(night)))
                .isEqualTo("2026-03-29T02:00:00Z");
        assertThat(halfAnHour.windowAt(night).starts()).isEqualTo("2026-03-29T01:30:00Z");
        assertThat(halfAnHour.windowAt(night).ends()).isEqualTo("2026-03-29T02:00:00Z");
    }

    @Test
    void theNextDeadlineIsInALaterWindow() {
        CloseCalendar calendar = calendar("18:00", null, Holidays.NONE);
        Instant now = Instant.parse("2026-11-05T12:00:00Z");

        assertThat(calendar.nextDeadline(Deadline.parse("WD+3 21:00"), now)).isEqualTo("2026-12-03T21:00:00Z");
        assertThat(calendar.nextDeadline(Deadline.parse("21:30"), now)).isEqualTo("2026-11-05T21:30:00Z");
        assertThat(calendar.nextDeadline(Deadline.parse("WD+23 21:00"), Instant.parse("2026-11-05T12:00:00Z")))
                .isEqualTo("2026-12-31T21:00:00Z");
    }

    @Test
    void thereIsAWindowAlsoIfEveryDayIsAHoliday() {
        Window window = calendar("18:00", null, day -> true).windowAt(Instant.parse("2026-11-29T12:00:00Z"));

        assertThat(window.starts()).isEqualTo("2026-11-27T18:00:00Z");
        assertThat(window.ends()).isEqualTo("2026-11-30T18:00:00Z");
    }

    @Test
    void aCountryHasTheHolidaysOfAllItsPartsAndARegionItsOwn() {
        Holidays britain = CountryHolidays.of("GB", null);
        Holidays england = CountryHolidays.of("gb", "ENG");
        LocalDate goodFriday = LocalDate.of(2026, 4, 3);
        LocalDate easterMonday = LocalDate.of(2026, 4, 6);

        assertThat(britain.contains(goodFriday)).isTrue();
        assertThat(britain.contains(easterMonday)).isFalse();
        assertThat(england.contains(goodFriday)).isTrue();
        assertThat(england.contains(easterMonday)).isTrue();
        assertThat(england.contains(LocalDate.of(2026, 4, 7))).isFalse();
        assertThatThrownBy(() -> CountryHolidays.of("xx", null))
                .hasMessageStartingWith("unknown country \"xx\"; known:");
    }

    private static final String ICS = """
            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:test
            BEGIN:VEVENT
            UID:1
            DTSTAMP:20250101T000000Z
            DTSTART;VALUE=DATE:20251230
            DTEND;VALUE=DATE:20260103
            RRULE:FREQ=YEARLY
            SUMMARY:New Year
            END:VEVENT
            BEGIN:VEVENT
            UID:2
            DTSTAMP:20250101T000000Z
            DTSTART;VALUE=DATE:20260601
            SUMMARY:Foundation day
            END:VEVENT
            BEGIN:VEVENT
            UID:4
            DTSTAMP:20250101T000000Z
            DTSTART;VALUE=DATE:20260803
            DURATION:P1W
            SUMMARY:Works holiday
            END:VEVENT
            BEGIN:VEVENT
            UID:3
            DTSTAMP:20250101T000000Z
            DTSTART:20260602T080000Z
            DTEND:20260602T090000Z
            SUMMARY:Meeting
            END:VEVENT
            END:VCALENDAR
            """.replace("\n", "\r\n");

    @Test
    void anIcsFileHasTheDaysOfItsAllDayEvents() {
        Holidays holidays = IcsHolidays.of(ICS.getBytes(StandardCharsets.UTF_8));

        assertThat(LocalDate.of(2025, 12, 1)
                        .datesUntil(LocalDate.of(2027, 3, 1))
                        .filter(holidays::contains))
                .containsExactly(
                        LocalDate.of(2025, 12, 30),
                        LocalDate.of(2025, 12, 31),
                        LocalDate.of(2026, 1, 1),
                        LocalDate.of(2026, 1, 2),
                        LocalDate.of(2026, 6, 1),
                        LocalDate.of(2026, 8, 3),
                        LocalDate.of(2026, 8, 4),
                        LocalDate.of(2026, 8, 5),
                        LocalDate.of(2026, 8, 6),
                        LocalDate.of(2026, 8, 7),
                        LocalDate.of(2026, 8, 8),
                        LocalDate.of(2026, 8, 9),
                        LocalDate.of(2026, 12, 30),
                        LocalDate.of(2026, 12, 31),
                        LocalDate.of(2027, 1, 1),
                        LocalDate.of(2027, 1, 2));
    }

    @Test
    void aFileThatIsNoCalendarOrHasNoAllDayEventIsRejected() {
        byte[] text = "holidays".getBytes(StandardCharsets.UTF_8);
        byte[] meetings =
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> IcsHolidays.of(text)).hasMessageStartingWith("must be an iCalendar file");
        assertThatThrownBy(() -> IcsHolidays.of(meetings))
                .hasMessageStartingWith("must have at least one all-day event");
    }

    /** Every JVM would load such a library at its start. */
    @Test
    void noLibraryIsAProviderOfTimeZones() {
        assertThat(ServiceLoader.load(ZoneRulesProvider.class)).isEmpty();
    }
}
