package org.epmpulse.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.StatusUpdate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the bodies of direct:status-record mean. */
class UpdateBodiesTest {

    private static final String JSON = """
            {"app":"Planning","domain":"Actual","status":"OK","job_id":"J1","message":"done",
             "timestamp":"2026-02-16T14:30:00Z","epm_job_id":224,"url":"https://logs.example.com/1","extra":[1]}""";

    private static UpdateBodies.Updates read(Object body) {
        return UpdateBodies.read(body, other -> null);
    }

    private static UpdateRecord bean() {
        UpdateRecord bean = new UpdateRecord();
        bean.setApp("Planning");
        bean.setDomain("Actual");
        bean.setStatus("OK");
        bean.setJobId("J1");
        bean.setMessage("done");
        bean.setTimestamp("2026-02-16T14:30:00Z");
        bean.setEpmJobId("224");
        bean.setUrl("https://logs.example.com/1");
        return bean;
    }

    private static Map<String, Object> map() {
        Map<String, Object> map = new HashMap<>();
        map.put("app", new StringBuilder("Planning"));
        map.put("domain", "Actual");
        map.put("status", "OK");
        map.put("job_id", "J1");
        map.put("message", "done");
        map.put("timestamp", Instant.parse("2026-02-16T14:30:00Z"));
        map.put("epm_job_id", 224L);
        map.put("url", "https://logs.example.com/1");
        map.put("source", "epm");
        map.put("key", "forged");
        map.put("route", "forged");
        return map;
    }

    private static Stream<Arguments> bodies() {
        return Stream.of(
                Arguments.of("text", JSON),
                Arguments.of("text with a byte order mark", "\uFEFF" + JSON),
                Arguments.of("bytes", JSON.getBytes(StandardCharsets.UTF_8)),
                Arguments.of("map", map()),
                Arguments.of("bean", bean()),
                Arguments.of("update", bean().update()));
    }

    private static void assertIsWhole(StatusUpdate update) {
        assertThat(update).usingRecursiveComparison().isEqualTo(bean().update());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void oneUpdate(String name, Object body) {
        UpdateBodies.Updates updates = read(body);

        assertThat(updates.single()).isTrue();
        assertIsWhole(updates.all().get(0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void aListOfIt(String name, Object body) {
        UpdateBodies.Updates updates = read(List.of(body, JSON));

        assertThat(updates.single()).isFalse();
        assertThat(updates.all()).hasSize(2).allSatisfy(UpdateBodiesTest::assertIsWhole);
    }

    @Test
    void otherLists() {
        assertThat(read("[" + JSON + "," + JSON + "]").all()).hasSize(2);
        assertThat(read(new Object[] {bean()}).single()).isFalse();
    }

    @Test
    void aBatchHasDefaults() {
        UpdateBodies.Updates updates = read("""
                {"job_id":7,"timestamp":"2026-02-16T14:00:00Z",
                 "updates":[{"app":"A","status":"OK"},{"app":"A","status":"OK","job_id":"8"}]}""");

        assertThat(updates.single()).isFalse();
        assertThat(updates.all()).extracting(StatusUpdate::jobId).containsExactly("7", "8");
        assertThat(updates.all()).extracting(StatusUpdate::timestamp).containsOnly("2026-02-16T14:00:00Z");
    }

    @Test
    void aDateIsATimestampToo() {
        assertThat(read(Map.of("timestamp", Date.from(Instant.EPOCH)))
                        .all()
                        .get(0)
                        .timestamp())
                .isEqualTo("1970-01-01T00:00:00Z");
    }

    @Test
    void anotherTypeIsConvertedToBytes() {
        assertIsWhole(UpdateBodies.read(new Object(), other -> JSON.getBytes(StandardCharsets.UTF_8))
                .all()
                .get(0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            OK                                              | must be valid JSON: error at line 1, column 1
            "text"                                          | must be a JSON object or array
            []                                              | the list of updates must not be empty
            {"updates":[]}                                  | the list of updates must not be empty
            {"updates":{}}                                  | updates must be a list
            [[{"app":"A"}]]                                 | an item of the list must be one update
            {"app":"A"} {"app":"B"}                         | must be valid JSON
            {"app":"A","app":"B"}                           | must be valid JSON
            {"app":1}                                       | app must be a string
            {"job_id":1.5}                                  | job_id must be a string or an integer
            {"message":{"text":"x"}}                        | message must be a string
            {"timestamp":1770000000}                        | timestamp must be a string""")
    void anInvalidBodyIsRejectedWithTheReason(String body, String reason) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOf(InvalidUpdateException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aLongMessageIsShortened() {
        String smile = "\uD83D\uDE00";

        String message = read(Map.of("message", smile.repeat(201))).all().get(0).message();

        assertThat(message).isEqualTo(smile.repeat(199) + "…");
        assertThat(read(Map.of("message", smile.repeat(200))).all().get(0).message())
                .isEqualTo(smile.repeat(200));
    }

    @Test
    void anInvalidItemIsNamed() {
        assertThatThrownBy(() -> read(List.of(JSON, Map.of("app", 1))))
                .isInstanceOfSatisfying(InvalidUpdateException.class, e -> assertThat(e.details())
                        .containsEntry("index", 1));
    }

    @Test
    void nothingAndBytesThatAreNoTextAreRejected() {
        assertThatThrownBy(() -> read(null)).hasMessageContaining("is nothing");
        assertThatThrownBy(() -> read(5)).hasMessageContaining("is java.lang.Integer");
        assertThatThrownBy(() -> read(new byte[] {(byte) 0xC3})).hasMessageContaining("valid UTF-8");
    }
}
