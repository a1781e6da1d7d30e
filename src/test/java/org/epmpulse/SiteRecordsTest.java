package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON that routes of a site send to direct:status-record, and what they get of changes and alerts. */
class SiteRecordsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String APPS = """
            {"apps": {"Planning": {"domains": ["Actual", "Budget"]}}, "channels": {}}""";
    private static final String UPDATE = """
            {"app":"Planning","domain":"Actual","status":"Warning","job_id":7,"message":"\\"a\\", b"}""";

    @TempDir
    private Path folder;

    private TestingEpmPulse epmPulse;
    private SiteRoutes routes;

    @BeforeEach
    void create() throws Exception {
        epmPulse = new TestingEpmPulse(folder, APPS);
        routes = new SiteRoutes(folder);
        epmPulse.settings.put("EPMPULSE_ROUTES_DIR", routes.folder().toString());
        epmPulse.settings.put("OUT", folder.resolve("out").toString());
    }

    @AfterEach
    void close() {
        epmPulse.close();
    }

    /** A route that receives a body over HTTP, converts it and records it. */
    private static String receiver(String steps) {
        return """
                - route:
                    id: receive
                    from:
                      uri: platform-http:/receive
                      parameters:
                        httpMethodRestrict: POST
                      steps:
                %s        - to:
                            uri: direct:status-record
                        - setBody:
                            expression:
                              constant:
                                expression: recorded
                """.formatted(steps);
    }

    /** A route that writes each of its messages to a file of its own in the folder {@code out}. */
    private static String writer(String uri, String steps) {
        return """
                - route:
                    id: write
                    from:
                      uri: %s
                      steps:
                %s        - to:
                            uri: file:{{env:OUT}}
                            parameters:
                              fileName: ${exchangeId}.json
                              tempFileName: ${exchangeId}.tmp
                """.formatted(uri, steps);
    }

    private JsonNode written() throws Exception {
        Path out = folder.resolve("out");
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(out) && contentOf(out) != null);
        return contentOf(out);
    }

    private static JsonNode contentOf(Path out) throws Exception {
        try (var files = Files.newDirectoryStream(out, "*.json")) {
            Iterator<Path> first = files.iterator();
            return first.hasNext() ? JSON.readTree(Files.readString(first.next())) : null;
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            bytes  | ''
            stream | convertBodyTo: {type: java.io.InputStream}
            text   | convertBodyTo: {type: String}
            map    | unmarshal: {json: {library: Jackson}}
            node   | unmarshal: {json: {library: Jackson, unmarshalType: com.fasterxml.jackson.databind.JsonNode}}
            update | unmarshal: {json: {library: Jackson, unmarshalType: org.epmpulse.status.StatusUpdate}}
            map()  | setBody: {simple: {expression: "${map(app,Planning,domain,Actual,status,Warning,message,'\\"a\\", b',job_id,7)}"}}""")
    void aBodyOfAnyKindIsRecordedWithRouteAndKey(String kind, String step) throws Exception {
        routes.add("receive", receiver(step.isEmpty() ? "" : "        - " + step + "\n"));
        epmPulse.start();

        assertThat(epmPulse.post("/receive", UPDATE).body()).isEqualTo("recorded");

        JsonNode entry = epmPulse.data("/api/v1/history").at("/entries/0");
        assertThat(entry.path("job_id").asText()).isEqualTo("7");
        assertThat(entry.path("message").asText()).isEqualTo("\"a\", b");
        assertThat(entry.path("source").asText()).isEqualTo("site");
        assertThat(entry.path("route").asText()).isEqualTo("receive");
        assertThat(entry.path("key").asText()).startsWith("key-");
        assertThat(epmPulse.data("/api/v1/status/Planning")
                        .at("/domains/Actual/source")
                        .asText())
                .isEqualTo("site");
        epmPulse.restart();
        assertThat(epmPulse.data("/api/v1/history").at("/entries/0")).isEqualTo(entry);
    }

    @Test
    void aFileOfJsonIsRecorded() throws Exception {
        Path inbox = Files.createDirectories(folder.resolve("inbox"));
        Files.writeString(inbox.resolve("one.json"), UPDATE);
        epmPulse.settings.put("INBOX", inbox.toString());
        routes.add("read", """
                - route:
                    id: read
                    from:
                      uri: file:{{env:INBOX}}
                      steps:
                        - to:
                            uri: direct:status-record
                """);
        epmPulse.start();

        await().atMost(Duration.ofSeconds(30))
                .until(() -> epmPulse.data("/api/v1/history").path("entries").size() == 1);
        assertThat(epmPulse.data("/api/v1/history").at("/entries/0/route").asText())
                .isEqualTo("read");
    }

    @Test
    void aBatchIsRecordedWholeOrNotAtAll() throws Exception {
        routes.add("receive", receiver(""));
        epmPulse.start();
        String good = "[" + UPDATE + "," + UPDATE.replace("Actual", "Budget") + "]";

        assertThat(epmPulse.post("/receive", good.replace("Budget", "Nothing")).statusCode())
                .isEqualTo(400);
        assertThat(epmPulse.data("/api/v1/history").path("entries")).isEmpty();

        assertThat(epmPulse.post("/receive", good).statusCode()).isEqualTo(200);
        JsonNode entries = epmPulse.data("/api/v1/history").path("entries");
        assertThat(entries).hasSize(2);
        assertThat(entries.at("/0/batch").asText())
                .isNotEmpty()
                .isEqualTo(entries.at("/1/batch").asText());
    }

    @Test
    void anInvalidBodyGetsTheReasonAndIsCounted() throws Exception {
        routes.add("receive", receiver(""));
        epmPulse.start();

        assertThat(epmPulse.post("/receive", "{\"app\":").body())
                .contains("INVALID_REQUEST", "must be valid JSON: error at line 1");
        assertThat(epmPulse.post("/receive", UPDATE.replace("Warning", "FINE")).body())
                .contains("INVALID_STATUS");

        assertThat(epmPulse.get("/api/v1/metrics").body())
                .containsPattern(
                        "epmpulse_status_updates_total\\{app=\"unknown\",outcome=\"refused\",source=\"site\"\\} 2");
    }

    @Test
    void aHeaderOfAFileOrAnotherSystemCannotForgeTheKey() throws Exception {
        routes.add("forge", """
                - route:
                    id: forge
                    from:
                      uri: timer:forge
                      parameters:
                        repeatCount: 1
                        delay: 0
                      steps:
                        - setHeader:
                            name: EpmPulse-Key
                            expression:
                              constant:
                                expression: forged
                        - setBody:
                            expression:
                              constant:
                                expression: '{"app":"Planning","domain":"Actual","status":"OK"}'
                        - to:
                            uri: direct:status-record
                """);
        epmPulse.start();

        await().until(() -> epmPulse.data("/api/v1/history").path("entries").size() == 1);
        JsonNode entry = epmPulse.data("/api/v1/history").at("/entries/0");
        assertThat(entry.path("key").isNull()).isTrue();
        assertThat(entry.path("route").asText()).isEqualTo("forge");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            stream  | ''
            text    | convertBodyTo: {type: String}
            bytes   | convertBodyTo: {type: 'byte[]'}
            marshal | marshal: {json: {library: Jackson}}
            pretty  | marshal: {json: {library: Jackson, prettyPrint: true}}
            map     | convertBodyTo: {type: java.util.Map}#marshal: {json: {library: Jackson}}
            text of | setBody: {simple: {expression: '${body}'}}""")
    void aChangeHasTheShapeOfAnEvent(String kind, String steps) throws Exception {
        StringBuilder yaml = new StringBuilder();
        for (String step : steps.split("#")) {
            yaml.append(step.isEmpty() ? "" : "        - " + step + "\n");
        }
        routes.add("write", writer("status-changes:write", yaml.toString()));
        epmPulse.start();

        long revision = epmPulse.status("Planning", "Actual", "Warning", "a \"message\"");

        ObjectNode change = (ObjectNode) written();
        assertThat(change.remove("app").asText()).isEqualTo("Planning");
        assertThat(change.remove("domain").asText()).isEqualTo("Actual");
        assertThat(change.remove("revision").asLong()).isEqualTo(revision);
        assertThat(change.remove("previous_status").asText()).isEqualTo("Blank");
        assertThat(change).isEqualTo(epmPulse.data("/api/v1/status/Planning").at("/domains/Actual"));
    }

    @Test
    void aListOfChangesIsAnArray() throws Exception {
        routes.add(
                "write",
                writer("status-changes:write?interval=50ms", "        - marshal: {json: {library: Jackson}}\n"));
        epmPulse.start();

        epmPulse.status("Planning", "Actual", "Warning", "x");

        assertThat(written().at("/0/status").asText()).isEqualTo("Warning");
    }

    @ParameterizedTest
    @CsvSource({"false,''", "true,/alerts/0"})
    void anAlertHasTheShapeOfTheWebhook(boolean group, String at) throws Exception {
        routes.add("write", writer("alerts:write?group=" + group, ""));
        epmPulse.start();

        epmPulse.status("Planning", "Actual", "Warning", "a \"message\"");

        JsonNode alert = written().at(at);
        assertThat(alert.path("kind").asText()).isEqualTo("problem");
        assertThat(alert.path("app").asText()).isEqualTo("Planning");
        assertThat(alert.path("domain").asText()).isEqualTo("Actual");
        assertThat(alert.path("message").asText()).isEqualTo("a \"message\"");
        assertThat(alert.path("since").asText()).endsWith("Z");
        assertThat(alert.path("duration_sec").isNumber()).isTrue();
    }

    @Test
    void anAnswerIsPartOfItsChange() throws Exception {
        routes.add("write", writer("status-changes:write?answers=true&statuses=Warning", """
                        - filter:
                            expression:
                              simple:
                                expression: ${body.answer} != null
                            steps:
                              - to:
                                  uri: file:{{env:OUT}}
                                  parameters:
                                    fileName: answer.json
                                    tempFileName: answer.tmp
                        - stop: {}
                """));
        epmPulse.start();
        epmPulse.status("Planning", "Actual", "Warning", "x");

        epmPulse.post("/api/v1/domains/Planning/Actual/acknowledge", "{\"by\":\"Anna\"}");

        assertThat(written().at("/answer/kind").asText()).isEqualTo("acknowledge");
        assertThat(written().at("/answer/by").asText()).isEqualTo("Anna");
    }
}
