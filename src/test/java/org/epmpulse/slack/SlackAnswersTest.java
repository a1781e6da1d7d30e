package org.epmpulse.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that Slack does not document, from Slack itself or from something in between. */
class SlackAnswersTest {

    /** Every method, and a call of it. */
    private static final Map<String, Consumer<SlackClient>> CALLS = Map.of(
            "auth.test", SlackClient::identity,
            "conversations.info", client -> client.channel("CMAIN"),
            "conversations.canvases.create", client -> client.createChannelCanvas("CMAIN", "title"),
            "canvases.create", client -> client.createCanvas("title"),
            "canvases.access.set", client -> client.shareCanvas("FMAIN", "CMAIN"),
            "canvases.sections.lookup", client -> client.lookUpCanvas("FMAIN"),
            "files.info", client -> client.lookUpFile("FMAIN"),
            "canvases.edit", client -> client.replaceCanvas("FMAIN", "text"),
            "chat.postMessage", client -> client.postMessage("CMAIN", "text"));

    private static final String TOKEN = "xoxb-1234-abcDEF5678";

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());

    @AutoClose
    private final SlackClient client = new SlackClient(TOKEN, slack.apiUrl());

    @BeforeEach
    void setUp() {
        slack.addToken(TOKEN, SlackSandbox.ALL_SCOPES.toArray(String[]::new));
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.addCanvas("FMAIN", "Main");
    }

    private Throwable failure(String method, int status, String body) {
        slack.fail(CallMatcher.method(method), Fault.response(status, "application/json", body), 1);
        return catchThrowable(() -> CALLS.get(method).accept(client));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                              | empty
            ` `                                             | not a JSON object
            null                                            | not a JSON object
            []                                              | not a JSON object
            [{"ok":true}]                                   | not a JSON object
            "ok"                                            | not a JSON object
            true                                            | not a JSON object
            <html><body>Sign in</body></html>               | not JSON
            {"ok":tr                                        | not JSON
            {"ok":true                                      | not JSON
            {"ok":true}{"ok":false}                         | not JSON
            {"ok":true,"ok":false}                          | not JSON
            {}                                              | ok is missing
            {"error":"invalid_auth"}                        | ok is missing
            {"ok":"true"}                                   | ok is not true or false
            {"ok":1}                                        | ok is not true or false
            {"ok":null}                                     | ok is not true or false
            {"ok":[]}                                       | ok is not true or false
            {"ok":false}                                    | no valid error code
            {"ok":false,"error":null}                       | no valid error code
            {"ok":false,"error":""}                         | no valid error code
            {"ok":false,"error":[]}                         | no valid error code
            {"ok":false,"error":{"code":"x"}}               | no valid error code
            {"ok":false,"error":42}                         | no valid error code
            {"ok":false,"error":"Not Found"}                | no valid error code
            {"ok":false,"error":"line\\nbreak"}             | no valid error code
            {"ok":false,"error":"\\u001b[31mred"}           | no valid error code
            {"ok":false,"error":"<script>"}                 | no valid error code
            {"ok":false,"error":"xoxb-1234-abcDEF5678"}     | no valid error code
            """)
    void anUnexpectedAnswerToAnyMethodIsDescribedInWordsOfOurOwn(String body, String problem) {
        CALLS.keySet().forEach(method -> assertThat(failure(method, 200, body == null ? "" : body))
                .as(method)
                .isInstanceOf(SlackUnavailableException.class)
                .hasMessage("an unexpected answer: " + problem));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "<html>", "{\"ok\":true}", "{\"ok\":false,\"error\":\"Bad Gateway\"}"})
    void withAnotherStatusOnlyTheStatusIsShown(String body) {
        assertThat(failure("canvases.edit", 502, body))
                .isInstanceOf(SlackUnavailableException.class)
                .hasMessage("HTTP 502");
    }

    @Test
    void aValidCodeCountsWithAnyStatus() {
        assertThat(failure("canvases.edit", 403, "{\"ok\":false,\"error\":\"invalid_auth\"}"))
                .isInstanceOf(SlackRefusedException.class)
                .hasMessage("invalid_auth");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "canvas_not_found", "error_2"})
    void aCodeHasLowerCaseLettersDigitsAndUnderscores(String code) {
        assertThat(failure("files.info", 200, "{\"ok\":false,\"error\":\"" + code + "\"}"))
                .isInstanceOfSatisfying(SlackRefusedException.class, refused -> assertThat(refused.code())
                        .isEqualTo(code));
    }

    @Test
    void aCodeHasAtMost64Characters() {
        assertThat(failure("files.info", 200, "{\"ok\":false,\"error\":\"" + "a".repeat(64) + "\"}"))
                .isInstanceOf(SlackRefusedException.class);
        assertThat(failure("files.info", 200, "{\"ok\":false,\"error\":\"" + "a".repeat(65) + "\"}"))
                .hasMessage("an unexpected answer: no valid error code");
    }

    @Test
    void aTokenThatLooksLikeACodeIsNoCode() {
        slack.addToken("secret_token_1", "files:read");
        try (SlackClient odd = new SlackClient("secret_token_1", slack.apiUrl())) {
            slack.fail(
                    CallMatcher.method("files.info"),
                    Fault.response(200, "application/json", "{\"ok\":false,\"error\":\"secret_token_1\"}"),
                    1);
            assertThatThrownBy(() -> odd.lookUpFile("FMAIN")).hasMessage("an unexpected answer: no valid error code");
        }
    }

    @Test
    void aByteOrderMarkIsIgnored() {
        assertThat(failure("canvases.edit", 200, "\uFEFF{\"ok\":true}")).isNull();
        assertThat(failure("canvases.edit", 200, "\uFEFF{\"ok\":false,\"error\":\"restricted_action\"}"))
                .hasMessageStartingWith("restricted_action");
    }

    @Test
    void aDeepAnswerIsNotJson() {
        assertThat(failure("canvases.edit", 200, "{\"ok\":true,\"x\":" + "[".repeat(50_000)))
                .hasMessage("an unexpected answer: not JSON");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xoxb-1234-abcDEF5678",
                "XOXB-1234-ABCdef5678",
                "xoxb-\\u200b1234-abcDEF5678",
                "xoxp-9-of-another-app",
                "xapp-1-A111-secret",
                "xoxe.xoxp-1-secret"
            })
    void aDetailHoldsNoToken(String token) {
        Throwable failure = failure(
                "canvases.edit",
                200,
                "{\"ok\":false,\"error\":\"canvas_editing_failed\",\"detail\":\"token " + token + " is bad\"}");

        assertThat(failure).hasMessage("canvas_editing_failed: token *** is bad");
    }

    @Test
    void aDetailIsOneShortLineWithoutControlCharactersAndMarkup() {
        String detail = "line 5: \\u001b[31m<script>\\u0000 a\\\\b\\r\\n\\u2028\\u202e \\ud83d '|' (Table)";

        assertThat(failure(
                        "canvases.edit",
                        200,
                        "{\"ok\":false,\"error\":\"canvas_editing_failed\",\"detail\":\"" + detail + "\"}"))
                .hasMessage("canvas_editing_failed: line 5: [31m?script? a?b '|' (Table)");
        assertThat(failure(
                                "canvases.edit",
                                200,
                                "{\"ok\":false,\"error\":\"canvas_editing_failed\",\"detail\":\"" + "x ".repeat(50_000)
                                        + "\"}")
                        .getMessage())
                .hasSizeLessThan(300);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "needed":"canvases:write","provided":"chat:write,files:read"    | : needed canvases:write, provided chat:write, files:read
            "needed":["canvases:write"],"provided":[]                       | : needed canvases:write
            "needed":"canvases:write","provided":"<b>x</b>,\\u001b[1m,xoxb-1234-abcDEF5678,a:b" | : needed canvases:write, provided a:b
            "needed":"<script>","provided":"x y"                            | ``
            "needed":{},"provided":7                                        | ``
            """)
    void onlyNamesOfScopesAreShown(String scopes, String shown) {
        assertThat(failure("canvases.edit", 200, "{\"ok\":false,\"error\":\"missing_scope\"," + scopes + "}"))
                .hasMessage("missing_scope" + (shown == null ? "" : shown));
    }

    @Test
    void manyScopesAreCut() {
        assertThat(failure(
                                "canvases.edit",
                                200,
                                "{\"ok\":false,\"error\":\"missing_scope\",\"needed\":\"a:b\",\"provided\":\""
                                        + "c:d,".repeat(10_000) + "\"}")
                        .getMessage())
                .hasSizeLessThan(300);
    }

    @Test
    void theMessagesOfAnArgumentErrorAreItsDetail() {
        assertThat(failure(
                        "canvases.edit",
                        200,
                        "{\"ok\":false,\"error\":\"invalid_arguments\",\"response_metadata\":{\"messages\":"
                                + "[\"[ERROR] bad [json-pointer:/changes]\",{},\"x\\u0007<y>\"]}}"))
                .hasMessage("invalid_arguments: [ERROR] bad [json-pointer:/changes]; x ?y?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"\"", "null", "[]", "{}", "7", "\"F\"", "\"f0123\"", "\"C0123\"", "\"F01/../x\"", "\"F1 \""})
    void aCreatedCanvasHasAValidId(String id) {
        String body = "{\"ok\":true,\"canvas_id\":" + id + "}";

        assertThat(failure("conversations.canvases.create", 200, body))
                .isInstanceOf(SlackUnavailableException.class)
                .hasMessage("an unexpected answer: no valid canvas_id");
        assertThat(failure("canvases.create", 200, body)).hasMessage("an unexpected answer: no valid canvas_id");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"channel\":[]}",
                "{\"channel\":\"\"}",
                "{\"channel\":null}",
                "{\"channel\":{}}",
                "{\"channel\":{\"properties\":[]}}",
                "{\"channel\":{\"properties\":\"\"}}",
                "{\"channel\":{\"properties\":null}}",
                "{\"channel\":{\"properties\":{\"canvas\":[],\"tabs\":[]}}}",
                "{\"channel\":{\"properties\":{\"canvas\":\"\",\"tabs\":\"\"}}}",
                "{\"channel\":{\"properties\":{\"canvas\":{\"file_id\":\"\"},\"tabs\":{}}}}",
                "{\"channel\":{\"properties\":{\"canvas\":{\"file_id\":[]},\"tabs\":[[],\"\",null,7]}}}",
                "{\"channel\":{\"properties\":{\"tabs\":[{\"type\":\"canvas\",\"label\":[],\"data\":\"\"}]}}}"
            })
    void aChannelWithValuesInPlaceOfObjectsHasNoCanvas(String answer) {
        String body = answer.replaceFirst("\\{", answer.equals("{}") ? "{\"ok\":true" : "{\"ok\":true,");
        slack.fail(CallMatcher.method("conversations.info"), Fault.response(200, "application/json", body), 1);

        SlackClient.Channel channel = client.channel("CMAIN");

        assertThat(channel).isEqualTo(new SlackClient.Channel(false, true, new SlackClient.Canvases(null, List.of())));
    }

    @Test
    void tabsAsAnObjectAreFound() {
        slack.fail(
                CallMatcher.method("conversations.info"),
                Fault.response(
                        200,
                        "application/json",
                        "{\"ok\":true,\"channel\":{\"properties\":{\"tabs\":{\"0\":{\"type\":\"canvas\",\"label\":"
                                + "\"EPM status\",\"data\":{\"file_id\":\"F0123\"}}}}}}"),
                1);

        assertThat(client.channel("CMAIN").canvases().board()).isEqualTo("F0123");
    }

    @Test
    void namesInAnAnswerAreCleaned() {
        slack.fail(
                CallMatcher.method("auth.test"),
                Fault.response(
                        200,
                        "application/json",
                        "{\"ok\":true,\"team\":\"<a>\\u001b[31m\",\"user\":\"xoxb-1234-abcDEF5678\",\"bot_id\":\"B1\"}"),
                1);

        assertThat(client.identity()).isEqualTo(new SlackClient.Identity("?a? [31m", "***", true, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"url\":[],\"team_id\":null", ",\"url\":\"javascript:x/\",\"team_id\":\"T1\""})
    void anInvalidWorkspaceGivesNoLink(String fields) {
        slack.fail(
                CallMatcher.method("auth.test"),
                Fault.response(200, "application/json", "{\"ok\":true" + fields + "}"),
                1);

        assertThat(client.workspace().canvas("F0123")).isNull();
    }

    @Test
    void aLostConnectionIsDescribedInWordsOfOurOwn() {
        slack.fail(CallMatcher.method("chat.postMessage"), Fault.reset(), 1);
        assertThatThrownBy(() -> client.postMessage("CMAIN", "text")).hasMessage("no response: connection lost");
        slack.fail(CallMatcher.method("chat.postMessage"), Fault.cutOff(), 1);
        assertThatThrownBy(() -> client.postMessage("CMAIN", "text")).hasMessage("no response: connection lost");

        slack.refuseConnections();
        assertThatThrownBy(() -> client.postMessage("CMAIN", "text"))
                .isInstanceOfSatisfying(SlackUnavailableException.class, failure -> {
                    assertThat(failure).hasMessage("no response: connection failed");
                    assertThat(failure.isNotSent()).isTrue();
                });
        try (SlackClient unknown = new SlackClient(TOKEN, URI.create("http://slack.invalid/api/"))) {
            assertThatThrownBy(unknown::identity).hasMessage("no response: host not found");
        }
        try (SlackClient tls =
                new SlackClient(TOKEN, URI.create(slack.apiUrl().toString().replace("http:", "https:")))) {
            slack.acceptConnections();
            assertThatThrownBy(tls::identity).hasMessageStartingWith("no response: TLS failed: ");
        }
    }
}
