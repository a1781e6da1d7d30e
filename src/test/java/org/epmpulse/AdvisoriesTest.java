package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of Camel 4.18.0 and of its kind, tried on the whole service with routes of a site: SECURITY.md. */
class AdvisoriesTest {

    private static final String APPS = """
            {"epm": {"servers": {"planning": {"base_url": "%s", "application": "Vision",
                                 "auth": {"type": "basic", "username": "robot", "password": "pass"}}}},
             "apps": {"Planning": {"domains": ["Actual"], "server": "planning"}}}
            """;

    private static final String ROUTES = """
            - route:
                id: site-proxy
                from:
                  uri: platform-http:/site/proxy
                  parameters:
                    matchOnUriPrefix: true
                  steps:
                    - to:
                        uri: %1$s
            - route:
                id: site-bridge
                from:
                  uri: platform-http:/site/bridge
                  parameters:
                    matchOnUriPrefix: true
                  steps:
                    - to:
                        uri: %1$s
                        parameters:
                          bridgeEndpoint: true
            - route:
                id: site-dynamic
                from:
                  uri: platform-http:/site/dynamic
                  steps:
                    - toD:
                        uri: "%1$s/dynamic/${header.name}?bridgeEndpoint=true"
            - route:
                id: site-headers
                from:
                  uri: platform-http:/site/headers
                  steps:
                    - setBody:
                        expression:
                          simple:
                            expression: "headers: ${headers}"
            - route:
                id: site-file
                from:
                  uri: platform-http:/site/file
                  parameters:
                    httpMethodRestrict: POST
                  steps:
                    - to:
                        uri: file:%2$s
            """;

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> askedElsewhere = new CopyOnWriteArrayList<>();
    private final HttpServer other = server(askedElsewhere, "text/plain", new byte[0], null);
    private HttpServer upstream;
    private TestingEpmPulse epmPulse;

    /** An upstream that answers all alike and remembers what it was asked for. */
    private static HttpServer server(List<String> asked, String contentType, byte[] body, String redirectTo) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                asked.add(exchange.getRequestURI() + " "
                        + exchange.getRequestHeaders().getFirst("Authorization"));
                exchange.getResponseHeaders().set("Content-Type", contentType);
                if (redirectTo != null) {
                    exchange.getResponseHeaders().set("Location", redirectTo);
                }
                exchange.sendResponseHeaders(redirectTo == null ? 200 : 302, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String address(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @BeforeEach
    void prepare() {
        upstream = server(asked, "application/x-java-serialized-object", serialized(), null);
    }

    private void start() throws Exception {
        SiteRoutes routes =
                new SiteRoutes(folder).add("site", ROUTES.formatted(address(upstream), folder.resolve("files")));
        epmPulse = new TestingEpmPulse(folder, APPS.formatted(address(upstream)));
        epmPulse.settings.put("EPMPULSE_ROUTES_DIR", routes.folder().toString());
        epmPulse.settings.put("EPMPULSE_POLL_INTERVAL", "100ms");
        epmPulse.start();
    }

    @AfterEach
    void stop() {
        if (epmPulse != null) {
            epmPulse.close();
        }
        upstream.stop(0);
        other.stop(0);
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(epmPulse.uri("") + path))
                .method(method, BodyPublishers.ofString(body))
                .header("X-API-Key", TestingEpmPulse.KEY)
                .timeout(Duration.ofSeconds(30));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** CVE-2026-78164. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/site/proxy/{{env:PATH}}",
                "/site/proxy/x?a={{env:PATH}}",
                "/site/proxy/%7B%7Benv:PATH%7D%7D",
                "/site/proxy/x?a=%7B%7Benv:PATH%7D%7D",
                "/site/proxy/x?%7B%7Benv:PATH%7D%7D=a",
                "/site/bridge/{{env:PATH}}",
                "/site/bridge/x?a={{env:PATH}}",
                "/site/bridge/%7B%7Benv:PATH%7D%7D",
                "/site/bridge/x?a=%7B%7Benv:PATH%7D%7D",
                "/site/dynamic?name={{env:PATH}}",
                "/site/dynamic?name=%7B%7Benv:PATH%7D%7D",
                "/site/dynamic?name=x HTTP/1.1\r\nname: {{env:PATH}}\r\nX-Other:"
            })
    void aPlaceholderInARequestIsNotResolved(String target) throws Exception {
        start();

        String answer = raw("GET", target);

        assertThat(answer).startsWith("HTTP/1.1 400");
        assertThat(raw("GET", "/site/dynamic?name=known")).startsWith("HTTP/1.1 200");
        assertThat(asked).singleElement().asString().startsWith("/dynamic/known");
    }

    @Test
    void noFieldOfAFormIsAPlaceholder() throws Exception {
        start();

        HttpResponse<String> reply = send(
                "POST",
                "/site/dynamic",
                "name=%7B%7Benv:PATH%7D%7D",
                "Content-Type",
                "application/x-www-form-urlencoded");

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(asked).isEmpty();
    }

    private String raw(String method, String target) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", epmPulse.uri("").getPort())) {
            String request = method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: "
                    + TestingEpmPulse.KEY + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** CVE-2025-27636 and its kin, CVE-2026-49098. */
    @Test
    void aRequestSetsNoneOfCamelsHeaders() throws Exception {
        start();

        HttpResponse<String> byHeader = send(
                "GET",
                "/site/headers?CamelFileName=forged&cAmelHttpUri2=forged&org.apache.camel.x=forged&kafka.KEY=forged",
                "",
                "X-Own",
                "kept",
                "CAmelFileName",
                "forged",
                "org.apache.camel.y",
                "forged",
                "kafka.OVERRIDE_TOPIC",
                "forged");
        HttpResponse<String> byForm = send(
                "POST",
                "/site/headers",
                "own=kept&CamelFileName=forged&cAmelBeanMethodName=forged&org.apache.camel.x=forged&kafka.OVERRIDE_TOPIC=forged",
                "Content-Type",
                "application/x-www-form-urlencoded");

        assertThat(byHeader.body().replaceAll("CamelHttp(Raw)?(Query|Uri|Url)=[^,}]*", ""))
                .contains("X-Own=kept")
                .doesNotContain("forged");
        assertThat(byForm.body()).contains("own=kept").doesNotContain("forged");
    }

    @Test
    void aRequestNamesNoFile() throws Exception {
        start();

        send("POST", "/site/file?CamelFileName=../named", "text", "CamelFileName", "../named");
        send("POST", "/site/file", "CamelFileName=../named", "Content-Type", "application/x-www-form-urlencoded");

        assertThat(folder.resolve("named")).doesNotExist();
        try (Stream<Path> written = Files.list(folder.resolve("files"))) {
            assertThat(written).isNotEmpty().noneMatch(file -> file.endsWith("named"));
        }
    }

    /** CVE-2026-84176. */
    @Test
    void noOtherSiteMayReadOrPost() throws Exception {
        start();

        for (String path : List.of("/api/v1/status", "/site/headers", "/")) {
            HttpResponse<String> read = send("GET", path, "", "Origin", "https://evil.example.com");
            HttpResponse<String> asked = send(
                    "OPTIONS",
                    path,
                    "",
                    "Origin",
                    "https://evil.example.com",
                    "Access-Control-Request-Method",
                    "POST",
                    "Access-Control-Request-Headers",
                    "x-api-key");

            assertThat(read.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
            assertThat(asked.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
        }
    }

    /** CVE-2026-40022, CVE-2026-66908: neither Camel's server nor its checks of keys are used. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/q/dev",
                "/q/info",
                "/q/upload/x",
                "/q/download",
                "/q/send",
                "/q/jolokia",
                "/jolokia",
                "/observe/health",
                "/observe/info",
                "/observe/metrics",
                "/application.properties",
                "/META-INF/MANIFEST.MF"
            })
    void camelsOwnEndpointsAreNotThere(String path) throws Exception {
        start();
        HttpRequest withoutKey =
                HttpRequest.newBuilder(URI.create(epmPulse.uri("") + path)).build();

        assertThat(http.send(withoutKey, BodyHandlers.discarding()).statusCode())
                .isEqualTo(401);
        assertThat(send("GET", path, "").statusCode()).isEqualTo(404);
        assertThat(send("POST", path, "x").statusCode()).isEqualTo(404);
    }

    /** CVE-2026-85251. */
    @Test
    void credentialsDoNotFollowARedirect() throws Exception {
        upstream.stop(0);
        upstream = server(asked, "text/html", new byte[0], address(other) + "/elsewhere");
        start();
        epmPulse.post("/api/v1/status", """
                {"app": "Planning", "status": "Loading", "epm_job_id": "7"}""");

        await().atMost(Duration.ofSeconds(30)).until(() -> asked.size() > 1);

        assertThat(asked.get(0)).contains("/applications/Vision/jobs/7 Basic ");
        assertThat(askedElsewhere).isEmpty();
    }

    /** An object that tells when it was made from bytes. */
    static final class Trap implements Serializable {

        static final AtomicInteger SPRUNG = new AtomicInteger();

        private static final long serialVersionUID = 1;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            SPRUNG.incrementAndGet();
        }
    }

    private static byte[] serialized() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new Trap());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** CVE-2026-42527 and its kin. */
    @Test
    void noObjectIsMadeFromBytes() throws Exception {
        start();
        epmPulse.post("/api/v1/status", """
                {"app": "Planning", "status": "Loading", "epm_job_id": "7"}""");
        for (String path : List.of("/site/headers", "/site/proxy/x", "/api/v1/status")) {
            HttpRequest request = HttpRequest.newBuilder(epmPulse.uri(path))
                    .header("X-API-Key", TestingEpmPulse.KEY)
                    .header("Content-Type", "application/x-java-serialized-object")
                    .POST(BodyPublishers.ofByteArray(serialized()))
                    .build();
            http.send(request, BodyHandlers.discarding());
        }

        await().atMost(Duration.ofSeconds(30))
                .until(() -> asked.stream().anyMatch(request -> request.contains("/jobs/7")));

        assertThat(Trap.SPRUNG).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.camel.component.jms.JmsComponent",
                "org.apache.camel.component.netty.NettyComponent",
                "org.apache.camel.component.rest.openapi.RestOpenApiComponent",
                "org.apache.camel.component.sql.SqlComponent",
                "org.apache.camel.processor.aggregate.jdbc.JdbcAggregationRepository"
            })
    void aComponentWithAdvisoriesIsNotShipped(String name) {
        assertThatThrownBy(() -> Class.forName(name)).isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void noEntityOfXmlIsRead() throws Exception {
        start();
        String xml = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"" + address(other) + "/x\">]><x>&e;</x>";

        assertThat(send("POST", "/api/v1/status", xml, "Content-Type", "application/xml")
                        .statusCode())
                .isEqualTo(415);
        send("POST", "/site/headers", xml, "Content-Type", "application/xml");

        assertThat(askedElsewhere).isEmpty();
    }
}
