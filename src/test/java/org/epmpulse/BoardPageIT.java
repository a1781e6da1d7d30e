package org.epmpulse;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees of the packaged program, in Debian's Chromium. */
class BoardPageIT {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final List<String> FLAGS = List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MARKUP = "<img src=x onerror=alert(1)>";
    private static final String OVERRIDE = "\u202eturned around";
    private static final String LONG = "L".repeat(100);
    private static final String APPS =
            """
            {"apps": {
              "Planning": {"domains": ["Actual", "Budget"]},
              "FCCS": {"domains": ["Consolidation"]},
              "LONG": {"domains": ["LONG", "MARKUP", "OVERRIDE"]}}}""".replace("LONG", LONG).replace("MARKUP", MARKUP).replace("OVERRIDE", OVERRIDE);

    @TempDir
    static Path folder;

    private static Map<String, String> settings;
    private static PackagedProgram program;
    private static Playwright playwright;
    private static Browser browser;

    private final List<String> errors = new ArrayList<>();
    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void start() throws Exception {
        Installed.require("Chromium at " + CHROMIUM, Files.isExecutable(CHROMIUM));
        settings = PackagedProgram.settings(folder);
        Path apps = folder.resolve("apps.json");
        Files.writeString(apps, APPS);
        settings.put("EPMPULSE_APPS_CONFIG", apps.toString());
        program = PackagedProgram.run(folder, settings);
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        .setArgs(FLAGS));
    }

    @AfterAll
    static void stop() throws Exception {
        if (playwright != null) {
            playwright.close();
        }
        if (program != null) {
            program.close();
        }
    }

    @BeforeEach
    void openTab() {
        openTab(1280);
    }

    private void openTab(int width) {
        closeTab();
        context = browser.newContext(new Browser.NewContextOptions().setViewportSize(width, 800));
        context.setDefaultTimeout(20_000);
        page = context.newPage();
        page.onPageError(errors::add);
        page.onDialog(dialog -> {
            errors.add("a dialog: " + dialog.message());
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
        assertThat(page.locator("#apps")).isVisible(patiently());
    }

    private static LocatorAssertions.IsVisibleOptions patiently() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(20_000);
    }

    private static void contains(Locator locator, String text) {
        assertThat(locator).containsText(text, new LocatorAssertions.ContainsTextOptions().setTimeout(20_000));
    }

    private Locator row(String domain) {
        return page.locator(".domain")
                .filter(new Locator.FilterOptions()
                        .setHas(page.locator(".name")
                                .getByText(domain, new Locator.GetByTextOptions().setExact(true))));
    }

    private static void post(String app, String domain, String status, String message) throws Exception {
        Map<String, String> update = Map.of("app", app, "domain", domain, "status", status, "message", message);
        assertThat(program.post("/api/v1/status", JSON.writeValueAsString(update))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aPostedStatusAppearsWithoutReloadAndFailuresComeFirst() throws Exception {
        post("Planning", "Budget", "OK", "before");
        openBoard("");
        contains(row("Budget"), "before");

        post("FCCS", "Consolidation", "Warning", "14 records rejected");

        contains(row("Consolidation"), "14 records rejected");
        assertThat(row("Consolidation").locator(".badge")).hasText("Warning");
        assertThat(page.locator(".app h2").first()).hasText("FCCS");
        assertThat(page).hasTitle(Pattern.compile("\\d failed – EPMPulse"));
        contains(page.locator("#news"), "FCCS Consolidation: Warning, 14 records rejected");
        contains(page.locator("#rollup"), "failed");
    }

    /** How often the page has asked for the whole board since; the page itself is not asked. */
    private AtomicInteger asked() {
        AtomicInteger asked = new AtomicInteger();
        page.onRequest(request -> asked.addAndGet(request.url().endsWith("/api/v1/status") ? 1 : 0));
        return asked;
    }

    @Test
    void aStatusComesLiveWithoutTheBoardBeingAskedForAgain() throws Exception {
        AtomicInteger asked = asked();
        page.waitForResponse(response -> response.url().endsWith("/api/v1/events"), () -> openBoard(""));

        for (String message : List.of("first", "second", "third")) {
            post("Planning", "Budget", "Loading", message);
            contains(row("Budget"), message);
        }

        post("Planning", "Budget", "OK", "loaded");
        assertThat(row("Budget").locator(".badge")).hasText("OK");
        assertThat(asked).hasValue(1);
    }

    @Test
    void whereAProxyLetsNoStreamThroughTheBoardIsAskedForAgainAndAgain() throws Exception {
        page.route("**/api/v1/events", Route::abort);
        AtomicInteger asked = asked();
        openBoard("");

        post("Planning", "Budget", "Warning", "asked for");

        contains(row("Budget"), "asked for");
        assertThat(asked.get()).isGreaterThan(1);
        assertThat(page.locator("#alarm p")).hasCount(0);
    }

    @Test
    void aKeyInTheFragmentLeavesTheAddressAtOnce() {
        openBoard("?app=Planning");

        assertThat(page.url()).endsWith("/?app=Planning");
        page.reload();
        assertThat(page.locator("#apps")).isVisible(patiently());
        assertThat(page.content()).doesNotContain(PackagedProgram.KEY);
    }

    @Test
    void theKeyIsAskedForAndAWrongOneIsSaidAndAskedForAgain() {
        page.navigate(program.uri("/").toString());
        Locator key = page.getByLabel("API key");
        assertThat(key).isFocused();
        assertThat(key).hasAttribute("type", "password");

        key.fill("no-such-key");
        key.press("Enter");
        contains(page.locator("#key-problem"), "not accepted");
        assertThat(page.locator("#apps")).isHidden();

        key.fill(PackagedProgram.KEY);
        key.press("Enter");
        assertThat(page.locator("#apps")).isVisible(patiently());
        assertThat(page.url()).doesNotContain("key");

        page.locator("#forget").click();
        assertThat(key).isVisible();
        assertThat(page.locator(".domain")).hasCount(0);
        page.reload();
        assertThat(key).isVisible();
    }

    @Test
    void hostileTextStaysTextAndFitsOnAPhone() throws Exception {
        post(LONG, MARKUP, "Warning", MARKUP + "<script>alert(2)</script>");
        post(LONG, LONG, "Warning", "W".repeat(200));
        post(LONG, OVERRIDE, "Loading", OVERRIDE + "🔥".repeat(90));
        openTab(360);

        openBoard("");

        contains(row(MARKUP).locator(".message"), MARKUP + "<script>");
        assertThat(page.locator("#apps img, #apps script")).hasCount(0);
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
        assertThat(page.evaluate("Array.from(document.querySelectorAll('.domain *'))"
                        + ".every(e => e.getBoundingClientRect().right <= 360)"))
                .isEqualTo(true);
    }

    @Test
    void theKeyboardReachesFilterAndCardsAndTellsTheFullTime() throws Exception {
        post("Planning", "Actual", "OK", "loaded");
        openBoard("?app=Planning");
        page.evaluate("document.activeElement.blur()");

        List<String> reached = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            page.keyboard().press("Tab");
            reached.add(
                    (String)
                            page.evaluate(
                                    "document.activeElement.id || document.activeElement.className || document.activeElement.localName"));
        }

        assertThat(reached).startsWith("skip").containsSubsequence("forget", "find", "app", "status", "a", "time");
        row("Actual").locator("time").focus();
        assertThat(page.evaluate("getComputedStyle(document.activeElement, '::after').content"))
                .asString()
                .contains("20");
    }

    @Test
    void theFilterIsInTheAddressAndComesFromIt() throws Exception {
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
    void aLostConnectionIsSaidInLargeLettersAndRecoversByItself() throws Exception {
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
}
