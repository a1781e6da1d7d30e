package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.epmpulse.http.Reply;
import org.epmpulse.http.TestingApi;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The request for the OpenAPI document. */
class OpenApiReadRouteTest {

    @AutoClose
    private final TestingApi api = new TestingApi();

    private HttpResponse<String> read(String... headers) {
        return api.send(HttpRequest.newBuilder(api.uri("/api/v1/openapi.json")), "", headers);
    }

    @Test
    void noKeyIsNeeded() {
        HttpResponse<String> reply = read();

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(reply.body()).startsWith("{\"openapi\":\"3.1.0\"").contains("\"version\":\"1.2.3\"");
    }

    @Test
    void aClientWithTheCurrentVersionGets304() {
        String tag = read().headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> reply = read("If-None-Match", tag);

        assertThat(reply.statusCode()).isEqualTo(304);
        assertThat(reply.body()).isEmpty();
        assertThat(read("If-None-Match", "\"x\"").statusCode()).isEqualTo(200);
    }

    @Test
    void anotherVersionHasAnotherEntityTag() {
        String tag = read().headers().firstValue("ETag").orElseThrow();
        Reply other = new OpenApiReplies("1.2.4").show(Map.of());

        assertThat(other.headers()).doesNotContainEntry("ETag", tag);
    }
}
