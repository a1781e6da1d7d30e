package org.epmpulse;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a controller asks at night is answered by the board of the demo with two clicks at most, in Debian's Chromium, and
 * with the numbers of the API.
 */
class BoardQuestionsIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern BOARD = Pattern.compile("The board: +(http://\\S+)#key=(\\S+)");
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneOffset.UTC);

    /** As JavaScript writes an instant, always with three digits after the second. */
    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private static final Map<String, String> WORDS = Map.of(
            "done", "OK",
            "running", "Running",
            "failed", "Failed",
            "stale", "Stale",
            "not_started", "No update yet");
    private static final int MAX_CLICKS = 2;

    /** The demo's deadline is at risk within two minutes. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final String WORD_OF_EACH = """
            () => Object.fromEntries([...document.querySelectorAll('#axis-table .domain')].map(
              row => [row.dataset.key, row.querySelector('.badge').innerText.trim()]))""";
    private static final String ON_THE_SCREEN = """
            () => [...document.querySelectorAll('[data-problem=failed]')].filter(tile => {
                const box = tile.getBoundingClientRect();
                return box.height > 0 && box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
              }).map(tile => tile.dataset.key)""";

    @TempDir
    static Path folder;

    private static PackagedProgram demo;
    private static Chromium chromium;
    private static String board;
    private static String key;

    private final List<String> errors = new ArrayList<>();
    private BrowserContext context;
    private Page page;
    private int clicks;

    @BeforeAll
    static void start() throws Exception {
        chromium = Chromium.launch();
        demo = PackagedProgram.run(folder, Map.of(), "demo", "--port", "0");
        await().until(() -> BOARD.matcher(demo.output()).find());
        Matcher address = BOARD.matcher(demo.output());
        assertThat(address.find()).isTrue();
        board = address.group(1);
        key = address.group(2);
    }

    @AfterAll
    static void stop() throws Exception {
        if (chromium != null) {
            chromium.close();
        }
        if (demo != null) {
            demo.close();
        }
    }

    @BeforeEach
    void open() {
        context = chromium.newContext(new Browser.NewContextOptions()
                .setViewportSize(1366, 768)
                .setLocale("en-GB")
                .setTimezoneId("UTC"));
        page = context.newPage();
        page.onPageError(errors::add);
        page.navigate(board + "#key=" + key);
        assertThat(page.locator("#summary .end")).isVisible();
    }

    @AfterEach
    void close() {
        context.close();
        assertThat(errors).isEmpty();
        assertThat(clicks).isLessThanOrEqualTo(MAX_CLICKS);
    }

    private void click(Locator element) {
        clicks++;
        element.click();
    }

    private static JsonNode data(String path) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(board + "api/v1/" + path)).header("X-API-Key", key);
        return JSON.readTree(PackagedProgram.send(request).body()).path("data");
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static String keyOf(JsonNode domain) {
        return domain.path("app").asText() + "/" + domain.path("domain").asText();
    }

    private static String clock(JsonNode time) {
        return CLOCK.format(Instant.parse(time.asText()));
    }

    /** The word of each domain of a window. */
    private static Map<String, String> words(JsonNode window) {
        Map<String, String> words = new TreeMap<>();
        window.path("domains")
                .forEach(domain ->
                        words.put(keyOf(domain), WORDS.get(domain.path("state").asText())));
        return words;
    }

    private static TreeSet<String> keys(JsonNode window, String field, String value) {
        return new TreeSet<>(list(window.path("domains")).stream()
                .filter(domain -> domain.path(field).asText().equals(value))
                .map(BoardQuestionsIT::keyOf)
                .toList());
    }

    @SuppressWarnings("unchecked")
    private Map<String, String> wordOfEach() {
        return (Map<String, String>) page.evaluate(WORD_OF_EACH);
    }

    /** The demo goes on between a look at the page and the reply of the API, so both must agree once. */
    private void eventually(Consumer<JsonNode> agreesWithWindow) {
        await().pollInSameThread().atMost(PATIENCE).untilAsserted(() -> agreesWithWindow.accept(data("window")));
    }

    private Locator row(String domain) {
        return page.locator("#axis-table [data-key='" + domain + "']");
    }

    private Locator count(String name) {
        return page.locator("#summary [data-count=" + name + "]");
    }

    private Locator fact(String label) {
        return page.locator("#details dt")
                .filter(new Locator.FilterOptions().setHasText(Pattern.compile("^" + label + "$")))
                .locator("+ dd");
    }

    private Locator problem(String domain) {
        return page.locator("#attention-table [data-key='" + domain + "']");
    }

    private void assertCounts(JsonNode window) {
        JsonNode counts = window.path("counts");
        int all = window.path("domains").size();
        assertThat(count("done").innerText().strip())
                .isEqualTo(counts.path("done").asInt() + " of " + all + " OK");
        Map.of("failed", "Failed", "late", "Late", "at_risk", "At risk", "running", "Running", "stale", "Stale")
                .forEach((name, word) -> {
                    int n = counts.path(name).asInt();
                    assertThat(count(name).allInnerTexts().stream().map(String::strip))
                            .as(name)
                            .isEqualTo(n == 0 ? List.of() : List.of(n + " " + word));
                });
    }

    @Test
    void isThisTonightsOkOrAnOldOne() throws Exception {
        eventually(window -> {
            assertThat(wordOfEach()).isEqualTo(words(window));
            assertCounts(window);
        });
        assertThat(data("status").at("/apps/ARCS/Certification/status").asText())
                .as("an OK of yesterday")
                .isEqualTo("OK");
        assertThat(row("ARCS/Certification").locator(".badge")).hasText("No update yet");

        click(row("ARCS/Certification").locator(".row-link"));
        assertThat(page.locator(".details-runs tbody tr")
                        .first()
                        .locator("time")
                        .last())
                .hasAttribute(
                        "datetime",
                        MILLISECONDS.format(Instant.parse(data("domains/ARCS/Certification")
                                .at("/runs/0/completed")
                                .asText())));
    }

    @Test
    void whichFailuresAreThere() {
        click(page.getByRole(AriaRole.NAVIGATION).getByText("Wall"));

        eventually(window -> {
            TreeSet<String> failed = keys(window, "state", "failed");
            assertThat(failed).isNotEmpty();
            assertThat(new TreeSet<>((List<?>) page.evaluate(ON_THE_SCREEN))).isEqualTo(failed);
        });
    }

    @Test
    void isItLaterThanLastMonth() throws Exception {
        List<Instant> asked = new ArrayList<>();
        page.onRequest(request -> {
            Matcher at = Pattern.compile("window\\?at=([^&]+)$").matcher(request.url());
            if (at.find()) {
                asked.add(Instant.parse(URLDecoder.decode(at.group(1), StandardCharsets.UTF_8)));
            }
        });
        page.reload();
        Locator monthAgo = page.locator("#summary .month-ago");
        assertThat(monthAgo).isVisible();

        Instant expected = Instant.now().atOffset(ZoneOffset.UTC).minusMonths(1).toInstant();
        assertThat(Duration.between(asked.get(0), expected)).isBetween(Duration.ZERO, Duration.ofMinutes(1));
        JsonNode window = data("window?at=" + asked.get(0));
        assertThat(window.at("/counts/done").asInt()).isPositive();
        assertThat(monthAgo)
                .hasText(DateTimeFormatter.ofPattern("d MMM")
                                .withZone(ZoneOffset.UTC)
                                .format(asked.get(0))
                        + " at this time: " + window.at("/counts/done").asInt() + " of "
                        + window.path("domains").size());
    }

    @Test
    void whenWillAllBeDone() {
        Locator end = page.locator("#summary .end");

        eventually(window -> {
            assertThat(window.path("expected_end").isTextual()).isTrue();
            assertThat(end.locator("b").innerText()).endsWith(clock(window.path("expected_end")));
            assertThat(end.locator("small").innerText()).isEqualTo("(usually " + clock(window.path("usual_end")) + ")");
        });
    }

    @Test
    void whatDependsOnIt() throws Exception {
        click(row("FCCS/Journals").locator(".row-link"));

        List<JsonNode> downstream = list(data("domains/FCCS/Journals").path("downstream"));
        assertThat(downstream).isNotEmpty();
        assertThat(fact("Is waited for by").locator("a"))
                .hasText(downstream.stream().map(BoardQuestionsIT::keyOf).toArray(String[]::new));
        assertThat(fact("Is waited for by").locator(".badge"))
                .hasText(downstream.stream()
                        .map(domain -> WORDS.get(domain.path("state").asText()))
                        .toArray(String[]::new));
        click(fact("Is waited for by").locator("a").first());
        assertThat(page.locator("#details-title")).containsText("Group Consolidation");
        assertThat(fact("Waits for")).containsText("FCCS/Journals");
    }

    @Test
    void whomDoIAsk() throws Exception {
        click(row("FCCS/Journals").locator(".row-link"));

        String owner = data("domains/FCCS/Journals").at("/rule/owner").asText();
        assertThat(owner).isNotEmpty();
        assertThat(fact("Owner")).hasText(owner);
    }

    @Test
    void wasItLikeThisYesterday() throws Exception {
        click(page.getByLabel("One day earlier"));

        assertThat(page.locator(".past")).isVisible();
        assertThat(page.locator("#axis-table .domain").first()).isVisible();
        String at = page.url().replaceFirst(".*\\?at=", "");
        assertThat(Duration.between(Instant.parse(at), Instant.now()))
                .isBetween(Duration.ofHours(24), Duration.ofHours(24).plusMinutes(5));
        JsonNode yesterday = data("window?at=" + at);
        assertThat(wordOfEach()).isEqualTo(words(yesterday));
        assertCounts(yesterday);
    }

    @Test
    void wereTheLastNightsLikeThis() throws Exception {
        click(page.getByRole(AriaRole.NAVIGATION).getByText("Nights"));

        assertThat(page.locator(".night-days a")).hasCount(30);
        Instant starts = Instant.parse(data("window").path("starts").asText());
        JsonNode before = data("window?at=" + starts.minusSeconds(1));
        Map<String, String> kinds = Map.of("failed", "Warning", "done", "OK", "not_started", "Blank");
        for (JsonNode domain : before.path("domains")) {
            String kind = domain.path("deadline_state").asText().equals("late")
                    ? "Late"
                    : kinds.getOrDefault(domain.path("state").asText(), "Loading");
            assertThat(page.locator("#nights-table [data-key='" + keyOf(domain) + "'] rect")
                            .nth(28))
                    .hasAttribute("data-kind", kind);
        }
    }

    @Test
    void whatIsLateAndWhatIsToBeDone() throws Exception {
        Locator risk = problem("FCCS/Group Consolidation");
        assertThat(risk).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE.toMillis()));

        eventually(window -> {
            JsonNode domain = list(window.path("domains")).stream()
                    .filter(each -> keyOf(each).equals("FCCS/Group Consolidation"))
                    .findFirst()
                    .orElseThrow();
            assertThat(risk.innerText())
                    .contains("At risk")
                    .containsPattern("expected .*" + clock(domain.path("expected_end")) + ", deadline .*"
                            + clock(domain.path("deadline")))
                    .contains("waiting for " + domain.path("waiting_for").get(0).asText())
                    .contains(domain.path("owner").asText());
            assertThat(risk.getByText("Runbook").getAttribute("href"))
                    .isEqualTo(domain.path("runbook").asText());
        });

        click(count("at_risk"));
        eventually(window -> assertThat(wordOfEach().keySet()).isEqualTo(keys(window, "deadline_state", "at_risk")));
    }
}
