package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a pipeline that posts a status gets back, and what its post changes. */
class StatusReceiveRouteTest {

    @AutoClose
    private final TestingApi api = new TestingApi();

    @Test
    void anUpdateIsRecordedAndAnsweredWithItsRevision() {
        HttpResponse<String> reply = api.post("""
                {"app":"Planning","domain":"Actual","status":"Loading","job_id":"LOAD_001","message":"first file",
                 "timestamp":"2026-02-16T14:30:00Z","epm_job_id":"224"}""");

        assertThat(reply.body())
                .isEqualTo("{\"success\":true,\"data\":{\"app\":\"Planning\",\"domain\":\"Actual\","
                        + "\"status\":\"Loading\",\"job_id\":\"LOAD_001\",\"message\":\"first file\","
                        + "\"updated\":\"2026-02-16T14:30:00Z\",\"duration_sec\":null,\"revision\":1,"
                        + "\"outcome\":\"recorded\",\"canvas_updated\":false,\"canvas\":\"queued\"}}");
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().map()).containsOnlyKeys("cache-control", "content-length", "content-type");
        assertThat(api.store.entries()).singleElement().satisfies(entry -> {
            assertThat(entry.key()).isEqualTo("writer");
            assertThat(entry.epmJobId()).isEqualTo("224");
        });
    }
}
