package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.epmpulse.http.Overload.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How refused requests are counted and logged. */
class OverloadTest {

    private static final Holder ODI = new Holder("key odi", false);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AbstractAppender appender = new AbstractAppender("overload", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
            lines.add(event.getMessage().getFormattedMessage());
        }
    };
    private final Logger logger = (Logger) LogManager.getLogger(Overload.class);
    private long nanos = -TimeUnit.HOURS.toNanos(1);

    OverloadTest() {
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void removeAppender() {
        logger.removeAppender(appender);
    }

    @Test
    void equalRefusalsAreLoggedOnceAMinute() {
        Overload overload = new Overload(meters, () -> nanos);

        for (int i = 0; i < 5; i++) {
            overload.error(Reason.REPLIES, ODI);
        }
        overload.error(Reason.BODIES, ODI);
        nanos += TimeUnit.MINUTES.toNanos(1);
        overload.error(Reason.REPLIES, ODI);

        // Other servers of this process log, too.
        assertThat(lines.stream().filter(line -> line.contains("of key odi refused")))
                .satisfiesExactly(
                        first -> assertThat(first)
                                .isEqualTo(
                                        "HTTP server: request of key odi refused with 503: its unread replies use too "
                                                + "much memory; its clients must read their replies"),
                        second -> assertThat(second).contains("its bodies that are being read"),
                        third -> assertThat(third).contains("(4 more since the last such line)"));
        assertThat(meters.get("epmpulse.http.refused")
                        .tag("reason", "replies")
                        .counter()
                        .count())
                .isEqualTo(6);
    }
}
