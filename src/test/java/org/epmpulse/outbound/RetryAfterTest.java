package org.epmpulse.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "' 30 ', 30", "3600, 3600", "3601, 3600", "86400, 3600", "999999999, 3600"})
    void secondsAreUsedUpToAnHour(String header, long seconds) {
        assertThat(RetryAfter.of(header)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "+5",
                "1.5",
                "1e3",
                "0x10",
                "30, 60",
                "٣٠",
                "soon",
                "1000000000",
                "99999999999",
                "9223372036854775807",
                "9223372036854775808",
                "Fri, 31 Dec 9999 23:59:59 GMT"
            })
    void otherValuesCountAsAbsent(String header) {
        assertThat(RetryAfter.of(header)).isNull();
    }
}
