package org.epmpulse.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Pattern;
import org.epmpulse.http.ApiServer;
import org.epmpulse.security.ApiKeys;
import org.epmpulse.security.RateLimits;
import org.epmpulse.security.TrustedProxies;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of the page: how they are served and what they must not contain. */
class BoardPageTest {

    private static final String KEY = "a-key-of-the-tests-0123456789-abcdefghijkl";
    private static final List<String> PATHS = List.of("/", "/board.css", "/board.js", "/icon.svg");

    @AutoClose
    private final ApiServer server = new ApiServer(
            "127.0.0.1",
            0,
            ApiKeys.ofPlainKeys(List.of(KEY)),
            TrustedProxies.LOOPBACK,
            new RateLimits(0, InstantSource.system()),
            new SimpleMeterRegistry(),
            InstantSource.system());

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        server.start();
        new BoardPage("'none'").mountOn(server);
        server.ready();
    }

    private HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<String> reply, String name) {
        return reply.headers().firstValue(name).orElse("");
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=utf-8",
        "/board.css, text/css; charset=utf-8",
        "/board.js, text/javascript; charset=utf-8",
        "/icon.svg, image/svg+xml"
    })
    void everyFileIsServedWithoutAKeyUnderAStrictPolicy(String path, String type) throws Exception {
        HttpResponse<String> reply = send("GET", path);

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(header(reply, "Content-Type")).isEqualTo(type);
        assertThat(header(reply, "Content-Security-Policy"))
                .isEqualTo("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        assertThat(header(reply, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(reply, "Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(header(reply, "Cache-Control")).isEqualTo("no-cache");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/board.js"})
    void aFileWithTheSameEntityTagIsNotSentAgain(String path) throws Exception {
        String tag = header(send("GET", path), "ETag");

        HttpResponse<String> again = send("GET", path, "If-None-Match", "\"another\", W/" + tag);
        HttpResponse<String> changed = send("GET", path, "If-None-Match", "\"another\"");

        assertThat(tag).matches("\"[0-9a-f]{16}\"");
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(header(again, "ETag")).isEqualTo(tag);
        assertThat(header(again, "Content-Security-Policy")).isNotEmpty();
        assertThat(changed.statusCode()).isEqualTo(200);
    }

    @Test
    void headReturnsTheHeadersOfGet() throws Exception {
        HttpResponse<String> get = send("GET", "/");
        HttpResponse<String> head = send("HEAD", "/");

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().map()).isEqualTo(get.headers().map());
        assertThat(header(head, "Content-Length"))
                .isEqualTo(Integer.toString(get.body().getBytes(StandardCharsets.UTF_8).length));
    }

    @Test
    void theServerIgnoresTheQueryOfThePage() throws Exception {
        assertThat(send("GET", "/?app=Planning&status=Warning&q=a%20b").statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/index.html", "/web/board.js", "/board.js.map", "/../application.properties", "/favicon.ico"})
    void otherFilesAreNotServed(String path) throws Exception {
        assertThat(send("GET", path).statusCode()).isEqualTo(401);
        assertThat(send("GET", path, "X-API-Key", KEY).statusCode()).isEqualTo(404);
    }

    @Test
    void thePageHasNoInlineCodeAndNoExternalFiles() throws Exception {
        String html = send("GET", "/").body();

        assertThat(html)
                .doesNotContainPattern("(?i)<script(?![^>]*\\ssrc=)")
                .doesNotContainPattern("(?i)<style")
                .doesNotContainPattern("(?i)\\s(style|on[a-z]+)\\s*=")
                .doesNotContainPattern("(?i)javascript:");
        // The namespace that every SVG file needs; browsers do not request it.
        Pattern namespace = Pattern.compile("xmlns=\"http://www\\.w3\\.org/2000/svg\"");
        for (String path : PATHS) {
            assertThat(namespace.matcher(send("GET", path).body()).replaceAll(""))
                    .as(path)
                    .doesNotContainPattern("(?i)https?://|[\"'(]//");
        }
    }

    @Test
    void textOfTheApiIsNeverInsertedAsMarkup() throws Exception {
        assertThat(send("GET", "/board.js").body())
                .doesNotContainPattern(
                        "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\b|new Function");
    }

    @Test
    void thePageIsSmall() throws Exception {
        int total = 0;
        for (String path : PATHS) {
            total += send("GET", path).body().getBytes(StandardCharsets.UTF_8).length;
        }

        assertThat(total).isLessThanOrEqualTo(64_000);
    }

    @Test
    void everyFileOfThePageIsServed() throws Exception {
        String html = send("GET", "/").body();

        List<String> references = Pattern.compile("(?:src|href)=\"([^\"#]+)\"")
                .matcher(html)
                .results()
                .map(match -> match.group(1))
                .distinct()
                .toList();

        assertThat(references).contains("board.js", "board.css", "icon.svg");
        for (String reference : references) {
            assertThat(send("GET", "/" + reference).statusCode()).as(reference).isEqualTo(200);
        }
    }
}
