package org.epmpulse;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
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
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MINUTES);
    private static final Instant START = NOW.minus(Duration.ofHours(8));
    private static final int NIGHTS = 20;

    /** A domain, when its load begins after the start of the window, how long it takes, and how it is tonight. */
    private record Load(
            String app,
            String domain,
            int begins,
            int takes,
            String tonight,
            @Nullable String message) {}

    private static final List<Load> LOADS = List.of(
            new Load("Planning", "Metadata", 15, 6, "OK", null),
            new Load("Planning", "FX Rates", 45, 26, "OK", "ECB rates of the day"),
            new Load("Planning", "Actual", 40, 52, "OK", "18,402 records loaded"),
            new Load(
                    "Planning",
                    "Budget",
                    75,
                    31,
                    "Warning",
                    "row 4711: no member CC_9100 in Cost Center; 1 of 73,118 rows rejected"),
            new Load("Planning", "Forecast", 400, 46, "late", "12 of 48 entities"),
            new Load("Planning", "Workforce", 95, 18, "OK", null),
            new Load("Planning", "Driver Rates", 130, 85, "OK", null),
            new Load("FCCS", "Trial Balance", 60, 44, "OK", "48 entities"),
            new Load("FCCS", "Intercompany", 150, 63, "OK", "All eliminations balanced"),
            new Load("FCCS", "Consolidation", 410, 96, "Loading", "Group EUR, step 2 of 4"),
            new Load("FCCS", "Eliminations", 515, 12, "none", null),
            new Load("FCCS", "Journals", 215, 33, "OK", "214 journals posted"),
            new Load("FCCS", "Cash Flow", 260, 14, "OK", null),
            new Load("FCCS", "Disclosure", 530, 38, "none", null),
            new Load("ARCS", "Balances", 30, 14, "OK", null),
            new Load("ARCS", "Bank Statements", 120, 70, "OK", "9 accounts"),
            new Load("ARCS", "Transaction Matching", 330, 25, "stale", "waits for the bank's file"),
            new Load("ARCS", "Reconciliation", 240, 88, "OK", "312 reconciliations certified"),
            new Load("ARCS", "Fixed Assets", 310, 29, "OK", null),
            new Load("ARCS", "Certification", 460, 33, "Loading", null));

    @TempDir
    static Path folder;

    private static PackagedProgram program;
    private static Chromium chromium;

    private static String apps() {
        DateTimeFormatter clock = DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneOffset.UTC);
        return """
                {"apps": {
                  "Planning": {"domains": ["Metadata", "FX Rates", "Actual",
                    {"name": "Budget", "owner": "FP&A data team", "runbook": "https://wiki.example.com/epm/budget"},
                    {"name": "Forecast", "by": "%s", "owner": "FP&A"}, "Workforce", "Driver Rates"]},
                  "FCCS": {"domains": ["Trial Balance", {"name": "Intercompany", "after": ["FCCS/Trial Balance"]},
                    {"name": "Consolidation", "after": ["FCCS/Intercompany", "Planning/FX Rates"], "by": "%s", "owner": "Group accounting"},
                    {"name": "Eliminations", "after": ["FCCS/Consolidation"]}, "Journals", "Cash Flow",
                    {"name": "Disclosure", "after": ["FCCS/Eliminations"]}]},
                  "ARCS": {"domains": ["Balances", "Bank Statements", {"name": "Transaction Matching", "owner": "Shared services"},
                    "Reconciliation", "Fixed Assets", "Certification"]}},
                 "close": {"starts": "%s", "timezone": "UTC", "days": "mon-sun"}}""".formatted(
                        clock.format(NOW.minus(Duration.ofMinutes(10))),
                        clock.format(NOW.plus(Duration.ofMinutes(15))),
                        clock.format(START));
    }

    @BeforeAll
    static void start() throws Exception {
        chromium = Chromium.launch();
        Map<String, String> settings = PackagedProgram.settings(folder);
        Path apps = folder.resolve("apps.json");
        Files.writeString(apps, apps());
        settings.put("EPMPULSE_APPS_CONFIG", apps.toString());
        program = PackagedProgram.run(folder, settings);
        for (int night = NIGHTS; night > 0; night--) {
            postNight(night);
        }
        postTonight();
    }

    @AfterAll
    static void stop() throws Exception {
        chromium.close();
        program.close();
    }

    /** All loads of a night in the past, each of about its typical duration. */
    private static void postNight(int nightsAgo) throws Exception {
        ArrayNode updates = JSON.createArrayNode();
        Random random = new Random(nightsAgo);
        for (Load load : LOADS) {
            Instant begins = START.minus(Duration.ofDays(nightsAgo)).plus(Duration.ofMinutes(load.begins()));
            Instant ends = begins.plusSeconds((long) (load.takes() * (50 + random.nextDouble(20))));
            updates.add(update(load, "Loading", begins, null)).add(update(load, "OK", ends, null));
        }
        post(updates);
    }

    private static void postTonight() throws Exception {
        ArrayNode updates = JSON.createArrayNode();
        for (Load load : LOADS) {
            Instant begins = START.plus(Duration.ofMinutes(load.begins()));
            boolean runs = !load.tonight().matches("OK|Warning");
            if (!load.tonight().equals("none")) {
                updates.add(update(load, "Loading", begins, runs ? load.message() : null));
            }
            if (!runs) {
                updates.add(
                        update(load, load.tonight(), begins.plus(Duration.ofMinutes(load.takes())), load.message()));
            }
        }
        post(updates);
    }

    private static ObjectNode update(Load load, String status, Instant at, @Nullable String message) {
        return JSON.createObjectNode()
                .put("app", load.app())
                .put("domain", load.domain())
                .put("job_id", load.domain().toUpperCase(Locale.ROOT).replace(' ', '_'))
                .put("status", status)
                .put("message", message)
                .put("timestamp", at.toString());
    }

    private static void post(ArrayNode updates) throws Exception {
        String body = JSON.createObjectNode().set("updates", updates).toString();
        assertThat(program.post("/api/v1/status/batch", body).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "board.png, '', 1440, 900, LIGHT",
        "board-dark.png, '', 1440, 900, DARK",
        "board-phone.png, '', 360, 800, LIGHT",
        "board-wall.png, ?view=wall, 1920, 1080, DARK"
    })
    void picture(String name, String query, int width, int height, ColorScheme colours) throws Exception {
        try (BrowserContext context = chromium.newContext(new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setLocale("en-GB")
                .setTimezoneId("UTC")
                .setColorScheme(colours))) {
            Page page = context.newPage();

            page.navigate(
                    program.uri("/" + query + "#key=" + PackagedProgram.KEY).toString());

            assertThat(page.locator("#axis-table .bar").nth(12)).isVisible();
            assertThat(page.locator(".spark").nth(12)).isAttached();
            Path picture = Path.of(System.getProperty("epmpulse.pictures")).resolve(name);
            page.screenshot(new Page.ScreenshotOptions().setPath(picture));
        }
    }
}
