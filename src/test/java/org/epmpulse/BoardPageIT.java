package org.epmpulse;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The board page of the packaged program in Debian's Chromium. */
class BoardPageIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MARKUP = "<img src=x onerror=alert(1)>";
    private static final String OVERRIDE = "\u202eturned around";
    private static final String LONG = "L".repeat(100);
    private static final String APPS =
            """
            {"apps": {
              "Planning": {"domains": ["Actual", "Budget"]},
              "FCCS": {"domains": ["Consolidation", "Intercompany"]},
              "ARCS": {"domains": ["Matching", "Reconciliation"]},
              "LONG": {"domains": ["LONG", "MARKUP", "OVERRIDE"]}}}""".replace("LONG", LONG).replace("MARKUP", MARKUP).replace("OVERRIDE", OVERRIDE);

    @TempDir
    static Path folder;

    private static Map<String, String> settings;
    private static PackagedProgram program;
    private static Chromium chromium;

    private final List<String> errors = new ArrayList<>();
    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void start() throws Exception {
        chromium = Chromium.launch();
        settings = PackagedProgram.settings(folder);
        Path apps = folder.resolve("apps.json");
        Files.writeString(apps, APPS);
        settings.put("EPMPULSE_APPS_CONFIG", apps.toString());
        // So that no other program is assigned it while one starts again.
        settings.put("EPMPULSE_PORT", Integer.toString(FreePort.find()));
        program = PackagedProgram.run(folder, settings);
    }

    @AfterAll
    static void stop() throws Exception {
        if (chromium != null) {
            chromium.close();
        }
        if (program != null) {
            program.close();
        }
    }

    @BeforeEach
    void openTab() {
        openTab(1280, 800);
    }

    private void openTab(int width, int height) {
        openTab(new Browser.NewContextOptions().setViewportSize(width, height));
    }

    private void openTab(Browser.NewContextOptions options) {
        closeTab();
        context = chromium.newContext(options);
        context.setDefaultTimeout(20_000);
        page = context.newPage();
        page.onPageError(errors::add);
        page.onDialog(dialog -> {
            errors.add("unexpected dialog: " + dialog.message());
            dialog.dismiss();
        });
    }

    @AfterEach
    void closeTab() {
        if (context != null) {
            context.close();
        }
        assertThat(errors).isEmpty();
    }

    private void openBoard(String query) {
        page.navigate(program.uri("/" + query + "#key=" + PackagedProgram.KEY).toString());
        assertThat(page.locator("#summary")).isVisible(longTimeout());
    }

    private static LocatorAssertions.IsVisibleOptions longTimeout() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(20_000);
    }

    private static void contains(Locator locator, String text) {
        assertThat(locator).containsText(text, new LocatorAssertions.ContainsTextOptions().setTimeout(20_000));
    }

    private Locator row(String domain) {
        return page.locator("#axis-table .domain")
                .filter(new Locator.FilterOptions()
                        .setHas(page.locator(".name")
                                .getByText(domain, new Locator.GetByTextOptions().setExact(true))));
    }

    /** The row of a domain in the table of what needs attention. */
    private Locator problem(String domain) {
        return page.locator("#attention-table .domain")
                .filter(new Locator.FilterOptions()
                        .setHas(page.locator(".name")
                                .getByText(domain, new Locator.GetByTextOptions().setExact(true))));
    }

    private static void post(String app, String domain, String status, String message) throws Exception {
        post(Map.of("app", app, "domain", domain, "status", status, "message", message));
    }

    private static void post(Map<String, String> update) throws Exception {
        assertThat(program.post("/api/v1/status", JSON.writeValueAsString(update))
                        .statusCode())
                .isEqualTo(200);
    }

    private static String minutesAgo(int minutes) {
        return Instant.now()
                .truncatedTo(ChronoUnit.SECONDS)
                .minus(minutes, ChronoUnit.MINUTES)
                .toString();
    }

    /** Replaces the program's reply to a GET. */
    private void replaceReply(String path, String data) {
        page.route(
                program.uri(path) + "*",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody("{\"success\": true, \"data\": " + data + "}")));
    }

    /** Replaces the program's board, and blocks the event stream of the real one. */
    private void replaceBoard(String data) {
        page.route(program.uri("/api/v1/events") + "*", Route::abort);
        replaceReply("/api/v1/status", data);
    }

    @Test
    void aPostedStatusAppearsWithoutReloadAndAFailureNeedsAttention() throws Exception {
        post("Planning", "Budget", "OK", "before");
        post("FCCS", "Consolidation", "OK", "before");
        openBoard("");
        contains(row("Budget"), "before");

        post("FCCS", "Consolidation", "Warning", "14 records rejected");

        contains(row("Consolidation"), "14 records rejected");
        assertThat(row("Consolidation").locator(".badge")).hasText("Failed");
        contains(problem("Consolidation"), "14 records rejected");
        assertThat(page).hasTitle(Pattern.compile("\\d failed – EPMPulse"));
        contains(page.locator("#live"), "FCCS Consolidation: Failed, 14 records rejected");
        contains(page.locator("#summary"), "Failed");
    }

    /** Counts the page's requests for the whole board from now on. */
    private AtomicInteger countBoardRequests() {
        AtomicInteger requests = new AtomicInteger();
        page.onRequest(request -> requests.addAndGet(request.url().endsWith("/api/v1/status") ? 1 : 0));
        return requests;
    }

    @Test
    void aStatusArrivesByStreamWithoutAnotherBoardRequest() throws Exception {
        AtomicInteger requests = countBoardRequests();
        page.waitForResponse(response -> response.url().endsWith("/api/v1/events"), () -> openBoard(""));

        for (String message : List.of("first", "second", "third")) {
            post("Planning", "Budget", "Loading", message);
            contains(row("Budget"), message);
        }

        post("Planning", "Budget", "OK", "loaded");
        assertThat(row("Budget").locator(".badge")).hasText("OK");
        assertThat(requests).hasValue(1);
    }

    @Test
    void aBoardOfANodeWithoutItsDatabaseSaysSinceWhenItIsNotUpToDate() throws Exception {
        post("Planning", "Budget", "OK", "before the outage");
        page.route("**/api/v1/events", Route::abort);
        AtomicReference<String> asOf = new AtomicReference<>("2026-02-16T14:29:58Z");
        page.route("**/api/v1/status", route -> {
            APIResponse reply = route.fetch();
            Map<String, String> headers = new TreeMap<>(reply.headers());
            if (asOf.get() != null) {
                headers.put("EPMPulse-As-Of", asOf.get());
            }
            route.fulfill(new Route.FulfillOptions().setResponse(reply).setHeaders(headers));
        });
        openBoard("");

        contains(page.locator("#alarm"), "Not up to date since ");
        contains(page.locator("#alarm"), "no connection to its database");
        contains(row("Budget"), "before the outage");
        assertThat(page).hasTitle("Not up to date – EPMPulse");

        asOf.set(null);
        assertThat(page.locator("#alarm p")).hasCount(0);
    }

    @Test
    void theStreamSaysThatTheDatabaseIsAway() {
        page.route(
                "**/api/v1/events",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("text/event-stream")
                        .setBody(
                                "retry: 2000\nid: 1\n\nevent: as-of\ndata: {\"as_of\":\"2026-02-16T14:29:58Z\"}\n\n")));
        openBoard("");

        contains(page.locator("#alarm"), "Not up to date since ");
    }

    @Test
    void ifAProxyBlocksTheStreamTheBoardIsPolled() throws Exception {
        page.route("**/api/v1/events", Route::abort);
        AtomicInteger requests = countBoardRequests();
        openBoard("");

        post("Planning", "Budget", "Warning", "polled");

        contains(row("Budget"), "polled");
        // The window may have shown it before the board was asked again.
        page.waitForCondition(() -> requests.get() > 1);
        assertThat(page.locator("#alarm p")).hasCount(0);
    }

    @Test
    void aKeyInTheFragmentIsRemovedFromTheAddressAtOnce() {
        openBoard("?app=Planning");

        assertThat(page.url()).endsWith("/?app=Planning");
        page.reload();
        assertThat(page.locator("#summary")).isVisible(longTimeout());
        assertThat(page.content()).doesNotContain(PackagedProgram.KEY);
    }

    @Test
    void aReaderSignsInWithAKeyAndAnInvalidOneIsReported() {
        page.navigate(program.uri("/").toString());
        Locator key = page.getByLabel("API key");
        assertThat(key).isFocused();
        assertThat(key).hasAttribute("type", "password");

        key.fill("no-such-key");
        key.press("Enter");
        contains(page.locator("#key-error"), "not accepted");
        assertThat(page.locator("#summary")).isHidden();

        key.fill(PackagedProgram.KEY);
        key.press("Enter");
        assertThat(page.locator("#summary")).isVisible(longTimeout());
        assertThat(page.url()).doesNotContain("key");

        page.locator("#sign-out").click();
        assertThat(key).isVisible();
        assertThat(page.locator(".domain")).hasCount(0);
        page.reload();
        assertThat(key).isVisible();
    }

    @Test
    void markupInATextStaysTextAndFitsOnAPhone() throws Exception {
        post(LONG, MARKUP, "Warning", MARKUP + "<script>alert(2)</script>");
        post(LONG, LONG, "Warning", "W".repeat(200));
        post(LONG, OVERRIDE, "Loading", OVERRIDE + "🔥".repeat(90));
        openTab(360, 800);

        openBoard("");

        contains(problem(MARKUP).locator(".message"), MARKUP + "<script>");
        assertThat(page.locator("#main img, #main script")).hasCount(0);
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
        assertThat(page.evaluate("Array.from(document.querySelectorAll('#attention-table .domain *'))"
                        + ".every(e => e.getBoundingClientRect().right <= 360)"))
                .isEqualTo(true);
    }

    @Test
    void theKeyboardReachesEverythingAndNoTimeIsATabStop() throws Exception {
        post("Planning", "Actual", "Warning", "row 4711");
        openBoard("?app=Planning");
        contains(problem("Actual"), "row 4711");
        page.evaluate("document.activeElement.blur()");

        List<String> reached = new ArrayList<>();
        for (int i = 0; i < 45; i++) {
            page.keyboard().press("Tab");
            reached.add((String) page.evaluate("document.activeElement.id || document.activeElement.className"
                    + " || document.activeElement.localName"));
        }

        assertThat(reached).startsWith("skip").containsSubsequence("at", "sign-out", "find", "app", "status");
        assertThat(reached).contains("go row-link").doesNotContain("time");
        assertThat(problem("Actual").locator("time").first()).hasAttribute("title", Pattern.compile(".*20\\d\\d.*"));
    }

    @Test
    void keysFindTheNextProblemAndMoveBetweenDomains() throws Exception {
        post("Planning", "Actual", "Warning", "row 4711");
        post("FCCS", "Consolidation", "Warning", "14 records rejected");
        openBoard("?q=records");
        contains(problem("Consolidation"), "14 records rejected");
        page.evaluate("document.activeElement.blur()");

        page.keyboard().press("n");
        assertThat(problem("Consolidation").locator(".row-link")).isFocused();
        page.keyboard().press("j");
        assertThat(row("Consolidation").locator(".row-link")).isFocused();
        page.keyboard().press("k");
        assertThat(problem("Consolidation").locator(".row-link")).isFocused();
        page.keyboard().press("/");
        assertThat(page.getByLabel("Find")).isFocused();
        page.keyboard().press("n");
        assertThat(page.getByLabel("Find")).hasValue("recordsn");
    }

    @Test
    void theFilterIsSavedInTheAddressAndReadFromIt() throws Exception {
        post("Planning", "Budget", "OK", "filter me");
        openBoard("");

        page.getByLabel("Find").fill("budget planning");

        assertThat(row("Budget")).isVisible();
        assertThat(row("Consolidation")).isHidden();
        assertThat(page).hasURL(Pattern.compile("\\?q=budget\\+planning$"));
        openBoard("?app=FCCS");
        assertThat(page.getByLabel("App")).hasValue("FCCS");
        assertThat(row("Consolidation")).isVisible();
        assertThat(row("Budget")).isHidden();
    }

    @Test
    void detailsShowRunsAndUpdatesAndReturnTheFocus() throws Exception {
        Map<String, String> load = Map.of("app", "FCCS", "domain", "Intercompany", "job_id", "IC_1");
        Map<String, String> began = new TreeMap<>(load);
        began.putAll(Map.of("status", "Loading", "timestamp", minutesAgo(20)));
        Map<String, String> failed = new TreeMap<>(load);
        failed.putAll(Map.of("status", "Warning", "timestamp", minutesAgo(8), "message", "no member " + MARKUP));
        post(began);
        post(failed);
        openBoard("");
        contains(row("Intercompany"), "no member");

        row("Intercompany").locator(".row-link").press("Enter");

        Locator details = page.getByRole(AriaRole.DIALOG);
        Locator entries = details.locator("#details-list > li");
        assertThat(page).hasURL(Pattern.compile("\\?domain=FCCS/Intercompany$"));
        contains(details.getByRole(AriaRole.HEADING).first(), "FCCS · Intercompany");
        assertThat(entries).hasCount(2);
        assertThat(entries.first()).containsText("no member " + MARKUP);
        assertThat(entries.first()).containsText(Pattern.compile("Job IC_1 · took 12\\smin · posted"));
        assertThat(entries.first().locator(".badge")).hasText("Failed");
        assertThat(entries.last().locator(".badge")).hasText("Running");
        assertThat(details.locator(".details-runs tbody tr")).hasCount(1);

        page.keyboard().press("Escape");
        assertThat(details).isHidden();
        assertThat(page).hasURL(Pattern.compile("/$"));
        assertThat(page.locator("[data-key='FCCS/Intercompany'] .row-link").first())
                .isFocused();
        row("Intercompany").locator(".col-state").click();
        assertThat(details).isVisible();
        page.goBack();
        assertThat(details).isHidden();
    }

    @Test
    void aDomainHasAnAddressOfItsOwn() throws Exception {
        post("FCCS", "Intercompany", "OK", "balanced");
        openBoard("?domain=FCCS/Intercompany");
        contains(page.getByRole(AriaRole.DIALOG), "FCCS · Intercompany");

        openBoard("?domain=FCCS/NoSuchDomain");
        contains(page.getByRole(AriaRole.DIALOG), "There is no domain FCCS/NoSuchDomain.");
    }

    @Test
    void theDaysWithAFailureAreCounted() throws Exception {
        post("Planning", "Budget", "Warning", "failed today");
        replaceReply("/api/v1/history/days", """
                {"timezone": "UTC", "days": ["2026-02-13", "2026-02-14", "2026-02-15", "2026-02-16"],
                 "apps": {"Planning": {"Budget": {"ok": [2, 1, 0, 1], "warning": [0, 1, 0, 3]}}}}""");

        openBoard("");

        contains(problem("Budget"), "2 of 4");
        page.setViewportSize(360, 800);
        assertThat(problem("Budget").getByText("2 of 4")).isVisible();
    }

    @Test
    void aRunningJobIsComparedWithTheTypicalDuration() throws Exception {
        runsOfTwentyMinutes("Matching", "Reconciliation");
        post(Map.of("app", "ARCS", "domain", "Matching", "status", "Loading", "timestamp", minutesAgo(14)));
        post(Map.of("app", "ARCS", "domain", "Reconciliation", "status", "Loading", "timestamp", minutesAgo(30)));

        openBoard("");

        assertThat(row("Matching")).containsText(Pattern.compile("until about \\d\\d:\\d\\d"));
        assertThat(row("Matching").locator(".expected")).hasCount(1);
        assertThat(row("Matching").locator(".col-typical")).hasText("20 min");
        assertThat(problem("Reconciliation")).containsText("Slow");
        assertThat(problem("Reconciliation"))
                .containsText(Pattern.compile("running for 3\\d\\smin, typically 20\\smin"));
        assertThat(row("Reconciliation").locator(".spark polyline")).hasCount(1);
    }

    private static void runsOfTwentyMinutes(String... domains) throws Exception {
        List<Map<String, String>> updates = new ArrayList<>();
        for (String domain : domains) {
            for (int run = 5; run > 0; run--) {
                updates.add(Map.of(
                        "app", "ARCS", "domain", domain, "status", "Loading", "timestamp", minutesAgo(60 * run + 20)));
                updates.add(Map.of("app", "ARCS", "domain", domain, "status", "OK", "timestamp", minutesAgo(60 * run)));
            }
        }
        String batch = JSON.writeValueAsString(Map.of("updates", updates));
        assertThat(program.post("/api/v1/status/batch", batch).statusCode()).isEqualTo(200);
    }

    @Test
    void theFooterNamesTheReadersAndTheServicesZone() throws Exception {
        openTab(new Browser.NewContextOptions().setTimezoneId("Asia/Kolkata").setLocale("en-GB"));
        replaceReply("/api/v1/history/days", "{\"timezone\": \"America/New_York\", \"days\": [], \"apps\": {}}");
        replaceBoard("""
                {"last_updated": null, "revision": 1, "apps": {"Planning": {
                  "Actual": {"status": "OK", "updated": "2026-01-15T12:00:00Z"}}}}""");

        openBoard("");

        assertThat(page.locator("#foot")).containsText("Asia/Calcutta");
        assertThat(page.locator("#foot")).containsText("America/New_York");
    }

    @Test
    void jobsWithSeveralDomainsAreShownWithTheirParts() throws Exception {
        post(Map.of("app", "Planning", "domain", "Actual", "status", "Loading", "job_id", "MASTER_DATA"));
        post(Map.of("app", "FCCS", "domain", "Consolidation", "status", "Loading", "job_id", "MASTER_DATA"));
        post(Map.of("app", "Planning", "domain", "Budget", "status", "Loading", "job_id", "ALONE"));

        openBoard("?app=FCCS");

        Locator jobs =
                page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Jobs with several domains"));
        contains(jobs, "MASTER_DATA");
        assertThat(jobs).not().containsText("ALONE");
        post(Map.of("app", "Planning", "domain", "Actual", "status", "OK", "job_id", "MASTER_DATA"));
        contains(jobs.locator(".parts"), "OK");
        assertThat(jobs.locator(".parts li")).containsText(new String[] {"FCCS Consolidation", "Planning Actual"});
        page.getByLabel("App").selectOption("Planning");
        assertThat(jobs).isVisible();
        page.getByLabel("Find").fill("nothing like it");
        assertThat(jobs).isHidden();
    }

    @ParameterizedTest
    @CsvSource({
        "'', LIGHT",
        "'', DARK",
        "?view=nights, LIGHT",
        "?view=runs, DARK",
        "?view=wall, LIGHT",
        "?view=wall, DARK",
        "?domain=Planning/Actual, LIGHT",
        "?domain=Planning/Actual, DARK",
        "?at=2100-01-01, LIGHT"
    })
    void theBoardIsAccessible(String query, ColorScheme colours) throws Exception {
        openTab(new Browser.NewContextOptions().setColorScheme(colours).setReducedMotion(ReducedMotion.REDUCE));
        post("Planning", "Actual", "Warning", "row 4711");
        post("Planning", "Budget", "Loading", "file 1");
        post("FCCS", "Consolidation", "OK", "done");

        openBoard(query);
        contains(page.locator("body"), query.contains("domain") ? "Last updates" : "Actual");

        assertThat(chromium.seriousViolations(page)).isEmpty();
    }

    @Test
    void theSignInFormIsAccessible() {
        page.navigate(program.uri("/").toString());
        assertThat(page.getByLabel("API key")).isFocused();

        assertThat(chromium.seriousViolations(page)).isEmpty();
    }

    @Test
    void aLostConnectionIsReportedAndRecoversAutomatically() throws Exception {
        openBoard("");
        int port = program.uri("/").getPort();

        program.kill();

        contains(page.getByRole(AriaRole.ALERT).first(), "No connection to EPMPulse since");
        assertThat(page).hasTitle("No connection – EPMPulse");
        assertThat(page.locator(".domain").first()).isVisible();
        Map<String, String> again = new TreeMap<>(settings);
        again.put("EPMPULSE_PORT", Integer.toString(port));
        program.close();
        program = PackagedProgram.run(folder, again);
        assertThat(page.locator("#alarm p")).hasCount(0, new LocatorAssertions.HasCountOptions().setTimeout(40_000));
        post("Planning", "Actual", "Loading", "back again");
        contains(row("Actual"), "back again");
    }

    @Test
    void namesThatLookLikeNumbersKeepTheConfiguredOrderAndAppsShowTheirDisplayName() throws Exception {
        Path other = Files.createDirectories(folder.resolve("years"));
        Map<String, String> own = PackagedProgram.settings(other);
        Path apps = other.resolve("apps.json");
        Files.writeString(apps, """
                {"apps": {
                  "P1": {"display_name": "Planning & Budget", "domains": ["Next", "2026", "2025", "Actual"]},
                  "7": {"domains": ["2", "10", "1"]}}}""");
        own.put("EPMPULSE_APPS_CONFIG", apps.toString());
        try (PackagedProgram years = PackagedProgram.run(other, own)) {
            page.navigate(years.uri("/#key=" + PackagedProgram.KEY).toString());
            assertThat(page.locator("#summary")).isVisible(longTimeout());

            assertThat(page.locator("#axis-table .name"))
                    .hasText(new String[] {"Next", "2026", "2025", "Actual", "2", "10", "1"});
            assertThat(page.locator("#axis-table .app-row a")).containsText(new String[] {"Planning & Budget", "7"});
            assertThat(page.locator("#app option")).hasText(new String[] {"All apps", "Planning & Budget", "7"});
            years.post("/api/v1/status", "{\"app\":\"P1\",\"domain\":\"2025\",\"status\":\"OK\"}");
            contains(page.locator(".domain[data-kind=OK]"), "2025");
            page.locator(".domain[data-kind=OK] .row-link").click();
            assertThat(page.locator("#details-title")).containsText("Planning & Budget");
        }
    }
}
