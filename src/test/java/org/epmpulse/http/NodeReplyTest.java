package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.epmpulse.board.TestingEventReader;
import org.epmpulse.store.StateUnknownException;
import org.epmpulse.store.StoreUnavailableException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The replies of a node that shares its store with others. */
class NodeReplyTest {

    private static final String NODE = "EPMPulse-Node";
    private static final String UPDATE = "{\"app\":\"FCCS\",\"status\":\"OK\"}";

    @AutoClose
    private final TestingApi api = TestingApi.ofNode("epm-a");

    @Test
    void everyReplyNamesTheNode() throws Exception {
        assertThat(api.post(UPDATE).headers().allValues(NODE)).containsExactly("epm-a");
        assertThat(api.get("/api/v1/status").headers().allValues(NODE)).containsExactly("epm-a");
        assertThat(api.get("/api/v1/jobs/none").headers().allValues(NODE)).containsExactly("epm-a");
        assertThat(api.get("/").headers().allValues(NODE)).containsExactly("epm-a");
        assertThat(api.get("/health/live").headers().allValues(NODE)).containsExactly("epm-a");
        HttpRequest.Builder head =
                HttpRequest.newBuilder(api.uri("/health")).method("HEAD", HttpRequest.BodyPublishers.noBody());
        assertThat(api.send(head, "").headers().allValues(NODE)).containsExactly("epm-a");
        assertThat(api.send(HttpRequest.newBuilder(api.uri("/secret")), "")
                        .headers()
                        .allValues(NODE))
                .containsExactly("epm-a");
        try (TestingEventReader events = new TestingEventReader(api.uri("/api/v1/events"), TestingApi.READ_KEY)) {
            assertThat(events.header(NODE)).isEqualTo("epm-a");
        }
        try (RawConnection connection = new RawConnection(api)) {
            assertThat(connection.send("no http\r\n\r\n").readReply().headers())
                    .containsEntry("epmpulse-node", "epm-a");
        }
    }

    @Test
    void aReplyOfASingleProcessHasNoNode() {
        try (TestingApi single = new TestingApi()) {
            assertThat(single.get("/api/v1/status").headers().firstValue(NODE)).isEmpty();
            assertThat(single.get("/none").headers().firstValue(NODE)).isEmpty();
        }
    }

    @Test
    void aStoreThatIsAwayIsTriedAgainSoonButNotAFullDisk() {
        StoreUnavailableException away = new StoreUnavailableException("the database does not answer", null);
        api.store.failWith(away);

        HttpResponse<String> shared = api.post(UPDATE);

        assertThat(shared.statusCode()).isEqualTo(503);
        assertThat(shared.body()).contains("STATE_ERROR");
        assertThat(shared.headers().firstValue("Retry-After")).hasValue("2");
        try (TestingApi single = new TestingApi()) {
            single.store.failWith(away);
            assertThat(single.post(UPDATE).headers().firstValue("Retry-After")).isEmpty();
        }
    }

    @Test
    void anUnknownEndIsA504ThatSaysWhetherItMayBeRepeated() {
        api.store.failWith(new StateUnknownException("the connection was lost after COMMIT was sent"));

        HttpResponse<String> withKey = api.post(UPDATE, "Idempotency-Key", "LOAD_1");
        HttpResponse<String> without = api.post(UPDATE);

        assertThat(withKey.statusCode()).isEqualTo(504);
        assertThat(withKey.body())
                .isEqualTo(
                        "{\"success\":false,\"error\":{\"code\":\"STATE_UNKNOWN\",\"message\":\"It is not known whether"
                                + " this was recorded. Send it again with the same Idempotency-Key.\",\"details\":"
                                + "{\"retry_with_key\":true}}}");
        assertThat(without.statusCode()).isEqualTo(504);
        assertThat(without.body()).contains("\"retry_with_key\":false", "look at the board before");
    }
}
