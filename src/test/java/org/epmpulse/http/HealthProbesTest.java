package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What supervisors and load balancers read. */
class HealthProbesTest {

    private static HttpResponse<String> read(TestingApi api, String path) {
        return api.send(HttpRequest.newBuilder(api.uri(path)), "");
    }

    private static void assertReply(TestingApi api, String path, int status, String text) {
        HttpResponse<String> reply = read(api, path);

        assertThat(reply.statusCode()).as(path).isEqualTo(status);
        assertThat(reply.body()).isEqualTo("{\"status\":\"" + text + "\"}");
        assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(reply.headers().firstValue("Retry-After").isPresent()).isEqualTo(status == 503);
    }

    @Test
    void aNodeThatWaitsForItsStoreIsAliveButNotReady() {
        try (TestingApi api = new TestingApi(0, false)) {
            assertReply(api, "/health/live", 200, "live");
            assertReply(api, "/health/ready", 503, "starting");
            assertReply(api, "/health/write", 503, "starting");

            HttpResponse<String> health = read(api, "/health");
            HttpResponse<String> update = api.post("{\"app\":\"FCCS\",\"status\":\"OK\"}");

            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body()).contains("starting");
            assertThat(update.statusCode()).isEqualTo(503);
            assertThat(update.headers().firstValue("Retry-After")).hasValue("2");
        }
    }

    @Test
    void aNodeWithoutProblemsIsAliveReadyAndWritable() {
        try (TestingApi api = new TestingApi()) {
            assertReply(api, "/health/live", 200, "live");
            assertReply(api, "/health/ready", 200, "ready");
            assertReply(api, "/health/write", 200, "writable");
        }
    }

    @Test
    void aStoreThatCannotWriteMakesTheNodeNotWritableButLeavesItReady() {
        try (TestingApi api = new TestingApi()) {
            api.store.setProblem("disk full");

            assertReply(api, "/health/write", 503, "not_writable");
            assertReply(api, "/health/ready", 200, "ready");

            api.store.setProblem(null);
            assertReply(api, "/health/write", 200, "writable");
        }
    }

    @Test
    void aStoppingNodeIsAliveButNeitherReadyNorWritable() {
        try (TestingApi api = new TestingApi()) {
            api.server.stopping();

            assertReply(api, "/health/live", 200, "live");
            assertReply(api, "/health/ready", 503, "stopping");
            assertReply(api, "/health/write", 503, "stopping");
        }
    }

    @ParameterizedTest
    @CsvSource({"/health/live, 200", "/health/ready, 200", "/health/write, 200"})
    void headHasTheHeadersOfGetAndOtherMethodsAreRefused(String path, int status) {
        try (TestingApi api = new TestingApi()) {
            HttpResponse<String> head = api.send(
                    HttpRequest.newBuilder(api.uri(path)).method("HEAD", HttpRequest.BodyPublishers.noBody()), "");
            HttpResponse<String> post = api.postTo(path, "{}");

            assertThat(head.statusCode()).isEqualTo(status);
            assertThat(head.headers().firstValue("Content-Length"))
                    .isEqualTo(read(api, path).headers().firstValue("Content-Length"));
            assertThat(post.statusCode()).isEqualTo(405);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health/live", "/health/ready", "/health/write"})
    void noLimitOfReadsAppliesAlsoWithAKey(String path) {
        try (TestingApi api = new TestingApi()) {
            for (int i = 0; i < 620; i++) {
                assertThat(api.get(path).statusCode()).isEqualTo(200);
            }
        }
    }
}
