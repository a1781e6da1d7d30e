package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.epmpulse.board.TestingEventReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The event stream of the whole service, over a restart. */
class BoardEventsRestartTest {

    @TempDir
    private Path folder;

    @Test
    void aStopEndsAStreamThatThenGoesOnWhereItWas() throws Exception {
        try (TestingEpmPulse service =
                new TestingEpmPulse(folder, "{\"apps\":{\"FCCS\":{\"domains\":[\"Close\",\"Tax\"]}}}").start()) {
            String id;
            try (TestingEventReader reader = read(service)) {
                service.status("FCCS", "Close", "OK", "before");
                id = reader.next().id();
                service.status("FCCS", "Tax", "OK", "missed");

                service.restart();

                assertThat(reader.isClosed()).isTrue();
            }
            try (TestingEventReader reader = read(service, "Last-Event-ID", id)) {
                assertThat(reader.next().text("message")).isEqualTo("missed");
            }
        }
    }

    private static TestingEventReader read(TestingEpmPulse service, String... headers) {
        return new TestingEventReader(service.uri("/api/v1/events"), TestingEpmPulse.KEY, headers);
    }
}
