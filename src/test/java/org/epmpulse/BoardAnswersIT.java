package org.epmpulse;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.epmpulse.config.NewKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers to alerts on the board with the keyboard alone, and with a key that may only read, in Debian's Chromium. */
class BoardAnswersIT {

    private static final int MAX_TABS = 40;

    private static Chromium chromium;

    @TempDir
    Path folder;

    private final NewKey reader = NewKey.named("wall");
    private final List<String> errors = new ArrayList<>();
    private TestingEpmPulse program;
    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void launch() {
        chromium = Chromium.launch();
    }

    @AfterAll
    static void quit() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        program =
                new TestingEpmPulse(folder, "{\"apps\": {\"FCCS\": {\"domains\": [\"Trial Balance\", \"Journals\"]}}}");
        Path keys = Files.writeString(folder.resolve("keys"), reader.line().replace(":write:", ":read:") + "\n");
        program.settings.put("EPMPULSE_API_KEYS_FILE", keys.toString());
        program.start();
        program.status("FCCS", "Trial Balance", "Warning", "14 records rejected");
        context = chromium.newContext(new Browser.NewContextOptions().setLocale("en-GB"));
        page = context.newPage();
        page.onPageError(errors::add);
    }

    @AfterEach
    void stop() {
        context.close();
        program.close();
        assertThat(errors).isEmpty();
    }

    private void openBoard(String key) {
        page.navigate(program.uri("/#key=" + key).toString());
        assertThat(page.locator("#attention-table .row-link")).isVisible();
    }

    /** Presses Tab until an element has the focus. */
    private void tabTo(Locator element) {
        assertThat(element).isVisible();
        for (int i = 0; i < MAX_TABS; i++) {
            if (Boolean.TRUE.equals(element.evaluate("element => element === document.activeElement"))) {
                return;
            }
            page.keyboard().press("Tab");
        }
        assertThat(element).isFocused();
    }

    private Locator button(String name) {
        return page.locator("#answers").getByText(name, new Locator.GetByTextOptions().setExact(true));
    }

    private JsonNode entry() {
        return program.data("/api/v1/status").at("/apps/FCCS/Trial Balance");
    }

    @Test
    void aProblemIsAcknowledgedMutedAndUnmutedWithTheKeyboard() {
        openBoard(TestingEpmPulse.KEY);
        Locator answers = page.locator("#answers");

        page.keyboard().press("n");
        page.keyboard().press("Enter");
        tabTo(page.locator("#answer-name"));
        page.keyboard().type("Anna");
        tabTo(page.locator("#answer-reason"));
        page.keyboard().type("ticket 4711");
        tabTo(button("Acknowledge"));
        page.keyboard().press("Enter");

        assertThat(answers).containsText("acknowledged by Anna: ticket 4711");
        assertThat(button("End the acknowledgement")).isFocused();
        assertThat(page.locator("#answer-note")).hasText("Recorded.");
        assertThat(entry().at("/acknowledged/reason").asText()).isEqualTo("ticket 4711");

        Instant before = Instant.now();
        tabTo(button("Mute 1 h"));
        page.keyboard().press("Space");
        assertThat(answers).containsText(Pattern.compile("muted by Anna until .*: ticket 4711"));
        assertThat(answers.locator("button").first()).isFocused();
        assertThat(Duration.between(
                        before, Instant.parse(entry().at("/muted/until").asText())))
                .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(62));

        tabTo(button("End the mute"));
        page.keyboard().press("Enter");
        assertThat(answers).not().containsText("muted by");
        assertThat(button("Mute 1 h")).isVisible();
        assertThat(entry().has("muted")).isFalse();
        tabTo(button("End the acknowledgement"));
        page.keyboard().press("Enter");
        assertThat(answers).not().containsText("acknowledged by");
        assertThat(entry().has("acknowledged")).isFalse();

        page.keyboard().press("Escape");
        assertThat(page.locator("#details")).isHidden();
        assertThat(page.locator("#attention-table .row-link")).isFocused();
        assertThat(page.locator("#attention-table .answered")).hasCount(0);
    }

    @Test
    void aKeyThatMayOnlyReadIsToldSoAndChangesNothing() {
        openBoard(reader.key());

        page.keyboard().press("n");
        page.keyboard().press("Enter");
        tabTo(button("Mute 4 h"));
        page.keyboard().press("Enter");

        assertThat(page.locator("#answers")).containsText("This key may only read.");
        assertThat(page.locator("#answers button")).hasCount(0);
        assertThat(page.locator("#details-close")).isFocused();
        assertThat(entry().has("muted")).isFalse();
        page.keyboard().press("Escape");
        assertThat(page.locator("#details")).isHidden();
        program.status("FCCS", "Journals", "Warning", "still read");
        assertThat(page.locator("#attention-table .row-link")).hasCount(2);
    }
}
