package org.epmpulse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** docs.slack.dev/apis/web-api/rate-limits. */
class RateBudgetsTest {

    private final SteppingClock clock = new SteppingClock();

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(clock);

    private final SlackClient client = new SlackClient(slack, slack.botToken());

    @BeforeEach
    void addCanvas() {
        slack.addCanvas("F1", "Status");
        slack.put(SandboxChannel.of("C1", "close"));
        slack.put(SandboxChannel.of("C2", "more"));
    }

    @Test
    void theFiftyFirstEditOfAMinuteIsRateLimited() {
        for (int i = 0; i < 50; i++) {
            assertThat(edit().statusCode()).isEqualTo(200);
            clock.advance(Duration.ofMillis(500));
        }

        HttpResponse<String> response = edit();

        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().firstValue("Retry-After")).contains("35");
        assertThat(response.body()).isEqualTo("{\"ok\":false,\"error\":\"ratelimited\"}");
        assertThat(slack.violations()).extracting(Violation::rule).containsExactly(Violation.Rule.OVER_BUDGET);
        assertThat(slack.canvas("F1").revision()).isEqualTo(50);
        assertThat(slack.editsInLastMinute()).isEqualTo(51);
    }

    @Test
    void onlyTheMethodIsBlockedAndOnlyForRetryAfter() {
        for (int i = 0; i < 51; i++) {
            edit();
        }
        clock.advance(Duration.ofSeconds(59));

        assertThat(edit().headers().firstValue("Retry-After")).contains("1");
        assertThat(client.call("auth.test", "{}").path("ok").asBoolean()).isTrue();
        clock.advance(Duration.ofSeconds(1));
        assertThat(edit().statusCode()).isEqualTo(200);
        assertThat(slack.violations())
                .extracting(Violation::rule)
                .containsExactly(Violation.Rule.OVER_BUDGET, Violation.Rule.IGNORED_RETRY_AFTER);
    }

    @Test
    void creatingACanvasHasTierTwo() {
        for (int i = 0; i < 20; i++) {
            assertThat(client.response("canvases.create", "{}").statusCode()).isEqualTo(200);
        }

        assertThat(client.response("canvases.create", "{}").statusCode()).isEqualTo(429);
    }

    @Test
    void aChannelAllowsAShortBurstAndThenAMessagePerSecond() {
        for (int i = 0; i < 5; i++) {
            assertThat(post("C1").statusCode()).isEqualTo(200);
        }

        assertThat(post("C1").headers().firstValue("Retry-After")).contains("1");
        assertThat(post("C2").statusCode()).isEqualTo(200);
        clock.advance(Duration.ofSeconds(1));
        assertThat(post("C1").statusCode()).isEqualTo(200);
        assertThat(post("C1").statusCode()).isEqualTo(429);
    }

    @Test
    void everyAppHasItsOwnRateLimit() {
        slack.addToken("xoxb-other", "canvases:write");
        for (int i = 0; i < 51; i++) {
            edit();
        }

        HttpResponse<String> other =
                new SlackClient(slack, "xoxb-other").response("canvases.edit", SlackClient.replacing("F1", "x"));

        assertThat(other.statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> edit() {
        return client.response("canvases.edit", SlackClient.replacing("F1", "x"));
    }

    private HttpResponse<String> post(String channel) {
        return client.response("chat.postMessage", "{\"channel\":\"" + channel + "\",\"text\":\"x\"}");
    }
}
