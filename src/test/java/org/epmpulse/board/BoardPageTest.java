package org.epmpulse.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
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
    private static final Path FOLDER = Path.of("src/main/resources/web");
    private static final int MAX_WIRE_BYTES = 45_000;
    private static final int MAX_MODULE_LINES = 350;
    private static final Pattern IMPORT = Pattern.compile("(?:from|import) ?['\"](\\.{1,2}/[^'\"]+)['\"]");

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

    /** The paths of all files in the source folder; the page itself is {@code /}. */
    private static List<String> paths() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> "/" + FOLDER.relativize(file))
                    .map(path -> path.equals("/index.html") ? "/" : path)
                    .sorted()
                    .toList();
        }
    }

    private static String source(String path) throws IOException {
        return Files.readString(FOLDER.resolve(path.equals("/") ? "index.html" : path.substring(1)));
    }

    private HttpResponse<byte[]> gzip(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .header("Accept-Encoding", "gzip, deflate, br")
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
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
        "/board/derive.js, text/javascript; charset=utf-8",
        "/lit/directives/repeat.js, text/javascript; charset=utf-8",
        "/text/de.js, text/javascript; charset=utf-8",
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
        for (String path : paths()) {
            assertThat(namespace.matcher(send("GET", path).body()).replaceAll(""))
                    .as(path)
                    .doesNotContainPattern("(?i)https?://\\w|[\"'(]//");
        }
    }

    @Test
    void textOfTheApiIsNeverInsertedAsMarkup() throws Exception {
        for (String path : paths()) {
            assertThat(source(path))
                    .as(path)
                    .doesNotContainPattern(
                            "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\b|new Function"
                                    + "|unsafe(HTML|SVG)|unsafe-|(?i:static-?html)|setHTML");
        }
    }

    @Test
    void thePageIsSmallOverTheWire() throws Exception {
        // What the browser loads to show the board in English: the page, what it references, and what that imports.
        int total = 0;
        for (String path : loaded("/")) {
            total += gzip(path).body().length;
        }

        assertThat(total).isLessThanOrEqualTo(MAX_WIRE_BYTES);
    }

    @Test
    void aClientThatAcceptsGzipGetsTheSameFileCompressed() throws Exception {
        HttpResponse<byte[]> compressed = gzip("/board.css");

        assertThat(compressed.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(compressed.headers().firstValue("Vary")).hasValue("Accept-Encoding");
        assertThat(new String(
                        new GZIPInputStream(new ByteArrayInputStream(compressed.body())).readAllBytes(),
                        StandardCharsets.UTF_8))
                .isEqualTo(PageFile.compact(source("/board.css")));
        HttpResponse<String> plain = send("GET", "/board.css", "Accept-Encoding", "gzip;q=0");
        assertThat(plain.body()).isEqualTo(PageFile.compact(source("/board.css")));
        assertThat(header(plain, "ETag"))
                .isNotEqualTo(compressed.headers().firstValue("ETag").orElseThrow());
        assertThat(send(
                                "GET",
                                "/board.css",
                                "Accept-Encoding",
                                "gzip",
                                "If-None-Match",
                                compressed.headers().firstValue("ETag").orElseThrow())
                        .statusCode())
                .isEqualTo(304);
    }

    /** These files, what the page references, and what they import. */
    private Set<String> loaded(String... paths) throws Exception {
        Set<String> loaded = new TreeSet<>(List.of(paths));
        Pattern.compile("(?:src|href)=\"([^\"#]+)\"")
                .matcher(source("/"))
                .results()
                .forEach(match -> loaded.add("/" + match.group(1)));
        Deque<String> modules = new ArrayDeque<>(loaded);
        while (!modules.isEmpty()) {
            String path = modules.remove();
            HttpResponse<String> reply = send("GET", path);
            assertThat(reply.statusCode()).as(path).isEqualTo(200);
            if (path.endsWith(".js")) {
                IMPORT.matcher(reply.body())
                        .results()
                        .map(match -> URI.create(path).resolve(match.group(1)).getPath())
                        .filter(loaded::add)
                        .forEach(modules::add);
            }
        }
        return loaded;
    }

    @Test
    void everyFileAndEveryImportIsServed() throws Exception {
        Set<String> wanted = loaded(paths().toArray(String[]::new));

        assertThat(wanted).contains("/board.js", "/board/derive.js", "/lit/lit-html.js", "/text/en.js", "/icon.svg");
    }

    @Test
    void filesAreSentWithoutComments() {
        assertThat(PageFile.compact(
                        "/* a\n   b */\n.x {\n\n  --y: 1; /* c */\n}\n// d\n  /** e */\n  /**\n   * f\n   */\nz\n"))
                .isEqualTo(".x {\n--y: 1; /* c */\n}\nz\n");
    }

    @Test
    void theLibraryIsSentAsItIsWithItsLicence() throws Exception {
        assertThat(send("GET", "/lit/lit-html.js").body()).contains("@license", "Copyright", "SPDX-License-Identifier");
        assertThat(send("GET", "/lit/directive-helpers.js").body()).contains("export{");
    }

    @Test
    void noModuleIsLong() throws Exception {
        for (String path : paths()) {
            if (path.endsWith(".js")) {
                assertThat(source(path).lines().count()).as(path).isLessThanOrEqualTo(MAX_MODULE_LINES);
            }
        }
    }

    private static Set<String> textNames(String path) throws IOException {
        return Pattern.compile("(?m)^  (\\w+): '")
                .matcher(source(path))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyLanguageHasEveryTextAndEveryTextIsUsed() throws Exception {
        Set<String> english = textNames("/text/en.js");
        StringBuilder code = new StringBuilder();
        for (String path : paths()) {
            if (path.startsWith("/text/")) {
                assertThat(textNames(path)).as(path).isEqualTo(english);
            } else if (path.endsWith(".js")) {
                code.append(source(path));
            }
        }
        // Texts of a list of names, such as range_week.
        assertThat(english.stream().filter(name -> !name.startsWith("range_")))
                .allSatisfy(name -> assertThat(code).containsPattern("['\"]" + name + "['\"]|[ {]" + name + "[:,]"));
        Pattern.compile("\\bt\\('(\\w+)'").matcher(code).results().forEach(match -> assertThat(english)
                .contains(match.group(1)));
    }

    @Test
    void aLanguageWithoutTextsGetsEnglish() throws Exception {
        assertThat(send("GET", "/text/de.js").body()).contains("Fehlgeschlagen");
        assertThat(send("GET", "/text/xx.js").body()).isEqualTo(PageFile.compact(source("/text/en.js")));
        assertThat(send("GET", "/text/../board.js").body()).isNotEqualTo(PageFile.compact(source("/text/en.js")));
    }

    @Test
    void thePageIsServedWhileTheServiceStarts() throws Exception {
        try (ApiServer starting = new ApiServer(
                "127.0.0.1",
                0,
                ApiKeys.ofPlainKeys(List.of(KEY)),
                TrustedProxies.LOOPBACK,
                new RateLimits(0, InstantSource.system()),
                new SimpleMeterRegistry(),
                InstantSource.system())) {
            new BoardPage("'self' https://intranet.example.com").mountOn(starting);
            starting.start();
            URI uri = URI.create("http://127.0.0.1:" + starting.port() + "/");

            HttpResponse<String> page =
                    client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            HttpResponse<String> api = client.send(
                    HttpRequest.newBuilder(uri.resolve("/api/v1/status")).build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(header(page, "Content-Security-Policy"))
                    .endsWith("frame-ancestors 'self' https://intranet.example.com");
            assertThat(api.statusCode()).isEqualTo(503);
            assertThat(api.body()).contains("EPMPulse is starting");
        }
    }
}
