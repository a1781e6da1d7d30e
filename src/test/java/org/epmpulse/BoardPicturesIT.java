package org.epmpulse;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Creates the screenshots of the board in {@code docs/}; compress them with Debian's pngquant:
 *
 * <pre>
 * mvn verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=BoardPicturesIT -Depmpulse.pictures=docs
 * pngquant --force --ext .png docs/board*.png
 * </pre>
 */
@EnabledIfSystemProperty(named = "epmpulse.pictures", matches = ".+")
class BoardPicturesIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final String APPS = """
            {"apps": {
              "Planning": {"domains": ["Actual", "Budget", "Forecast", "Workforce"]},
              "FCCS": {"domains": ["Trial Balance", "Consolidation", "Intercompany", "FX rates"]},
              "ARCS": {"domains": ["Reconciliation", "Transaction Matching", "Compliance"]},
              "Tax": {"domains": ["Provision", "Country by Country"]},
              "Narrative": {"domains": ["Board book", "Notes"]}}}""";

    @TempDir
    static Path folder;

    private static PackagedProgram program;
    private static Chromium chromium;

    @BeforeAll
    static void start() throws Exception {
        chromium = Chromium.launch();
        Map<String, String> settings = PackagedProgram.settings(folder);
        Path apps = folder.resolve("apps.json");
        Files.writeString(apps, APPS);
        settings.put("EPMPULSE_APPS_CONFIG", apps.toString());
        program = PackagedProgram.run(folder, settings);
        postUpdates();
    }

    @AfterAll
    static void stop() throws Exception {
        chromium.close();
        program.close();
    }

    /** Posts a close: a failed load, a running one, a stale one, and a job with three domains. */
    private static void postUpdates() throws Exception {
        run("Tax", "Provision", "TAX_PROV", 210, 200, "OK", "12 entities");
        post("Narrative", "Notes", "BOOK", 330, "Loading", null);
        run("Narrative", "Board book", "BOOK", 330, 305, "OK", "212 pages");
        post("Narrative", "Notes", "BOOK", 300, "OK", null);
        post("ARCS", "Compliance", "ARCS_COMP", 150, "Loading", "waits for the bank's file");
        run("FCCS", "FX rates", "FX_DAILY", 142, 140, "OK", "ECB rates of the day");
        run("Planning", "Workforce", "LOAD_WF_1122", 96, 90, "OK", null);
        run("Planning", "Forecast", "LOAD_FC_1122", 70, 57, "OK", "18,402 records loaded");
        run("ARCS", "Reconciliation", "ARCS_REC_77", 65, 51, "OK", "312 reconciliations auto-certified");
        post("FCCS", "Trial Balance", "CLOSE_1122", 61, "Loading", null);
        post("FCCS", "Intercompany", "CLOSE_1122", 55, "Loading", null);
        post("FCCS", "Trial Balance", "CLOSE_1122", 50, "OK", "48 entities");
        post("FCCS", "Consolidation", "CLOSE_1122", 45, "Loading", "Group EUR, step 2 of 4");
        post("FCCS", "Intercompany", "CLOSE_1122", 40, "OK", "All eliminations balanced");
        run(
                "Planning",
                "Actual",
                "LOAD_ACT_1122",
                33,
                21,
                "Warning",
                "14 of 1,204 records rejected: no member CC_4711");
        post("Planning", "Budget", "LOAD_BUD_1122", 14, "Loading", "file 3 of 5: bud_emea_2026.csv");
    }

    private static void run(
            String app, String domain, String job, int began, int ended, String status, @Nullable String message)
            throws Exception {
        post(app, domain, job, began, "Loading", null);
        post(app, domain, job, ended, status, message);
    }

    private static void post(
            String app, String domain, String job, int minutesAgo, String status, @Nullable String message)
            throws Exception {
        ObjectNode update = JSON.createObjectNode()
                .put("app", app)
                .put("domain", domain)
                .put("job_id", job)
                .put("status", status)
                .put("message", message)
                .put("timestamp", NOW.minus(Duration.ofMinutes(minutesAgo)).toString());
        assertThat(program.post("/api/v1/status", update.toString()).statusCode())
                .isEqualTo(200);
    }

    /** Adds data that requires a month of use: typical durations and the last 30 days. */
    private static void addHistory(Page page) throws Exception {
        ObjectNode board =
                (ObjectNode) JSON.readTree(program.get("/api/v1/status").body());
        setTypicalDuration(board.at("/data/apps/Planning/Budget"), 20, -6, false);
        setTypicalDuration(board.at("/data/apps/FCCS/Consolidation"), 40, 5, true);
        replaceReply(page, "**/api/v1/status", board);
        replaceReply(page, "**/api/v1/history/days*", JSON.createObjectNode().set("data", lastDays(board)));
    }

    private static void setTypicalDuration(JsonNode entry, int minutes, int etaAgo, boolean overdue) {
        ((ObjectNode) entry)
                .put("usual_sec", minutes * 60)
                .put("eta", NOW.minus(Duration.ofMinutes(etaAgo)).toString())
                .put("overdue", overdue);
    }

    private static ObjectNode lastDays(ObjectNode board) {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        ObjectNode data = JSON.createObjectNode().put("timezone", "UTC");
        ArrayNode days = data.putArray("days");
        IntStream.range(0, 30).forEach(i -> days.add(today.minusDays(29 - i).toString()));
        ObjectNode apps = data.putObject("apps");
        board.at("/data/apps").properties().forEach(app -> {
            ObjectNode domains = apps.putObject(app.getKey());
            app.getValue().properties().forEach(domain -> {
                ObjectNode counts = domains.putObject(domain.getKey());
                ArrayNode ok = counts.putArray("ok");
                ArrayNode warning = counts.putArray("warning");
                boolean reported = !domain.getValue().path("status").asText().equals("Blank");
                for (int day = 0; day < 30; day++) {
                    int random = Math.floorMod((app.getKey() + domain.getKey() + day * day).hashCode(), 23);
                    boolean sunday = today.minusDays(29 - day).getDayOfWeek() == DayOfWeek.SUNDAY;
                    warning.add(reported && random == 0 ? 1 : 0);
                    ok.add(reported && random != 1 && !sunday ? 1 : 0);
                }
            });
        });
        return data;
    }

    private static void replaceReply(Page page, String path, ObjectNode body) {
        page.route(
                path,
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody(body.toString())));
    }

    @ParameterizedTest
    @CsvSource({
        "board.png, '', 1440, 950, LIGHT",
        "board-dark.png, '', 1440, 950, DARK",
        "board-phone.png, '', 360, 800, LIGHT",
        "board-wall.png, ?wall, 1920, 1080, DARK"
    })
    void picture(String name, String query, int width, int height, ColorScheme colours) throws Exception {
        try (BrowserContext context = chromium.newContext(new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setLocale("en-GB")
                .setTimezoneId("Europe/Berlin")
                .setColorScheme(colours))) {
            Page page = context.newPage();
            page.route(program.uri("/api/v1/events") + "*", Route::abort);
            addHistory(page);

            page.navigate(
                    program.uri("/" + query + "#key=" + PackagedProgram.KEY).toString());

            assertThat(page.locator(".day-bars").first()).isVisible();
            assertThat(page.locator("#job-list > li")).hasCount(2);
            Path picture = Path.of(System.getProperty("epmpulse.pictures")).resolve(name);
            page.screenshot(new Page.ScreenshotOptions().setPath(picture));
        }
    }
}
