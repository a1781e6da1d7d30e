package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.http.TestingApi.ADMIN_KEY;
import static org.epmpulse.http.TestingApi.READ_KEY;
import static org.epmpulse.http.TestingApi.WRITE_KEY;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks and the error replies that a site route gets without configuration. */
class SiteRouteTest {

    private static final String ROUTES = """
            - route:
                id: site-order
                from:
                  uri: platform-http:/site/orders/{order}
                  parameters:
                    httpMethodRestrict: GET,POST
                    consumes: application/json
                  steps:
                    - setBody:
                        expression:
                          simple:
                            expression: ${header.order} by ${header.EpmPulse-Key} ${header.Authorization}
            - route:
                id: site-any
                from:
                  uri: platform-http:/site/any
                  steps:
                    - setHeader:
                        name: X-Own
                        expression:
                          constant:
                            expression: own
                    - setBody:
                        expression:
                          constant:
                            expression: any
            - route:
                id: site-form
                from:
                  uri: platform-http:/site/forms/{form}
                  parameters:
                    httpMethodRestrict: POST
                  steps:
                    - setBody:
                        expression:
                          simple:
                            expression: ${header.form} by ${header.EpmPulse-Key}, ${header.EpmPulse-Role} ${body}
            - route:
                id: site-admin
                from:
                  uri: platform-http:/api/v1/admin/site
                  parameters:
                    httpMethodRestrict: GET
                  steps:
                    - setBody:
                        expression:
                          constant:
                            expression: admin
            - route:
                id: site-slow
                group: event-loop
                from:
                  uri: platform-http:/site/slow
                  parameters:
                    httpMethodRestrict: GET
                  steps:
                    - setBody:
                        expression:
                          simple:
                            expression: ${threadName}
            - route:
                id: site-record
                from:
                  uri: platform-http:/site/record
                  parameters:
                    httpMethodRestrict: POST
                    consumes: application/json
                  steps:
                    - unmarshal:
                        json:
                          library: Jackson
                          unmarshalType: org.epmpulse.status.StatusUpdate
                    - to:
                        uri: direct:status-record
                    - setBody:
                        expression:
                          constant:
                            expression: recorded
            """;

    @AutoClose
    private final TestingApi api = new TestingApi();

    @TempDir
    private Path folder;

    @BeforeEach
    void addRoutes() throws Exception {
        Path file = folder.resolve("site.camel.yaml");
        Files.writeString(file, ROUTES);
        api.addRoutes(file);
    }

    private int status(String method, String path, String key, String... headers) {
        return api.send(
                        HttpRequest.newBuilder(api.uri(path)).method(method, BodyPublishers.ofString("{}")),
                        key,
                        headers)
                .statusCode();
    }

    @Test
    void theGateChecksItLikeShippedRoutes() {
        assertThat(status("GET", "/site/orders/1", "")).isEqualTo(401);
        assertThat(status("DELETE", "/site/orders/1", WRITE_KEY)).isEqualTo(405);
        assertThat(status("POST", "/site/orders/1", READ_KEY)).isEqualTo(403);
        assertThat(status("POST", "/site/orders/1", WRITE_KEY, "Content-Type", "text/plain"))
                .isEqualTo(415);
        assertThat(status("POST", "/site/orders/1", WRITE_KEY, "Content-Type", "application/json"))
                .isEqualTo(200);
        assertThat(status("GET", "/site/orders", READ_KEY)).isEqualTo(404);
        assertThat(status("HEAD", "/site/orders/1", READ_KEY)).isEqualTo(200);
    }

    @Test
    void anAdminPathNeedsAnAdminKey() {
        assertThat(status("GET", "/api/v1/admin/site", WRITE_KEY)).isEqualTo(403);
        assertThat(status("GET", "/api/v1/%61dmin/site", WRITE_KEY)).isEqualTo(403);
        assertThat(status("GET", "/api/v1/admin/site", ADMIN_KEY)).isEqualTo(200);
    }

    @Test
    void itGetsTheNameOfTheKeyAndNoForgedHeaders() {
        HttpResponse<String> reply =
                api.get("/site/orders/42?order=1&Authorization=x&EpmPulse-Key=y", "Order", "2", "EPMPULSE-KEY", "z");

        assertThat(reply.body().strip()).isEqualTo("42 by reader");
    }

    @Test
    void aFormCannotForgeTheNameOfTheKey() {
        HttpResponse<String> reply = api.send(
                HttpRequest.newBuilder(api.uri("/site/forms/42"))
                        .POST(BodyPublishers.ofString("EpmPulse-Key=forged&EPMPULSE-ROLE=admin&form=1&field=x")),
                WRITE_KEY,
                "Content-Type",
                "application/x-www-form-urlencoded");

        assertThat(reply.body().strip()).isEqualTo("42 by writer, write {field=x}");
    }

    @Test
    void itRunsOnAWorkerInAnyGroup() {
        assertThat(api.get("/site/slow").body()).contains("worker").doesNotContain("eventloop");
    }

    @Test
    void itsReplyHasOnlyTheHeadersThatItSets() {
        HttpResponse<String> reply = api.send(
                HttpRequest.newBuilder(api.uri("/site/any?q=secret&X-Query=secret"))
                        .POST(BodyPublishers.ofString("x")),
                WRITE_KEY,
                "X-Custom",
                "secret",
                "X-Own",
                "own",
                "Content-Type",
                "text/secret");

        assertThat(reply.headers().map()).containsOnlyKeys("transfer-encoding", "x-own");
        assertThat(reply.headers().firstValue("X-Own")).hasValue("own");
    }

    @Test
    void itsFormsAreNotWrittenToDisk() {
        HttpResponse<String> reply = api.send(
                HttpRequest.newBuilder(api.uri("/site/any"))
                        .header("Content-Type", "multipart/form-data; boundary=x")
                        .POST(BodyPublishers.ofString("--x\r\nContent-Disposition: form-data; name=\"f\";"
                                + " filename=\"f\"\r\n\r\ncontent\r\n--x--\r\n")),
                WRITE_KEY);

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(Files.exists(Path.of("file-uploads"))).isFalse();
    }

    @Test
    void itsFailuresHaveTheErrorFormatOfTheApi() {
        HttpResponse<String> rejected = api.postTo("/site/record", "{\"app\":\"nobody\"}");
        HttpResponse<String> failed = api.postTo("/site/record", "secret");

        assertThat(rejected.statusCode()).isEqualTo(400);
        assertThat(rejected.body()).startsWith("{\"success\":false,\"error\":{\"code\":\"INVALID_APP\"");
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body())
                .startsWith("{\"success\":false,\"error\":{\"code\":\"INTERNAL_ERROR\"")
                .doesNotContain("secret", "Exception");
        assertThat(api.postTo("/site/record", "{\"app\":\"FCCS\",\"status\":\"OK\"}")
                        .body())
                .isEqualTo("recorded");
    }

    @Test
    void itCanBeRemovedAndSuspendedWhileTheServerRuns() throws Exception {
        api.camel.getRouteController().stopRoute("site-any");
        api.camel.removeRoute("site-any");
        assertThat(status("GET", "/site/any", READ_KEY)).isEqualTo(404);
        assertThat(status("GET", "/site/orders/1", READ_KEY)).isEqualTo(200);

        api.camel.getRouteController().suspendRoute("site-order");
        HttpResponse<String> suspended = api.get("/site/orders/1");
        assertThat(suspended.statusCode()).isEqualTo(503);
        assertThat(suspended.body()).contains("UNAVAILABLE");

        api.camel.getRouteController().resumeRoute("site-order");
        assertThat(status("GET", "/site/orders/1", READ_KEY)).isEqualTo(200);
    }

    /** Names with the same hash, joined by this separator. */
    private static String collidingNames(int count, String separator) {
        return IntStream.range(0, count)
                .mapToObj(i -> IntStream.range(0, 15)
                        .mapToObj(bit -> (i >> bit & 1) == 0 ? "Aa" : "BB")
                        .collect(Collectors.joining("", "", "=1")))
                .collect(Collectors.joining(separator));
    }

    @Test
    void manyFormFieldsAndParametersAreRejected() {
        for (String fields : List.of(collidingNames(20_000, "&"), "a&".repeat(300_000), "a=1&".repeat(200_000))) {
            HttpResponse<String> form = api.send(
                    HttpRequest.newBuilder(api.uri("/site/forms/f"))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(BodyPublishers.ofString(fields)),
                    WRITE_KEY);

            assertThat(form.statusCode()).isEqualTo(400);
            assertThat(form.body()).contains("INVALID_REQUEST");
        }
        for (String query : List.of(collidingNames(200, "&"), "a&".repeat(3_000), "a;".repeat(3_000))) {
            assertThat(api.get("/site/any?" + query).statusCode()).isEqualTo(400);
            assertThat(api.get("/api/v1/status?" + query).statusCode()).isEqualTo(400);
        }
    }

    @Test
    void manyPartsOfAMultipartFormAreRejected() {
        StringBuilder parts = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            parts.append("--b\r\nContent-Disposition: form-data; name=\"n" + i + "\"\r\n\r\n1\r\n");
        }

        HttpResponse<String> form = api.send(
                HttpRequest.newBuilder(api.uri("/site/forms/f"))
                        .header("Content-Type", "multipart/form-data; boundary=b")
                        .POST(BodyPublishers.ofString(parts + "--b--\r\n")),
                WRITE_KEY);

        assertThat(form.statusCode()).isEqualTo(400);
    }
}
