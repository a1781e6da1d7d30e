package org.epmpulse.slack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.epmpulse.alerts.Alert;
import org.epmpulse.alerts.DomainEvent;
import org.epmpulse.alerts.DomainEvent.Kind;
import org.epmpulse.alerts.PlainText;
import org.epmpulse.alerts.TestingAlert;
import org.epmpulse.sandbox.LiveMarkup;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;

/** Text of names, jobs and messages has no effect in an alert, and stays readable. */
class MessageTextProperties extends InertTextProperties {

    private static final List<String> HOSTILE = List.of(
            ":100: :warning: :+1: ::a:b: :größe: :\u200bjoy: a:smile",
            ":smile",
            "smile:",
            "*bold* _italic_ ~gone~ `code` ``` block ``` **x** __x__ *a_b* _*x*_ snake_case_name _",
            "> quote\n>>> long quote",
            "- item\n• item\n1. item\n# heading",
            "https://evil.example http://evil.example WWW.evil.example _www.evil.example mailto:a@evil.example tel:1",
            "<!channel> <!here|x> <@U0123456789> <#C1> <!subteam^S1> <https://evil.example|bank> @here @channel",
            "&lt;!channel&gt; & P&L &amp;",
            "first\nsecond\r\nthird\u2028fourth\u0085fifth\tsixth\u0000",
            "\u202Etxt.exe \uFEFF\u00AD\u200D \uD83D lone",
            "");

    private static final List<String> MARKUP = List.of(
            "*", "_", "~", "`", ">", "<", "!", "@", "#", "|", ":", "/", "//", "&", ";", "lt", "gt", "amp", "a", "U1",
            "channel", "here", "joy", "http", "https", "www", ".", "mailto", "-", "+1", "100", " ", "\n", "1", "\u200B",
            "\uD800", "é", "^", "(", ")");

    MessageTextProperties() {
        super(HOSTILE, MARKUP);
    }

    @Override
    protected void assertInert(String text) {
        AlertText alerts = new AlertText();
        Catalog catalog =
                new Catalog(Map.of("App", new Catalog.App("App", text, Set.of(text, "Other"), List.of(), false)));
        Alert first = alert(catalog, text, text);
        Alert second = alert(catalog, "Other", text);
        String one = alerts.of(List.of(first), null);
        String list = alerts.of(List.of(first, second), null);

        for (String written : List.of(one, list, alerts.plain(List.of(first)), alerts.plain(List.of(first, second)))) {
            assertThat(LiveMarkup.inMessage(written, true)).as(written).isEmpty();
        }
        assertThat(LiveMarkup.formattedInMessage(one))
                .as(one)
                .singleElement()
                .asString()
                .startsWith("*")
                .endsWith(" / " + MessageText.escape(text, 60) + "*");
        assertThat(one).doesNotContain("\n");
        assertThat(LiveMarkup.formattedInMessage(list)).as(list).containsExactly("*2 failed*");
        assertThat(list.lines()).hasSize(3);
        assertThat(LiveMarkup.formattedInMessage(alerts.plain(List.of(first)))).isEmpty();
        assertThat(read(MessageText.escape(text, 200))).isEqualTo(lookAlikes(PlainText.of(text, 200)));
    }

    private static Alert alert(Catalog catalog, String domain, String text) {
        DomainEvent event = new DomainEvent(Kind.WARNING, Instant.EPOCH, text, text, 1, 0);
        return TestingAlert.of(catalog, new DomainId("App", domain), event);
    }

    /** The text as a person reads it. */
    private static String read(String mrkdwn) {
        return lookAlikes(mrkdwn.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
    }

    private static String lookAlikes(String text) {
        return text.replace('∗', '*')
                .replace('＿', '_')
                .replace('∼', '~')
                .replace('ˋ', '`')
                .replace('․', '.')
                .replace('＠', '@')
                .replace('∶', ':');
    }
}
