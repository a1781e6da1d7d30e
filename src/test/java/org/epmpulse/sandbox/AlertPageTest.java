package org.epmpulse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The page of what the simulated receivers of alerts got. */
class AlertPageTest {

    private static final Instant AT = Instant.parse("2026-03-02T01:00:00Z");

    private static final String CARD = """
            {"attachments": [{"content": {
               "body": [{"inlines": [{"text": "<Planning> / Actual", "weight": "bolder"}, {"text": ": Failed"}]}],
               "actions": [{"title": "Board", "url": "https://epmpulse.example.com"}]}}]}""";

    private static final String MAIL = """
            Subject: =?utf-8?Q?Actual=3A_Failed_=C3=BC?=
            MIME-Version: 1.0
            Content-Type: multipart/alternative; boundary=b

            --b
            Content-Type: text/plain; charset=utf-8

            row <7>
            --b
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            <p title=3D"x">row 7</p>
            --b--
            """;

    private final AlertPage page = new AlertPage();

    private static AlertReceiver.Received received(String service, String json, Instant at) throws Exception {
        return new AlertReceiver.Received(service, "/" + service, null, json, new JsonMapper().readTree(json), at);
    }

    private @Nullable String page(List<AlertReceiver.Received> requests, List<MailReceiver.Mail> mails) {
        SimulatedResponse response = page.response("/", requests, mails);
        return response == null ? null : response.body();
    }

    @Test
    void showsWhatPeopleReadTheNewestFirst() throws Exception {
        String html = page(
                List.of(
                        received("teams", CARD, AT),
                        received(
                                "pagerduty",
                                "{\"event_action\": \"trigger\", \"payload\": {\"summary\": \"Actual: Failed\"}}",
                                AT.plusSeconds(2)),
                        received("webhook", "{\"type\": \"org.epmpulse.alert.problem\"}", AT.plusSeconds(3))),
                List.of(new MailReceiver.Mail(List.of("close@example.com"), MAIL, AT.plusSeconds(1))));

        assertThat(html)
                .containsSubsequence("Webhook", "org.epmpulse.alert.problem", "PagerDuty", "E-mail", "Microsoft Teams")
                .contains(
                        "<b>&lt;Planning&gt; / Actual</b>: Failed",
                        "<a href=\"https://epmpulse.example.com\">Board</a>")
                .contains("to close@example.com", "<b>Actual: Failed &uuml;</b>", "row &lt;7&gt;")
                .contains("srcdoc=\"&lt;p title=&quot;x&quot;&gt;row 7&lt;/p&gt;");
    }

    @Test
    void showsAMailThatCannotBeReadAsItIs() throws Exception {
        assertThat(page(List.of(), List.of(new MailReceiver.Mail(List.of("a@example.com"), "<no header>", AT))))
                .contains("&lt;no header&gt;");
        assertThat(page(List.of(), List.of())).contains("None yet.");
        assertThat(page.response("/other", List.of(), List.of())).isNull();
    }
}
