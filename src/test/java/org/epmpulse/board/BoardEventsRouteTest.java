package org.epmpulse.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.time.Duration;
import org.epmpulse.api.ApiDocument;
import org.epmpulse.board.TestingEventReader.Event;
import org.epmpulse.http.TestingApi;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Posted updates as events of the stream. */
class BoardEventsRouteTest {

    @AutoClose
    private final TestingApi api = new TestingApi();

    @AutoClose
    private final TestingEventReader reader =
            new TestingEventReader(api.uri("/api/v1/events"), TestingApi.READ_KEY, "Last-Event-ID", "0");

    @Test
    void aPostedStatusIsAnEvent() throws Exception {
        String reply = api.post("{\"app\":\"FCCS\",\"status\":\"Loading\",\"job_id\":\"LOAD_001\"}")
                .body();

        Event event = reader.next();
        assertThat(event.id())
                .isEqualTo(ApiDocument.json(reply).at("/data/revision").asText());
        assertThat(event.text("domain")).isEqualTo("Consolidation");
        assertThat(event.text("job_id")).isEqualTo("LOAD_001");
    }

    @Test
    void everyDomainOfABatchIsAnEvent() throws Exception {
        api.postTo(
                "/api/v1/status/batch",
                "{\"updates\":[{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"},"
                        + "{\"app\":\"FCCS\",\"status\":\"Warning\"}]}");

        assertThat(reader.next().text("domain")).isEqualTo("Actual");
        assertThat(reader.next().text("domain")).isEqualTo("Consolidation");
    }

    @Test
    void anAnswerAndItsEndByTimeAreEvents() throws Exception {
        api.post("{\"app\":\"FCCS\",\"status\":\"Warning\",\"job_id\":\"LOAD_001\"}");
        assertThat(reader.next().id()).isEqualTo("1");

        api.postTo(
                "/api/v1/domains/FCCS/Consolidation/mute",
                "{\"until\":\"2026-02-16T15:00:00Z\",\"reason\":\"backup\",\"by\":\"Anna\"}");

        Event muted = reader.next();
        assertThat(muted.id()).isEqualTo("2");
        assertThat(muted.json().at("/muted/by").asText()).isEqualTo("Anna");
        assertThat(muted.text("status")).isEqualTo("Warning");
        api.clock.advance(Duration.ofMinutes(31));
        Event ended = reader.next();
        assertThat(ended.id()).isEqualTo("2");
        assertThat(ended.json().has("muted")).isFalse();
        try (TestingEventReader resumed =
                new TestingEventReader(api.uri("/api/v1/events"), TestingApi.READ_KEY, "Last-Event-ID", "1")) {
            assertThat(resumed.next().text("domain")).isEqualTo("Consolidation");
        }
    }

    @Test
    void aThousandReadersMayConnectWithOneKey() {
        for (int i = 0; i < 1_000; i++) {
            HttpRequest.Builder connect = HttpRequest.newBuilder(api.uri("/api/v1/events"))
                    .method("HEAD", HttpRequest.BodyPublishers.noBody());
            assertThat(api.send(connect, TestingApi.READ_KEY).statusCode()).isEqualTo(200);
        }
    }
}
