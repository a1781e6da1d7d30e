package org.epmpulse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scripted faults of the simulated Slack. */
class SlackFaultsTest {

    private static final CallMatcher EDITS = CallMatcher.method("canvases.edit");

    private final SteppingClock clock = new SteppingClock();

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(clock);

    private final SlackClient client = new SlackClient(slack, slack.botToken());

    @BeforeEach
    void addCanvases() {
        slack.addCanvas("F1", "Status");
        slack.addCanvas("F2", "Other");
    }

    @Test
    void aHangingEditLocksItsCanvasUntilItIsReleased() {
        ScriptedFault hang = slack.fail(EDITS, Fault.hang(), 1);
        CompletableFuture<HttpResponse<String>> first = editLater("F1");
        await().until(() -> hang.hits() == 1);

        assertThat(error(edit("F1"))).isEqualTo("canvas_editing_locked");
        assertThat(error(edit("F2"))).isEmpty();
        assertThat(first).isNotDone();
        hang.release();
        assertThat(first.join().body()).isEqualTo("{\"ok\":true}");
        assertThat(error(edit("F1"))).isEmpty();
        assertThat(slack.maxConcurrentEdits("F1")).isEqualTo(2);
        assertThat(slack.maxConcurrentEdits("F2")).isEqualTo(1);
        assertThat(slack.violations()).extracting(Violation::rule).containsExactly(Violation.Rule.OVERLAPPING_EDIT);
    }

    @Test
    void aClientThatDisconnectsChangesNothingAndUnlocksTheCanvas() throws Exception {
        ScriptedFault hang = slack.fail(EDITS, Fault.hang(), 1);
        try (Socket socket = new Socket("127.0.0.1", slack.apiUrl().getPort())) {
            String body = SlackClient.replacing("F1", "never");
            String request = "POST /api/canvases.edit HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + slack.botToken()
                    + "\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            await().until(() -> hang.hits() == 1);
        }

        await().until(() -> slack.calls().get(0).outcome().equals("abandoned"));
        hang.release();

        assertThat(error(edit("F1"))).isEmpty();
        assertThat(slack.canvas("F1").revision()).isEqualTo(1);
    }

    @Test
    void anErrorCanApplyToOneCanvasAndALimitedNumberOfCalls() {
        slack.fail(EDITS.withSubject("F1"), Fault.error("internal_error"), 2);

        assertThat(error(edit("F2"))).isEmpty();
        assertThat(error(edit("F1"))).isEqualTo("internal_error");
        assertThat(error(edit("F1"))).isEqualTo("internal_error");
        assertThat(error(edit("F1"))).isEmpty();
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void anErrorAppliesUntilItIsCleared() {
        ScriptedFault failing = slack.fail(EDITS, Fault.error("canvas_editing_failed", "line 1: no"));
        assertThat(SlackClient.body(edit("F1")).path("detail").asText()).isEqualTo("line 1: no");

        failing.clear();

        assertThat(error(edit("F1"))).isEmpty();
        assertThat(failing.hits()).isEqualTo(1);
    }

    @Test
    void aFatalErrorCanFollowTheChange() {
        slack.fail(EDITS, Fault.afterApplying(Fault.error("fatal_error")), 1);

        assertThat(error(edit("F1"))).isEqualTo("fatal_error");
        assertThat(slack.canvas("F1").revision()).isEqualTo(1);
    }

    @Test
    void aResponseCanBeLostAfterTheChange() {
        slack.fail(EDITS, Fault.afterApplying(Fault.reset()), 1);

        assertThatThrownBy(() -> edit("F1")).isInstanceOf(UncheckedIOException.class);
        assertThat(slack.canvas("F1").revision()).isEqualTo(1);
    }

    @Test
    void gatewaysReturnHtml() {
        slack.fail(EDITS, Fault.status(503), 1);
        slack.fail(EDITS, Fault.loginPage(), 1);

        HttpResponse<String> unavailable = edit("F1");
        HttpResponse<String> login = edit("F1");

        assertThat(unavailable.statusCode()).isEqualTo(503);
        assertThat(unavailable.body()).startsWith("<html>");
        assertThat(login.statusCode()).isEqualTo(200);
        assertThat(login.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    }

    @Test
    void aConnectionCanBeReset() {
        slack.fail(EDITS, Fault.reset(), 1);

        assertThatThrownBy(() -> edit("F1")).hasRootCauseMessage("Connection reset");
        assertThat(slack.calls()).extracting(SandboxCall::outcome).containsExactly("reset");
        assertThat(slack.canvas("F1").revision()).isZero();
    }

    @Test
    void aResponseCanBeIncomplete() {
        slack.fail(EDITS, Fault.cutOff(), 1);
        slack.fail(EDITS, Fault.truncated(), 1);

        assertThatThrownBy(() -> edit("F1")).hasCauseInstanceOf(IOException.class);
        assertThat(edit("F1").body()).isEqualTo("{\"ok\"");
    }

    @Test
    void aDelayedResponseIsTheNormalOne() {
        ScriptedFault slow = slack.fail(EDITS, Fault.slow(Duration.ofHours(1)), 1);
        CompletableFuture<HttpResponse<String>> first = editLater("F1");
        await().until(() -> slow.hits() == 1);
        slack.fail(EDITS, Fault.slow(Duration.ofMillis(50)), 1);

        assertThat(error(edit("F2"))).isEmpty();

        assertThat(first).isNotDone();
    }

    @Test
    void aScriptedRateLimitBlocksTheMethodUntilItExpires() {
        slack.fail(EDITS, Fault.rateLimited(Duration.ofSeconds(7)), 1);

        assertThat(edit("F1").headers().firstValue("Retry-After")).contains("7");
        clock.advance(Duration.ofSeconds(6));
        assertThat(edit("F1").statusCode()).isEqualTo(429);
        clock.advance(Duration.ofSeconds(1));
        assertThat(edit("F1").statusCode()).isEqualTo(200);
        assertThat(slack.violations()).extracting(Violation::rule).containsExactly(Violation.Rule.IGNORED_RETRY_AFTER);
    }

    @Test
    void aSlowEditLocksItsCanvas() {
        slack.editDuration(Duration.ofMinutes(10));
        CompletableFuture<HttpResponse<String>> first = editLater("F1");
        await().until(() -> slack.calls().size() == 1);

        assertThat(error(edit("F1"))).isEqualTo("canvas_editing_locked");
        assertThat(first).isNotDone();
        slack.editDuration(Duration.ofMillis(1));
        assertThat(error(edit("F2"))).isEmpty();
    }

    @Test
    void connectionsAreAcceptedAgainOnTheSamePort() {
        slack.refuseConnections();
        assertThatThrownBy(() -> editLater("F1").get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ConnectException.class);

        slack.acceptConnections();

        assertThat(error(edit("F1"))).isEmpty();
    }

    @Test
    void callsAreRecordedWithTheirTimes() {
        edit("F1");
        clock.advance(Duration.ofSeconds(3));
        client.call("auth.test", "{}");

        assertThat(slack.calls())
                .containsExactly(
                        new SandboxCall(
                                "canvases.edit",
                                "F1",
                                clock.instant().minusSeconds(3),
                                clock.instant().minusSeconds(3),
                                "ok"),
                        new SandboxCall("auth.test", null, clock.instant(), clock.instant(), "ok"));
        assertThat(slack.calls("auth.test")).hasSize(1);
    }

    private HttpResponse<String> edit(String canvas) {
        return client.response("canvases.edit", SlackClient.replacing(canvas, "x"));
    }

    private CompletableFuture<HttpResponse<String>> editLater(String canvas) {
        return client.callLater("canvases.edit", SlackClient.replacing(canvas, "x"));
    }

    private static String error(HttpResponse<String> response) {
        return SlackClient.body(response).path("error").asText();
    }
}
