package org.epmpulse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Filter.Result;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.epmpulse.RecordedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Lines of Camel that come again and again. */
@Isolated("records the log of all classes")
class RepeatedLinesTest {

    private static final String CONSUMER = "org.apache.camel.component.file.remote.SftpConsumer";

    private volatile Instant now = Instant.EPOCH;
    private final RepeatedLines lines = new RepeatedLines(() -> now);

    private Result filter(String logger, Level level, String text) {
        return lines.filter(Log4jLogEvent.newBuilder()
                .setLoggerName(logger)
                .setLevel(level)
                .setMessage(new SimpleMessage(text))
                .build());
    }

    @Test
    void passOnceAMinuteWithTheirNumber() {
        assertThat(filter(CONSUMER, Level.WARN, "Cannot connect")).isEqualTo(Result.NEUTRAL);
        for (int i = 0; i < 114; i++) {
            assertThat(filter(CONSUMER, Level.WARN, "Cannot connect")).isEqualTo(Result.DENY);
        }
        assertThat(filter(CONSUMER, Level.WARN, "Cannot log in")).isEqualTo(Result.NEUTRAL);

        now = now.plusSeconds(60);
        try (RecordedLog recorded = new RecordedLog("org.epmpulse.cli", Level.WARN)) {
            assertThat(filter(CONSUMER, Level.WARN, "Cannot connect")).isEqualTo(Result.NEUTRAL);

            assertThat(recorded.messages())
                    .containsExactly("The next line came 114 times in the last minute or longer");
        }
    }

    @Test
    void ofOthersAllPass() {
        for (int i = 0; i < 3; i++) {
            assertThat(filter("my-route", Level.WARN, "a domain failed")).isEqualTo(Result.NEUTRAL);
            assertThat(filter(CONSUMER, Level.INFO, "connected")).isEqualTo(Result.NEUTRAL);
        }
    }
}
