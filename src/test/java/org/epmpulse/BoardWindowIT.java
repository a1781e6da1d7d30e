package org.epmpulse;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.Media;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The close window on the board, in Debian's Chromium: summary, time travel, nights, runs, wall and languages. */
class BoardWindowIT {

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneOffset.UTC);
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final Pattern PROBLEM_TITLE = Pattern.compile("\\d failed.* – EPMPulse");

    private static Chromium chromium;

    @TempDir
    Path folder;

    private TestingEpmPulse program;
    private final List<String> errors = new ArrayList<>();
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

    private static String clock(int minutesFromNow) {
        return CLOCK.format(NOW.plus(minutesFromNow, ChronoUnit.MINUTES));
    }

    /** A window that began an hour ago; one domain is late, one waits for another. */
    private static String apps() {
        return """
                {"apps": {
                  "Planning": {"display_name": "Planning & Budget", "domains": ["Actual",
                    {"name": "Budget", "by": "%s", "owner": "FP&A", "runbook": "https://wiki.example.com/budget"}]},
                  "FCCS": {"domains": ["Trial Balance", {"name": "Consolidation", "after": ["FCCS/Trial Balance"]}]}},
                 "close": {"starts": "%s", "timezone": "UTC", "days": "mon-sun"}}""".formatted(clock(-10), clock(-60));
    }

    @BeforeEach
    void start() throws Exception {
        program = new TestingEpmPulse(folder, apps()).start();
        openTab(new Browser.NewContextOptions());
    }

    @AfterEach
    void stop() {
        closeTab();
        program.close();
        assertThat(errors).isEmpty();
    }

    private void openTab(Browser.NewContextOptions options) {
        closeTab();
        context = chromium.newContext(options.setLocale(options.locale == null ? "en-GB" : options.locale));
        context.setDefaultTimeout(20_000);
        page = context.newPage();
        page.onPageError(errors::add);
    }

    private void closeTab() {
        if (context != null) {
            // A request that is being replaced must not fail the test.
            page.unrouteAll();
            context.close();
        }
    }

    private void openBoard(String query) {
        page.navigate(program.uri("/" + query + "#key=" + TestingEpmPulse.KEY).toString());
        assertThat(page.locator("#summary")).isVisible();
    }

    /** Waits until an expression is true; the page's policy forbids waitForFunction. */
    private void eventually(String expression) {
        Awaitility.await()
                .pollInSameThread()
                .atMost(Duration.ofSeconds(20))
                .until(() -> Boolean.TRUE.equals(page.evaluate(expression)));
    }

    private Locator row(String key) {
        return page.locator("#axis-table [data-key='" + key + "']");
    }

    private Locator problem(String key) {
        return page.locator("#attention-table [data-key='" + key + "']");
    }

    private Locator count(String name) {
        return page.locator("#summary [data-count=" + name + "]");
    }

    private void post(String app, String domain, String status, int minutesAgo, String message) {
        String body =
                "{\"app\": \"%s\", \"domain\": \"%s\", \"status\": \"%s\", \"timestamp\": \"%s\", \"message\": \"%s\"}"
                        .formatted(app, domain, status, NOW.minus(minutesAgo, ChronoUnit.MINUTES), message);
        assertThat(program.post("/api/v1/status", body).statusCode()).isEqualTo(200);
    }

    @Test
    void theSummaryCountsTheWindowAndEachCountIsAFilter() {
        post("Planning", "Actual", "OK", 90, "of the day before");
        post("Planning", "Budget", "Loading", 20, "file 1");
        post("FCCS", "Trial Balance", "Warning", 15, "14 records rejected");
        openBoard("");

        assertThat(count("done")).hasText("0 of 4 OK");
        assertThat(count("failed")).hasText("1 Failed");
        assertThat(count("late")).hasText("1 Late");
        assertThat(count("running")).hasText("1 Running");
        assertThat(count("not_started")).hasText("2 No update yet");
        assertThat(row("Planning/Actual").locator(".badge")).hasText("No update yet");
        assertThat(row("FCCS/Consolidation")).containsText("waiting for FCCS/Trial Balance");

        count("failed").click();
        assertThat(page).hasURL(Pattern.compile("\\?status=failed$"));
        assertThat(page.locator("#axis-table .domain")).hasCount(1);
        page.goBack();
        assertThat(page.locator("#axis-table .domain")).hasCount(4);

        post("FCCS", "Trial Balance", "OK", 1, "repaired");
        assertThat(count("done")).hasText("1 of 4 OK");
        assertThat(count("failed")).hasCount(0);
    }

    @Test
    void aLateDomainNeedsAttentionWithItsOwnerAndRunbook() {
        post("Planning", "Budget", "Loading", 20, "file 1");
        openBoard("");

        assertThat(problem("Planning/Budget")).containsText("Late");
        assertThat(problem("Planning/Budget"))
                .containsText(Pattern.compile("deadline \\d\\d:\\d\\d passed [1-9]\\d\\smin ago"));
        assertThat(problem("Planning/Budget")).containsText("FP&A");
        assertThat(problem("Planning/Budget").getByText("Runbook"))
                .hasAttribute("href", "https://wiki.example.com/budget");
        assertThat(row("Planning/Budget").locator(".deadline.missed")).hasCount(1);
        assertThat(page).hasTitle("1 late – EPMPulse");

        post("Planning", "Budget", "OK", 0, "loaded");
        assertThat(page.locator("#attention")).containsText("Nothing needs attention.");
        assertThat(row("Planning/Budget")).containsText("after its deadline");
    }

    @Test
    void aProblemIsAcknowledgedAndMutedInItsDetails() {
        post("FCCS", "Trial Balance", "Warning", 15, "14 records rejected");
        openBoard("?domain=FCCS/Trial%20Balance");
        Locator answers = page.locator("#answers");
        page.locator("#answer-name").fill("Anna");
        page.locator("#answer-reason").fill("ticket 4711");

        answers.getByText("Acknowledge", new Locator.GetByTextOptions().setExact(true))
                .click();

        assertThat(answers).containsText("acknowledged by Anna: ticket 4711");
        answers.getByText("Mute 4 h").click();
        assertThat(answers).containsText(Pattern.compile("muted by Anna until .*: ticket 4711"));
        assertThat(problem("FCCS/Trial Balance").locator(".answered")).hasText(new String[] {"acknowledged", "muted"});
        assertThat(page.locator("#details-list")).containsText("acknowledged by Anna: ticket 4711");

        answers.getByText("End the acknowledgement").click();
        assertThat(answers).not().containsText("acknowledged by Anna");
        assertThat(program.data("/api/v1/status")
                        .at("/apps/FCCS/Trial Balance/muted/by")
                        .asText())
                .isEqualTo("Anna");
    }

    @Test
    void aKeyThatMayOnlyReadIsToldSo() {
        post("FCCS", "Trial Balance", "Warning", 15, "14 records rejected");
        page.route(
                "**/acknowledge",
                route -> route.fulfill(
                        new Route.FulfillOptions().setStatus(403).setBody("{\"success\": false, \"error\": {}}")));
        openBoard("?domain=FCCS/Trial%20Balance");

        page.locator("#answers")
                .getByText("Acknowledge", new Locator.GetByTextOptions().setExact(true))
                .click();

        assertThat(page.locator("#answers")).containsText("This key may only read.");
        assertThat(page.locator("#answers button")).hasCount(0);
    }

    @Test
    void aRowDoesNotMoveWhenAnotherOneFails() {
        post("FCCS", "Consolidation", "Warning", 5, "first");
        openBoard("");
        assertThat(problem("FCCS/Consolidation")).containsText("first");

        post("Planning", "Actual", "Warning", 4, "second");
        post("FCCS", "Trial Balance", "Warning", 3, "third");
        assertThat(page.locator("#attention-table .name"))
                .hasText(new String[] {"Actual", "Budget", "Trial Balance", "Consolidation"});
    }

    @Test
    void arrowsAndClockShowThePast() throws Exception {
        post("FCCS", "Trial Balance", "OK", 30, "as it was");
        String then = TestingEpmPulse.json(program.get("/api/v1/window"))
                .at("/data/as_of")
                .asText();
        post("FCCS", "Trial Balance", "Warning", 1, "as it is");
        openBoard("?at=" + then);

        assertThat(page.locator(".past")).containsText("Status at");
        assertThat(row("FCCS/Trial Balance").locator(".badge")).hasText("OK");
        post("FCCS", "Consolidation", "Warning", 0, "later");
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName("Now").setExact(true))
                .click();
        assertThat(page).hasURL(Pattern.compile("/$"));
        assertThat(row("FCCS/Trial Balance").locator(".badge")).hasText("Failed");
        assertThat(problem("FCCS/Consolidation")).containsText("later");

        page.getByLabel("One day earlier").click();
        assertThat(page).hasURL(Pattern.compile("\\?at="));
        assertThat(count("not_started")).hasText("4 No update yet");
        page.goBack();
        assertThat(row("FCCS/Trial Balance").locator(".badge")).hasText("Failed");
    }

    @Test
    void aTimeBeforeTheHistoryIsSaidToHaveNoData() {
        page.route(
                Pattern.compile(".*/api/v1/window\\?at=.*"),
                route -> route.fulfill(new Route.FulfillOptions()
                        .setStatus(404)
                        .setContentType("application/json")
                        .setBody("{\"error\": {\"message\": \"Gone.\", \"details\": {\"since\":"
                                + " \"2026-02-16T14:30:00Z\"}}}")));
        openBoard("");
        page.getByLabel("One day earlier").click();

        assertThat(page.locator("#note")).containsText("There is no data of");
        assertThat(page.locator("#note")).containsText("16 February 2026");
        assertThat(page.locator(".domain")).hasCount(0);
    }

    @Test
    void aMonthWithoutUpdatesIsNotComparedWith() {
        post("FCCS", "Trial Balance", "OK", 10, "the first update");
        page.waitForResponse(Pattern.compile(".*/window\\?at=.*"), () -> openBoard(""));

        assertThat(row("FCCS/Trial Balance").locator(".bar")).hasCount(1);
        assertThat(page.locator("#summary .month-ago")).hasCount(0);
    }

    @Test
    void runsAreListedAndSavedAsCsv() throws Exception {
        post("FCCS", "Trial Balance", "Loading", 30, "");
        post("FCCS", "Trial Balance", "OK", 10, "48 entities");
        openBoard("?view=runs");

        Locator runs = page.locator("#runs-table tbody tr");
        assertThat(runs).hasCount(1);
        assertThat(runs)
                .containsText(Pattern.compile("OK.*FCCS · Trial Balance.*20\\smin.*48 entities", Pattern.DOTALL));
        Download csv = page.waitForDownload(() -> page.getByText("Save as CSV").click());
        assertThat(Files.readString(csv.path()))
                .startsWith("app,domain,job_id,status,started,completed,duration_sec,message,url")
                .contains("FCCS,Trial Balance,");
        page.getByLabel("Status").selectOption("failed");
        Download none = page.waitForDownload(() -> page.getByText("Save as CSV").click());
        assertThat(Files.readString(none.path())).startsWith("app,").doesNotContain("Trial Balance");
        page.getByLabel("Status").selectOption("");
        page.setViewportSize(360, 740);
        assertThat(runs.getByText(Pattern.compile("^20\\smin$"))).isVisible();
        page.getByLabel("App").selectOption("Planning");
        assertThat(page.locator("#runs")).containsText("No runs in this range.");
    }

    @Test
    void nightsShowTheCurrentOneAsTheLast() {
        post("FCCS", "Trial Balance", "Warning", 10, "rejected");
        openBoard("");
        page.getByRole(AriaRole.NAVIGATION).getByText("Nights").click();

        Locator line = page.locator("#nights-table [data-key='FCCS/Trial Balance']");
        assertThat(page.locator("#nights [role=status]")).hasText("");
        assertThat(page.locator(".night-days a")).hasCount(1);
        assertThat(line).containsText("1 Failed");
        assertThat(line.locator("rect[data-kind=Warning]")).hasCount(1);
        assertThat(page).hasURL(Pattern.compile("\\?view=nights$"));
    }

    @Test
    void aTableIsCopiedAsTextAndHtml() {
        context.grantPermissions(List.of("clipboard-read", "clipboard-write"));
        post("FCCS", "Trial Balance", "Warning", 10, "14 records rejected");
        openBoard("?status=failed");
        assertThat(problem("FCCS/Trial Balance")).isVisible();

        page.locator("#attention .copy").click();

        assertThat(page.locator("#live")).hasText("Copied: 1 rows");
        assertThat(page.evaluate("navigator.clipboard.readText()"))
                .asString()
                .startsWith("Status\tDomain\tWhat happened")
                .contains("Failed\tFCCS · Trial Balance\t14 records rejected");
        problem("FCCS/Trial Balance").locator(".row-link").focus();
        page.keyboard().press("Control+c");
        assertThat(page.evaluate("(async () => { const [item] = await navigator.clipboard.read();"
                        + " return (await item.getType('text/html')).text(); })()"))
                .asString()
                .contains("<td>FCCS · Trial Balance</td>");
    }

    @Test
    void theWallNeverCallsFailuresThatAFilterHidesOnTime() {
        post("FCCS", "Trial Balance", "Warning", 10, "failed");
        openBoard("?view=wall&status=done");
        assertThat(page.locator(".wall-head")).isVisible();

        assertThat(page.getByText("Domains that do and are not shown")).isVisible();
        assertThat(page.locator(".wall-ok")).hasCount(0);
        post("FCCS", "Trial Balance", "OK", 1, "repaired");
    }

    @Test
    void theWallOfATimeWithoutDataSaysSo() {
        page.route(
                "**/api/v1/window?*at=*",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setStatus(404)
                        .setContentType("application/json")
                        .setBody("{\"success\": false, \"error\": {\"code\": \"NOT_FOUND\", \"message\": \"gone\","
                                + " \"details\": {\"since\": \"2026-01-01T00:00:00Z\"}}}")));

        openBoard("?view=wall&at=2000-01-01T00:00:00Z");

        assertThat(page.getByText("There is no data of")).isVisible();
        assertThat(page.locator(".wall-ok")).hasCount(0);
    }

    @Test
    void aReaderWhoAsksForItGetsANotificationOfANewProblem() {
        page.addInitScript("window.shown = []; window.Notification = class {"
                + " constructor(title) { window.shown.push(title); }"
                + " static permission = 'default';"
                + " static async requestPermission() { return Notification.permission = 'granted'; } };");
        post("FCCS", "Trial Balance", "Warning", 10, "known before");
        openBoard("");
        assertThat(problem("FCCS/Trial Balance")).isVisible();
        // Deadlines are only known when the window is there, to which the notifications compare.
        assertThat(row("Planning/Budget").locator(".deadline")).hasCount(1);

        page.locator("#notify").click();
        assertThat(page.locator("#notify")).hasText("Notifications on");
        post("FCCS", "Consolidation", "Warning", 1, "new");
        assertThat(problem("FCCS/Consolidation")).isVisible();

        eventually("window.shown.length > 0");
        assertThat(page.evaluate("window.shown")).isEqualTo(List.of("Failed: FCCS Consolidation"));
    }

    @Test
    void aHiddenTabGoesOnAndShowsTheStateInTitleAndIcon() {
        page.clock().install();
        openBoard("");
        assertThat(page.locator("link[rel=icon]")).hasAttribute("href", Pattern.compile("icon(-late)?.svg"));
        page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true});"
                + " document.dispatchEvent(new Event('visibilitychange'))");

        post("FCCS", "Trial Balance", "Warning", 1, "while hidden");
        page.clock().fastForward(50_000);

        assertThat(page).hasTitle(PROBLEM_TITLE);
        assertThat(page.locator("link[rel=icon]")).hasAttribute("href", "icon-failed.svg");
    }

    @Test
    void thePageSaysThatTheServiceIsStarting() {
        AtomicBoolean starting = new AtomicBoolean(true);
        page.route("**/api/v1/status", route -> {
            if (starting.get()) {
                route.fulfill(new Route.FulfillOptions()
                        .setStatus(503)
                        .setContentType("application/json")
                        .setBody("{\"error\": {\"code\": \"UNAVAILABLE\", \"message\": \"EPMPulse is starting. Retry"
                                + " in a few seconds.\"}}"));
            } else {
                route.resume();
            }
        });
        page.navigate(program.uri("/#key=" + TestingEpmPulse.KEY).toString());

        assertThat(page.locator("#alarm")).containsText("EPMPulse is starting.");
        starting.set(false);
        assertThat(page.locator("#summary")).isVisible();
        assertThat(page.locator("#alarm p")).hasCount(0);
    }

    @ParameterizedTest
    @CsvSource({
        "de-DE, '', de, Noch keine Meldung",
        "fr-FR, '', en, No update yet",
        "en-GB, ?lang=de, de, Noch keine Meldung"
    })
    void thePageIsInTheReadersLanguageOrEnglish(String locale, String query, String language, String text) {
        openTab(new Browser.NewContextOptions().setLocale(locale));
        openBoard(query);

        assertThat(page.locator("html")).hasAttribute("lang", language);
        assertThat(row("Planning/Actual")).containsText(text);
    }

    @Test
    void withoutAWindowTheLast24HoursAreShown() throws Exception {
        program.close();
        program = new TestingEpmPulse(folder.resolve("plain"), "{\"apps\": {\"FCCS\": {\"domains\": [\"Journals\"]}}}")
                .start();
        post("FCCS", "Journals", "Loading", 90, "");
        post("FCCS", "Journals", "OK", 60, "balanced");
        openBoard("");

        assertThat(page.locator(".window-label")).hasText("last 24 hours");
        assertThat(count("done")).hasText("1 of 1 OK");
        assertThat(row("FCCS/Journals").locator(".bar")).hasCount(1);
        page.getByRole(AriaRole.NAVIGATION).getByText("Nights").click();
        assertThat(page.locator("#nights-table [data-key='FCCS/Journals']")).containsText("1 OK");
    }

    @Test
    void onPaperAndOnAPhoneNothingIsCutOff() {
        openTab(new Browser.NewContextOptions().setViewportSize(360, 740));
        post("FCCS", "Trial Balance", "Warning", 10, "14 records rejected: no member CC_4711 in Cost Center");
        for (String view : List.of("", "?view=nights", "?view=runs", "?domain=FCCS/Trial%20Balance")) {
            openBoard(view);
            assertThat(page.locator("[data-key='FCCS/Trial Balance'], #details-list")
                            .first())
                    .isVisible();
            assertThat(page.evaluate("document.documentElement.scrollWidth"))
                    .as(view)
                    .isEqualTo(360);
            assertThat(chromium.seriousViolations(page)).as(view).isEmpty();
        }

        program.post(
                "/api/v1/status",
                "{\"app\": \"FCCS\", \"domain\": \"Consolidation\", \"status\": \"Warning\","
                        + " \"job_id\": \"TRANSACTION_MATCHING\"}");
        page.setViewportSize(794, 1123);
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
        openBoard("");
        assertThat(problem("FCCS/Consolidation")).containsText("TRANSACTION_MATCHING");
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(794);
        assertThat(page.evaluate(
                        "[...document.querySelectorAll('.code')].every(code => code.getClientRects().length < 2)"))
                .isEqualTo(true);
        assertThat(page.locator("#attention")).containsText("CC_4711");
        assertThat(page.locator("button:visible, input:visible, select:visible"))
                .hasCount(0);
    }

    /** Replaces the replies of the API with many domains, of which some have failed. */
    private void replaceBoard(int apps, int domains, int failures) {
        List<String> names = List.of(
                "Intercompany Matching",
                "Consolidation",
                "Reconciliation Compliance",
                "Workforce",
                "Supplemental Data Manager");
        int every = apps * domains / failures;
        StringBuilder catalog = new StringBuilder();
        StringBuilder board = new StringBuilder();
        StringBuilder window = new StringBuilder();
        for (int i = 0; i < apps * domains; i++) {
            String app = "Application " + (i / domains + 1);
            String domain = names.get(i % names.size()) + " " + (i % domains + 1);
            boolean first = i % domains == 0;
            boolean failed = i % every == 0 && i / every < failures;
            String entry = "\"status\": \"%s\", \"job_id\": \"LOAD_%d\", \"message\": \"14 of 1,204 records rejected\","
                            .formatted(failed ? "Warning" : "OK", i)
                    + " \"updated\": \"%s\", \"started\": null, \"duration_sec\": 60, \"usual_sec\": 61"
                            .formatted(Instant.now().minusSeconds(3600));
            catalog.append(
                            first
                                    ? (i == 0 ? "" : "]}, ")
                                            + "{\"app\": \"%s\", \"display_name\": \"%s\", \"domains\": ["
                                                    .formatted(app, app)
                                    : ", ")
                    .append('"')
                    .append(domain)
                    .append('"');
            board.append(first ? (i == 0 ? "" : "}, ") + "\"" + app + "\": {" : ", ")
                    .append("\"%s\": {%s, \"stale\": false, \"overdue\": false}".formatted(domain, entry));
            window.append(i == 0 ? "" : ", ")
                    .append(
                            "{\"app\": \"%s\", \"domain\": \"%s\", \"state\": \"%s\", \"deadline\": null, \"deadline_state\":"
                                    .formatted(app, domain, failed ? "failed" : "done"))
                    .append(" \"none\", \"expected_end\": null, \"usual_end\": null, \"waiting_for\": [], ")
                    .append(entry)
                    .append('}');
        }
        Instant now = Instant.now();
        page.route("**/api/v1/**", route -> {
            String url = route.request().url();
            String data = url.contains("/status")
                    ? "{\"revision\": 1, \"catalog\": [%s]}], \"apps\": {%s}}}".formatted(catalog, board)
                    : url.contains("/window")
                            ? "{\"starts\": \"%s\", \"ends\": \"%s\", \"as_of\": \"%s\", \"expected_end\": null, \"counts\": {\"done\": 1}, \"domains\": [%s]}"
                                    .formatted(now.minusSeconds(28_800), now.plusSeconds(28_800), now, window)
                            : null;
            if (data == null) {
                route.abort();
            } else {
                route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody("{\"success\": true, \"data\": " + data + "}"));
            }
        });
    }

    /** Names of which a word is broken over two lines. */
    private static final String BROKEN = """
            () => [...document.querySelectorAll('.name, .tile-name bdi')].filter(name => [...name.childNodes]
              .filter(node => node.nodeType === 3).some(node => [...node.data.matchAll(/\\S+/g)].some(word => {
                const range = document.createRange();
                range.setStart(node, word.index);
                range.setEnd(node, word.index + word[0].length);
                return range.getClientRects().length > 1;
              }))).map(name => name.textContent)""";

    private static final String OUTSIDE = """
            () => [...document.querySelectorAll('[data-problem]')].filter(tile => {
                const box = tile.getBoundingClientRect();
                return box.bottom > innerHeight || box.right > innerWidth || box.height === 0;
              }).length""";

    /** Whether type that is 7 % larger does not fit. */
    private static final String AS_LARGE_AS_POSSIBLE = """
            () => {
              const {style} = document.documentElement;
              const main = document.querySelector('#main');
              const before = style.fontSize;
              style.fontSize = `${parseFloat(before) * 1.07}px`;
              const fits = main.scrollHeight <= main.clientHeight && main.scrollWidth <= main.clientWidth;
              style.fontSize = before;
              return !fits;
            }""";

    /** Whether no tile is smaller than the wall assumes when it says without a look that too many do not fit. */
    private static final String TILES_AS_LARGE_AS_ASSUMED = """
            () => ['full', 'short'].every((level, i) => [...document.querySelectorAll(`.tiles.${level} .tile`)].every(tile => {
                const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
                const {width, height} = tile.getBoundingClientRect();
                return width / rem + 0.5 >= [26.5, 17.5][i] && height / rem + 0.5 >= 4;
              }))""";

    @ParameterizedTest
    @CsvSource({
        "1366, 768, 12",
        "1366, 768, 300",
        "1920, 1080, 12",
        "1920, 1080, 60",
        "3840, 2160, 12",
        "3840, 2160, 300"
    })
    void theWallShowsEverythingThatNeedsAttentionAndBreaksNoWord(int width, int height, int failures) {
        openTab(new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setLocale("en-US")
                .setTimezoneId("America/New_York"));
        replaceBoard(20, 50, failures);
        openBoard("?view=wall");

        assertThat(page.locator("[data-problem]")).hasCount(failures);
        assertThat(page.evaluate(OUTSIDE)).isEqualTo(0);
        assertThat((List<?>) page.evaluate(BROKEN)).isEmpty();
        assertThat(page.evaluate("document.querySelector('#main').scrollHeight"))
                .isEqualTo(height);
        assertThat(page.evaluate(AS_LARGE_AS_POSSIBLE)).isEqualTo(true);
        assertThat(page.evaluate(TILES_AS_LARGE_AS_ASSUMED)).isEqualTo(true);
        assertThat(page.locator("button:visible, input:visible, select:visible"))
                .hasCount(0);
    }

    @Test
    void theWallOfAFewDomainsShowsTheTimeAxisAndGrowsWithTheScreen() {
        openTab(new Browser.NewContextOptions().setViewportSize(1920, 1080));
        post("FCCS", "Trial Balance", "Warning", 10, "14 records rejected");
        openBoard("?view=wall");

        assertThat(page.locator(".tile").first()).containsText("14 records rejected");
        assertThat(row("FCCS/Trial Balance")).isVisible();
        Number size =
                (Number) page.evaluate("parseFloat(getComputedStyle(document.querySelector('.tile-name')).fontSize)");
        assertThat(size.doubleValue()).isGreaterThan(24.0);
        page.setViewportSize(3840, 2160);
        eventually("document.querySelector('.track .bar').getBoundingClientRect().height > 24");
        assertThat(page.evaluate("[...document.querySelectorAll('.ticks text')].every(text =>"
                        + " text.getBoundingClientRect().top >= text.closest('svg').getBoundingClientRect().top)"))
                .isEqualTo(true);
        page.setViewportSize(1366, 768);
        eventually("document.querySelector('#main').scrollHeight === 768 && [...document.querySelectorAll('#main *')]"
                + ".every(element => element.getBoundingClientRect().bottom <= 769)");
    }

    @Test
    void theWallOfATimeInThePastIsAsLargeAsThatOfNow() {
        openTab(new Browser.NewContextOptions().setViewportSize(1920, 1080));
        post("FCCS", "Trial Balance", "Warning", 10, "14 records rejected");
        openBoard(
                "?view=wall&at=" + program.data("/api/v1/window").path("as_of").asText());

        assertThat(page.locator(".past")).containsText("Status at");
        assertThat(row("FCCS/Trial Balance")).isVisible();
        eventually("parseFloat(document.documentElement.style.fontSize) > 18");
    }

    @Test
    void onATabletEverythingOfAProblemIsOnTheScreen() {
        openTab(new Browser.NewContextOptions().setViewportSize(820, 1180));
        post("Planning", "Budget", "Loading", 20, "file 1");
        openBoard("");

        assertThat(problem("Planning/Budget").getByText("FP&A")).isVisible();
        assertThat(row("Planning/Budget").locator(".late-text")).isVisible();
        assertThat(page.evaluate("""
                () => [document.querySelector('#attention .scroll'), ...document.querySelectorAll('.late-text')].every(
                  part => part.scrollWidth <= part.clientWidth || part.clientWidth === 0)
                  && [...document.querySelectorAll('.late-text')].every(text => text.getBoundingClientRect().right
                    <= text.parentElement.getBoundingClientRect().right)""")).isEqualTo(true);
    }

    @ParameterizedTest
    @CsvSource({"360, 740", "820, 1180", "1440, 900"})
    void noLabelOfTheTimeAxisIsCutOff(int width, int height) {
        openTab(new Browser.NewContextOptions().setViewportSize(width, height).setLocale("en-US"));
        openBoard("");

        assertThat(page.locator(".ticks text").first()).isAttached();
        assertThat(page.evaluate("""
                () => [...document.querySelectorAll('.ticks text')].every(text => text.getBoundingClientRect().right
                  <= text.closest('svg').getBoundingClientRect().right)""")).isEqualTo(true);
    }

    @Test
    void aFilterDoesNotSayThatNothingNeedsAttention() {
        post("FCCS", "Trial Balance", "Warning", 10, "14 records rejected");
        openBoard("?app=Planning&q=Actual");

        assertThat(page.locator("#attention .note")).containsText("not shown: 2");
    }

    @Test
    void aStaleRunIsStaleInEveryView() {
        post("FCCS", "Trial Balance", "Loading", 180, "waits for a file");
        post("FCCS", "Consolidation", "Loading", 1, "runs");
        openBoard("?view=runs");

        assertThat(page.locator("#runs-table [data-key='FCCS/Trial Balance'] .badge"))
                .hasText("Stale");
        assertThat(page.locator("#runs-table [data-key='FCCS/Consolidation'] .badge"))
                .hasText("Running");
        openBoard("?view=nights");
        assertThat(page.locator("#nights-title")).hasText("The last night");
        assertThat(page.locator("#nights-table [data-key='FCCS/Trial Balance']"))
                .containsText("1 Stale");
        openBoard("?domain=FCCS/Trial%20Balance");
        assertThat(page.locator(".details-runs .badge")).hasText("Stale");
    }

    @Test
    void detailsSayOnceThatADomainIsLateAndNotThatItIsExpectedNow() {
        for (int run = 8; run > 0; run--) {
            post("Planning", "Budget", "Loading", 600 * run, "");
            post("Planning", "Budget", "OK", 600 * run - 5, "");
        }
        post("Planning", "Budget", "Loading", 20, "file 1");
        openBoard("?domain=Planning/Budget");

        Locator state = page.locator(".details-state");
        assertThat(state).containsText(Pattern.compile("Running.*Late", Pattern.DOTALL));
        // The minutes of the posts count from the start of the class.
        assertThat(page.locator(".details-body")).containsText(Pattern.compile("running for [23]\\d\\smin"));
        assertThat(state).not().containsText("expected");
        assertThat(row("Planning/Budget")).not().containsText("until about");
    }

    @Test
    void noNameBreaksInsideAWordOnAPhone() {
        openTab(new Browser.NewContextOptions().setViewportSize(360, 740).setLocale("en-US"));
        replaceBoard(2, 20, 12);
        openBoard("");

        assertThat(page.locator("#attention-table .name")).hasCount(12);
        assertThat(page.locator("#axis-table .name")).hasCount(40);
        assertThat((List<?>) page.evaluate(BROKEN)).isEmpty();
        page.evaluate(
                "document.querySelectorAll('#axis-table .state-time').forEach(time => time.append(' and a longer text'))");
        assertThat((List<?>) page.evaluate(BROKEN)).isEmpty();
    }

    @Test
    void manyDomainsAreFoldedSoThatThePageStaysSmall() {
        replaceBoard(50, 100, 12);
        openBoard("");

        assertThat(page.locator("#attention-table .domain")).hasCount(12);
        assertThat(page.locator("#axis-table .domain")).hasCount(12);
        assertThat((List<?>) page.evaluate(BROKEN)).isEmpty();
        page.locator("#axis-table .fold").first().click();
        assertThat(page.locator("#axis-table .domain")).hasCount(111);
        page.getByLabel("Find").fill("LOAD_4999");
        assertThat(page.locator("#axis-table .domain")).hasCount(1);
    }
}
