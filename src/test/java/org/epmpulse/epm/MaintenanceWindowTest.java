package org.epmpulse.epm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaintenanceWindowTest {

    private static MaintenanceWindow read(String item) {
        return MaintenanceWindow.of(EpmJson.object("{\"status\": 0, \"items\": [" + item + "]}"));
    }

    @Test
    void theSampleOfTheDocumentationIsRead() {
        assertThat(read("{\"buildVersion\": \"22.09.40\", \"amwTime\": \"19:00\", \"timeZone\": \"Etc/UTC\"}"))
                .isEqualTo(new MaintenanceWindow(LocalTime.of(19, 0), ZoneId.of("Etc/UTC")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"amwTime": "19"}                                          | 19:00 | Z
            {"amwTime": 7}                                             | 07:00 | Z
            {"amwTime": "2:35"}                                        | 02:35 | Z
            {"amwTime": "14:35 America/Los_Angeles"}                   | 14:35 | America/Los_Angeles
            {"amwTime": "14:35:00", "timeZone": "America/Los_Angeles"} | 14:35 | America/Los_Angeles""")
    void otherFormsAreRead(String item, LocalTime start, String zone) {
        assertThat(read(item)).isEqualTo(new MaintenanceWindow(start, ZoneId.of(zone)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"''", "{}", "{\"amwTime\": null}", "{\"amwTime\": \"25:00\"}", "{\"amwTime\": \"19:00 Mars/Base\"}"
            })
    void anythingElseIsNoWindow(String item) {
        assertThat(read(item)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-31T22:29:59Z, false",
        "2026-03-31T22:30:00Z, true",
        "2026-03-31T23:29:59Z, true",
        "2026-03-31T23:30:00Z, false"
    })
    void theWindowIsAnHour(Instant time, boolean inside) {
        MaintenanceWindow window = new MaintenanceWindow(LocalTime.of(22, 30), ZoneOffset.UTC);

        assertThat(window.contains(time)).isEqualTo(inside);
    }

    @Test
    void theWindowMayGoOverMidnight() {
        MaintenanceWindow window = new MaintenanceWindow(LocalTime.of(23, 30), ZoneId.of("America/Los_Angeles"));

        assertThat(window.contains(Instant.parse("2026-03-31T07:10:00Z"))).isTrue();
        assertThat(window.contains(Instant.parse("2026-03-31T07:40:00Z"))).isFalse();
    }
}
