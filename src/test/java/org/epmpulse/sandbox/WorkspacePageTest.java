package org.epmpulse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The simulated workspace as a web page. */
class WorkspacePageTest {

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(new SteppingClock());

    private final SlackClient client = new SlackClient(slack, slack.botToken());

    @BeforeEach
    void addCanvas() {
        slack.put(SandboxChannel.of("C1", "close & <night>"));
        slack.addChannelCanvas("F1", "Status", "C1");
    }

    @Test
    void canvasesMessagesAndChannelsAreShown() {
        client.replace("F1", "# Close\n\n| Job | Status |\n|---|---|\n| Load | :large_green_circle: OK |\n");
        client.call(
                "chat.postMessage", "{\"channel\":\"C1\",\"text\":\"*Load* failed &amp; <https://x.example|why>\"}");

        String page = page();

        assertThat(page)
                .contains("<h1>Close</h1>")
                .contains("<td>\uD83D\uDFE2 OK</td>")
                .contains("revision 1")
                .contains("edited 2026-11-22 07:29:00 UTC")
                .contains("<b>Load</b> failed &amp; <a rel=\"noopener noreferrer nofollow\""
                        + " href=\"https://x.example\">why</a>")
                .contains("#close &amp; &lt;night&gt;")
                .contains("<strong>1</strong> edits in the last minute");
    }

    @Test
    void nothingInACanvasBecomesMarkupOfThePage() {
        slack.overwriteCanvas("F1", """
                <script>alert(1)</script> <img src=x onerror=alert(1)>

                ![x](https://example.com/track.png) one<br>two
                [a](javascript:alert(1)) ![](@U1)

                <iframe src="https://example.com"></iframe>
                """);

        String page = page();

        assertThat(page)
                .doesNotContain("<script>alert")
                .doesNotContain("<img")
                .doesNotContain("<iframe")
                .doesNotContain("javascript:")
                .contains("<code>@U1</code>")
                .contains("<code>image: https://example.com/track.png</code> one<br />");
    }

    @Test
    void nothingInAMessageBecomesMarkupOfThePage() {
        client.call(
                "chat.postMessage",
                "{\"channel\":\"C1\",\"text\":\"<script>x</script> <https://x.example/\\\"onclick=a|b>\"}");

        assertThat(page()).doesNotContain("<script>x").doesNotContain("\"onclick");
    }

    @Test
    void thePolicyAllowsNothingInlineAndNoOtherServer() {
        HttpResponse<String> response = SlackClient.get(slack.pageUrl());

        assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'")
                .doesNotContain("unsafe");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(response.body())
                .doesNotContain("style=")
                .doesNotContain(" onclick")
                .doesNotContain("https://");
    }

    @Test
    void theScriptAndTheStyleAreServedWithTheirTypes() {
        HttpResponse<String> script = SlackClient.get(slack.pageUrl().resolve("workspace.js"));
        HttpResponse<String> style = SlackClient.get(slack.pageUrl().resolve("workspace.css"));

        assertThat(script.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/javascript");
        assertThat(style.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/css");
        assertThat(SlackClient.get(slack.pageUrl().resolve("nothing")).statusCode())
                .isEqualTo(404);
    }

    @Test
    void openingThePageIsNotRecordedAsACall() {
        page();

        assertThat(slack.calls()).isEmpty();
    }

    private String page() {
        return SlackClient.get(slack.pageUrl()).body();
    }
}
