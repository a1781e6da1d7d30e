package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Body;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.StatusUpdate;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site's route that begins with {@code direct:site-before-record}. */
class BeforeRecordTest {

    private static final String ROUTE = """
            - route:
                id: site-before-record
                from:
                  uri: direct:site-before-record
                  steps:
                    - bean:
                        beanType: org.epmpulse.BeforeRecordTest$Hook
                        method: change
            """;

    /** What the route does: it depends on the message of each update. */
    public static final class Hook {

        public List<StatusUpdate> change(@Body List<StatusUpdate> updates) {
            List<StatusUpdate> changed = new ArrayList<>();
            for (StatusUpdate update : updates) {
                String message = String.valueOf(update.message());
                if (message.equals("reject")) {
                    throw new InvalidUpdateException("not during the freeze");
                }
                if (message.equals("fail")) {
                    throw new IllegalStateException("the directory does not answer");
                }
                if (!message.equals("lose")) {
                    changed.add(StatusUpdate.of(
                            update.app(),
                            update.domain(),
                            update.status(),
                            update.jobId(),
                            message + " by " + Thread.currentThread().getName().replaceAll("[-0-9]+$", "")));
                }
            }
            return changed;
        }
    }

    @TempDir
    private Path folder;

    @AutoClose
    private TestingEpmPulse epmPulse;

    @BeforeEach
    void start() throws Exception {
        epmPulse = new TestingEpmPulse(folder, "{\"apps\": {\"Planning\": {\"domains\": [\"Actual\", \"Budget\"]}}}");
        epmPulse.settings.put(
                "EPMPULSE_ROUTES_DIR",
                new SiteRoutes(folder).add("site-before-record", ROUTE).folder().toString());
        epmPulse.start();
    }

    private HttpResponse<String> post(String message) {
        return epmPulse.post("/api/v1/status", update("Actual", message));
    }

    private static String update(String domain, String message) {
        return "{\"app\":\"Planning\",\"domain\":\"%s\",\"status\":\"OK\",\"message\":\"%s\"}"
                .formatted(domain, message);
    }

    @Test
    void itChangesUpdatesOnAWorkerAndTheyKeepTheirKey() {
        assertThat(post("done").body()).contains("\"message\":\"done by vert.x-worker-thread\"");

        String batch = "{\"updates\":[" + update("Actual", "one") + "," + update("Budget", "two") + "]}";
        assertThat(epmPulse.post("/api/v1/status/batch", batch).body()).contains("one by ", "two by ");
        assertThat(epmPulse.data("/api/v1/history").path("entries")).hasSize(3).allSatisfy(entry -> {
            assertThat(entry.path("key").asText()).isNotEmpty();
            assertThat(entry.path("source").asText()).isEqualTo("api");
        });
    }

    @Test
    void anUpdateThatItRejectsIs400AndChangesNothing() {
        HttpResponse<String> reply = post("reject");

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(reply.body()).contains("not during the freeze");
        assertThat(epmPulse.data("/api/v1/status").path("revision").asLong()).isZero();
    }

    @Test
    void aFailureOfTheRouteRecordsNothing() {
        assertThat(post("fail").statusCode()).isEqualTo(500);
        assertThat(post("lose").statusCode()).isEqualTo(500);

        assertThat(epmPulse.data("/api/v1/status").path("revision").asLong()).isZero();
        assertThat(post("done").statusCode()).isEqualTo(200);
    }
}
