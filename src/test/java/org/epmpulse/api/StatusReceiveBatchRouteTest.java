package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.epmpulse.http.TestingApi;
import org.epmpulse.status.Entry;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches of updates over HTTP. */
class StatusReceiveBatchRouteTest {

    private static final String OK = "{\"app\":\"FCCS\",\"status\":\"OK\"}";

    @AutoClose
    private final TestingApi api = new TestingApi();

    private HttpResponse<String> post(String json) {
        return api.postTo("/api/v1/status/batch", json);
    }

    @Test
    void allUpdatesOfABatchAreRecorded() {
        HttpResponse<String> reply = post("""
                {"updates":[{"app":"Planning","domain":"Actual","status":"Loading"},
                            {"app":"Planning","domain":"Budget","status":"OK","job_id":"own",
                             "timestamp":"2026-02-16T13:00:00Z"}],
                 "job_id":7,"timestamp":"2026-02-16T14:00:00Z"}""");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body())
                .startsWith("{\"success\":true,\"data\":{\"updated_count\":2,\"updates\":[{\"app\":\"Planning\"")
                .endsWith("],\"canvas_updated\":false}}");
        assertThat(api.store.entries()).extracting(Entry::jobId).containsExactly("7", "own");
        assertThat(api.store.entries())
                .extracting(entry -> String.valueOf(entry.timestamp()))
                .containsExactly("2026-02-16T14:00:00Z", "2026-02-16T13:00:00Z");
        assertThat(api.store.entries()).extracting(Entry::revision).containsExactly(1L, 2L);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                             | INVALID_REQUEST |
            {"updates":null}                                               | INVALID_REQUEST |
            {"updates":{}}                                                 | INVALID_REQUEST |
            {"updates":[]}                                                 | INVALID_REQUEST |
            {"updates":[1]}                                                | INVALID_REQUEST | 0
            {"updates":[{"app":"FCCS","status":"OK"},null]}                | INVALID_REQUEST | 1
            {"updates":[{"app":"FCCS","status":"OK"},{"app":1}]}           | INVALID_REQUEST | 1
            {"updates":[{"app":"FCCS","status":"OK"},{"app":"x"}]}         | INVALID_APP     | 1
            {"updates":[{"app":"FCCS","status":"OK"}],"timestamp":1}       | INVALID_REQUEST |
            {"updates":[{"app":"FCCS","status":"OK"}],"job_id":{}}         | INVALID_REQUEST |""")
    void oneInvalidItemRejectsTheBatchAndIsNamed(String json, String code, Integer index) {
        HttpResponse<String> reply = post(json);

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(reply.body()).startsWith("{\"success\":false,\"error\":{\"code\":\"" + code + "\"");
        assertThat(reply.body().contains("\"index\":" + index)).isEqualTo(index != null);
        assertThat(api.store.entries()).isEmpty();
    }

    @Test
    void unknownFieldsAreNamedForEachItem() {
        HttpResponse<String> reply = post("""
                {"updates":[{"app":"FCCS","status":"OK"},{"app":"FCCS","status":"OK","msg":"x"}],"jobid":"J"}""");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body())
                .contains("\"canvas\":\"none\"},{")
                .endsWith("\"canvas\":\"none\",\"warnings\":[\"Unknown field \\\"msg\\\" was ignored. Did you mean"
                        + " \\\"message\\\"?\"]}],\"canvas_updated\":false,\"warnings\":[\"Unknown field \\\"jobid\\\""
                        + " was ignored. Did you mean \\\"job_id\\\"?\"]}}");
    }

    @Test
    void theWarningsOfABatchAreBounded() {
        String item = OK.replace("}", ",\"msg\":\"x\"}");

        String body = post("{\"updates\":[" + String.join(",", Collections.nCopies(1000, item)) + "]}")
                .body();

        assertThat(body.split("Unknown field", -1)).hasSize(1 + 100);
        assertThat(body).endsWith("\"warnings\":[\"Further unknown fields were ignored: 900.\"]}}");
    }

    @Test
    void aRepeatedFieldIsNamed() {
        assertThat(post("{\"updates\":[" + OK + "],\"job_id\":1,\"job_id\":2}").body())
                .contains("INVALID_REQUEST", "the field \\\"job_id\\\" must not be repeated, is repeated at line 1")
                .doesNotContain("index");
        assertThat(post("{\"updates\":[" + OK + ",{\"app\":\"FCCS\",\"app\":\"FCCS\",\"status\":\"OK\"}]}")
                        .body())
                .contains("the field \\\"app\\\" must not be repeated, is repeated at line 1", "\"index\":1");
        assertThat(post("{\"updates\":[" + OK + "],\"x\":{\"<b>\":1,\"<b>\":2}}")
                        .body())
                .contains("a field must not be repeated, is repeated at line 1")
                .doesNotContain("<b>");
        assertThat(api.store.entries()).isEmpty();
    }

    /** Names with the same hash, in Java or in Jackson. */
    @ParameterizedTest
    @CsvSource({"Aa, BB", "B!, AB"})
    void manyNamesWithTheSameHashAreRejected(String first, String second) {
        String names = IntStream.range(0, 28_000)
                .mapToObj(i -> IntStream.range(0, 15)
                        .mapToObj(bit -> (i >> bit & 1) == 0 ? first : second)
                        .collect(Collectors.joining("", "\"", "\":1")))
                .collect(Collectors.joining(","));

        for (String json : List.of(
                "{\"updates\":[" + OK + "]," + names + "}",
                "{" + names + "}",
                "{\"updates\":[" + OK + "],\"x\":[{" + names + "}]}",
                "{\"updates\":[{\"app\":\"FCCS\",\"status\":\"OK\"," + names + "}]}")) {
            HttpResponse<String> reply = post(json);

            assertThat(reply.statusCode()).isEqualTo(400);
            assertThat(reply.body()).contains("INVALID_REQUEST", "at most 1000 fields");
        }
        assertThat(api.store.entries()).isEmpty();
    }

    @Test
    void aBatchHasUpToAThousandItems() {
        String thousand = String.join(",", Collections.nCopies(1000, OK));

        assertThat(post("{\"updates\":[" + thousand + "]}").statusCode()).isEqualTo(200);
        assertThat(post("{\"updates\":[" + thousand + "," + OK + "]}").statusCode())
                .isEqualTo(400);
    }
}
