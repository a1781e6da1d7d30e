package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large replies are compressed for clients that accept it. */
class CompressedRepliesTest {

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private TestingEpmPulse program;

    @BeforeEach
    void start() throws Exception {
        String domains =
                IntStream.range(0, 200).mapToObj(i -> "\"Domain " + i + "\"").collect(Collectors.joining(","));
        program = new TestingEpmPulse(folder, "{\"apps\": {\"FCCS\": {\"domains\": [" + domains + "]}}}").start();
    }

    @AfterEach
    void stop() {
        program.close();
    }

    private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(program.uri(path)).header("X-API-Key", TestingEpmPulse.KEY);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String decompressed(HttpResponse<byte[]> reply) throws Exception {
        assertThat(reply.headers().firstValue("Content-Encoding")).hasValue("gzip");
        return new String(
                new GZIPInputStream(new ByteArrayInputStream(reply.body())).readAllBytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/status", "/api/v1/openapi.json", "/api/v1/history/days?days=30"})
    void aLargeReplyIsTheSameButSmaller(String path) throws Exception {
        HttpResponse<byte[]> plain = get(path);
        HttpResponse<byte[]> compressed = get(path, "Accept-Encoding", "br, gzip");
        HttpResponse<byte[]> again = get(path, "Accept-Encoding", "gzip");

        assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(decompressed(compressed)).isEqualTo(new String(plain.body(), StandardCharsets.UTF_8));
        assertThat(decompressed(again)).isEqualTo(new String(plain.body(), StandardCharsets.UTF_8));
        assertThat(compressed.body().length).isLessThan(plain.body().length / 4);
        assertThat(compressed.headers().allValues("Vary")).contains("Accept-Encoding");
    }

    @Test
    void theTagOfACompressedBoardIsWeakAndStillNamesIt() throws Exception {
        HttpResponse<byte[]> compressed = get("/api/v1/status", "Accept-Encoding", "gzip");
        String tag = compressed.headers().firstValue("ETag").orElseThrow();

        assertThat(tag).startsWith("W/\"");
        assertThat(get("/api/v1/status", "Accept-Encoding", "gzip", "If-None-Match", tag)
                        .statusCode())
                .isEqualTo(304);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", "br", "gzip;q=0", "gzip; q=0.000"})
    void aClientThatDoesNotAcceptGzipGetsThePlainReply(String accepted) throws Exception {
        HttpResponse<byte[]> reply =
                accepted.isEmpty() ? get("/api/v1/status") : get("/api/v1/status", "Accept-Encoding", accepted);

        assertThat(reply.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(new String(reply.body(), StandardCharsets.UTF_8)).startsWith("{\"success\":true");
    }

    @Test
    void aSmallReplyIsSentAsItIs() throws Exception {
        HttpResponse<byte[]> reply = get("/api/v1/jobs", "Accept-Encoding", "gzip");

        assertThat(reply.headers().firstValue("Content-Encoding")).isEmpty();
    }
}
