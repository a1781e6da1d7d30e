package org.epmpulse.slack.canvas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.epmpulse.sandbox.LiveMarkup;
import org.epmpulse.sandbox.SandboxMarkdown;
import org.epmpulse.slack.InertTextProperties;

class CanvasTextProperties extends InertTextProperties {

    /** Texts in job names and messages that are malicious, or special by accident. */
    private static final List<String> HOSTILE = List.of(
            "a | b || c \\| d \\\\| e",
            "[click](https://evil.example) ![](@U0123456789) ![](#C0123456789) ![x](https://evil.example/x.png)",
            "https://evil.example http://evil.example WWW.evil.example mailto:a@evil.example slack://open",
            "<!channel> <!here|x> <@U0123456789> <#C1> <https://evil.example|bank> <script>alert(1)</script> <br>",
            ":warning: :+1: :-1: :100: ::a:b: a:smile:b :skin-tone-2: :größe: :\u200bjoy:",
            "\u202Etxt.exe \u2066x\u2069 \uFEFF\u00AD\u200D",
            "𝟙 😀 👩‍👩‍👧 𠜎",
            "\uD83D lone \uDE00",
            "first\nsecond\r\nthird\u2028fourth\u0085fifth\tsixth\u0000",
            "`code` ``a`b`` ```",
            "# heading",
            "###### heading #",
            "- [ ] task\n- [x] done\n* item\n1. item\n> quote\n--- \n===",
            "**bold** *it* __b__ _i_ ~~gone~~ ~x~",
            "&lt;!channel&gt; &#60;@U1&#62; &#x3a;joy&#x3a; &amp; &nbsp; P&L",
            "::: {.callout}\ntext\n:::",
            "W".repeat(500),
            "\\",
            "a\\",
            ":",
            "x:",
            "",
            " ");

    private static final List<String> MARKUP = List.of(
            "|", "\\", "`", "*", "_", "~", "[", "]", "(", ")", "<", ">", "!", "@", "#", ":", "/", "//", "&", ";", "#58",
            "lt", "amp", "a", "U1", "channel", "joy", "http", "https", "www", ".", "mailto", "-", "+1", "100", " ",
            "\n", "\t", "1", "\u202E", "\u200B", "\uD800", "=", "^", "{", "}", "$", "%");

    CanvasTextProperties() {
        super(HOSTILE, MARKUP);
    }

    /** In a table, a list and a heading; with two neighbouring cells. */
    @Override
    protected void assertInert(String text) {
        String escaped = CanvasText.escape(text, 200);
        String shown = shown(text);
        String table = "| A | B |\n|---|---|\n| " + escaped + " | " + escaped + " |\n";
        String list = "- OK " + escaped + " · " + escaped + " · job " + escaped + "\n";
        String heading = "## App " + escaped + " x\n";

        for (String markdown : List.of(table, list, heading)) {
            assertThat(LiveMarkup.inCanvas(markdown)).as(markdown).isEmpty();
            assertThat(SandboxMarkdown.fault(markdown)).as(markdown).isNull();
        }
        assertThat(SandboxMarkdown.visibleTexts(table)).containsExactly("A", "B", shown, shown);
        assertThat(SandboxMarkdown.visibleTexts(list).get(0).strip())
                .isEqualTo(("OK " + raw(text) + " · " + raw(text) + " · job " + raw(text)).strip());
    }

    /** The expected text: on one line, without invisible characters, with look-alikes. */
    private static String raw(String text) {
        return CanvasText.escape(text, 200).replaceAll("\\\\([^A-Za-z0-9 ])", "$1");
    }

    private static String shown(String text) {
        return raw(text).replaceAll("^[ \\t]+|[ \\t]+$", "");
    }

    @Example
    void ordinaryTextIsUnchanged() {
        for (String text : List.of(
                "Daily load: 1,234 rows in 10:30:05, 99.5 % (P&L + Q3's)",
                "Año nuevo – ¿listo? 日本語 עברית",
                "C:\\load\\file_01.csv #42 \"x\" {y} = z; a/b",
                "ORA-00001: unique constraint (EPM.PK_X) violated")) {
            assertThat(shown(text)).isEqualTo(text);
        }
    }

    @Example
    void lookAlikesReplaceCharactersThatCannotBeEscaped() {
        assertThat(CanvasText.escape("see https://a.example, www.a.example, <b>, :joy:, &lt;", 200))
                .isEqualTo("see https∶//a.example, www․a.example, ‹b›, ∶joy:, ＆lt;");
    }

    @Example
    void longTextIsCutBetweenCharacters() {
        assertThat(CanvasText.escape("abcdef", 6)).isEqualTo("abcdef");
        assertThat(CanvasText.escape("abcdefg", 6)).isEqualTo("abcdef…");
        assertThat(CanvasText.escape("😀".repeat(7), 6)).isEqualTo("😀".repeat(6) + "…");
        assertThat(CanvasText.escape("||||", 3)).isEqualTo("\\|\\|\\|…");
    }

    @Property
    void anEscapedTextIsAtMostTwiceItsLimit(@ForAll String text) {
        IntStream.of(0, 1, 60)
                .forEach(limit ->
                        assertThat(CanvasText.escape(text, limit).length()).isLessThanOrEqualTo(2 * limit + 1));
    }
}
