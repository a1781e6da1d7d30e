package org.epmpulse;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two packaged programs on one PostgreSQL show the same board, window and runs, over the API and in Debian's Chromium. */
class BoardNodesIT {

    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneOffset.UTC);

    /** What a reader sees, without the time of the last reply. */
    private static final String SHOWN = """
            () => ['#summary', '#attention', '#axis-table', '#runs-table', '#nights-table'].map(
              part => document.querySelector(part)?.innerText ?? '').join('\\n')""";

    @TempDir
    Path folder;

    private final List<String> errors = new ArrayList<>();
    private Chromium chromium;
    private PackagedCluster cluster;
    private Page ofA;
    private Page ofB;

    private static String clock(int minutesFromNow) {
        return CLOCK.format(NOW.plus(minutesFromNow, ChronoUnit.MINUTES));
    }

    @BeforeEach
    void start() throws Exception {
        chromium = Chromium.launch();
        Path apps = folder.resolve("window.json");
        Files.writeString(apps, """
                {"apps": {
                  "Planning": {"domains": ["Actual", {"name": "Budget", "by": "%s", "owner": "FP&A"}]},
                  "FCCS": {"domains": ["Trial Balance", {"name": "Consolidation", "after": ["FCCS/Trial Balance"], "by": "%s"}]}},
                 "close": {"starts": "%s", "timezone": "UTC", "days": "mon-sun"}}""".formatted(clock(-10), clock(200), clock(-60)));
        cluster = PackagedCluster.start(folder, Map.of("EPMPULSE_APPS_CONFIG", apps.toString()));
    }

    @AfterEach
    void stop() throws Exception {
        chromium.close();
        cluster.close();
        assertThat(errors).isEmpty();
    }

    private static void post(PackagedNode node, String app, String domain, String status, int minutesAgo)
            throws Exception {
        HttpResponse<String> reply = node.post("/api/v1/status", """
                {"app": "%s", "domain": "%s", "status": "%s", "timestamp": "%s", "job_id": "J", "message": "update %s",
                 "url": "https://logs.example.com/%5$s"}""".formatted(
                        app, domain, status, NOW.minus(minutesAgo, ChronoUnit.MINUTES), minutesAgo));
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    }

    /** Half of the updates go to each node; the domains have run before. */
    private void postNight() throws Exception {
        PackagedNode a = cluster.a;
        PackagedNode b = cluster.b;
        for (int run = 5; run > 0; run--) {
            post(a, "FCCS", "Trial Balance", "Loading", 60 * run + 50);
            post(b, "FCCS", "Trial Balance", "OK", 60 * run + 30);
            post(b, "FCCS", "Consolidation", "Loading", 60 * run + 28);
            post(a, "FCCS", "Consolidation", "OK", 60 * run + 15);
        }
        post(a, "Planning", "Actual", "Loading", 40);
        post(b, "Planning", "Actual", "OK", 30);
        post(b, "Planning", "Budget", "Loading", 35);
        post(a, "Planning", "Budget", "Warning", 25);
        post(b, "FCCS", "Trial Balance", "Loading", 8);
    }

    private static JsonNode data(PackagedNode node, String path) throws Exception {
        HttpResponse<String> reply = node.get("/api/v1/" + path);
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return PackagedCluster.JSON.readTree(reply.body()).path("data");
    }

    @Test
    void bothNodesReplyAlikeNowAndForEachTimeInThePast() throws Exception {
        postNight();
        Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        await().until(() -> Instant.now().isAfter(at.plusMillis(10)));

        for (String path : List.of(
                "status?at=" + at,
                "window?at=" + at,
                "window?trends=true&at=" + at,
                "runs?limit=3&at=" + at,
                "runs?app=FCCS&at=" + at,
                "runs?since=" + NOW.minus(Duration.ofHours(2)) + "&at=" + at,
                "domains/FCCS/Consolidation?at=" + at,
                "domains/Planning/Budget?at=" + at)) {
            assertThat(data(cluster.a, path)).as(path).isEqualTo(data(cluster.b, path));
        }
        JsonNode window = data(cluster.a, "window?at=" + at);
        assertThat(window.at("/counts/done").asInt()).isEqualTo(1);
        assertThat(window.at("/counts/failed").asInt()).isEqualTo(1);
        assertThat(window.at("/counts/late").asInt()).isEqualTo(1);
        assertThat(data(cluster.b, "runs?at=" + at).path("runs")).hasSize(13);
        String next = data(cluster.a, "runs?limit=3&at=" + at).path("next").asText();
        assertThat(data(cluster.a, "runs?limit=3&cursor=" + next))
                .as("a page of the other node goes on")
                .isEqualTo(data(cluster.b, "runs?limit=3&cursor=" + next));
        await().untilAsserted(() -> assertThat(current(cluster.a)).isEqualTo(current(cluster.b)));
        String version = data(cluster.a, "window").path("version").asText();
        assertThat(data(cluster.b, "window?after=" + version).path("complete").asBoolean())
                .as("a node that does not know the version of another one sends all domains")
                .isTrue();
    }

    /** The window of now, without what is each node's own: the time of the reply and the name of its version. */
    private static JsonNode current(PackagedNode node) throws Exception {
        ObjectNode window = (ObjectNode) data(node, "window");
        window.remove(List.of("as_of", "version"));
        return window;
    }

    private Page open(PackagedNode node) {
        BrowserContext context = chromium.newContext(new Browser.NewContextOptions()
                .setViewportSize(1366, 768)
                .setLocale("en-GB")
                .setTimezoneId("UTC"));
        Page page = context.newPage();
        page.onPageError(errors::add);
        page.navigate(node.uri("/#key=" + PackagedProgram.KEY).toString());
        assertThat(page.locator("#summary")).isVisible();
        return page;
    }

    private void assertSame() {
        await().pollInSameThread().atMost(PackagedCluster.PATIENCE).untilAsserted(() -> assertThat(ofA.evaluate(SHOWN))
                .isEqualTo(ofB.evaluate(SHOWN)));
    }

    private static Locator row(Page page, String key) {
        return page.locator("#axis-table [data-key='" + key + "']");
    }

    @Test
    void theBoardsOfBothNodesAreTheSame() throws Exception {
        postNight();
        ofA = open(cluster.a);
        ofB = open(cluster.b);

        assertThat(ofA.locator("#summary [data-count=done]")).hasText("1 of 4 OK");
        assertThat(row(ofB, "FCCS/Trial Balance")).containsText("until about");
        assertSame();

        post(cluster.b, "FCCS", "Trial Balance", "Warning", 0);
        assertThat(row(ofA, "FCCS/Trial Balance").locator(".badge")).hasText("Failed");
        assertThat(row(ofA, "FCCS/Consolidation")).containsText("waiting for FCCS/Trial Balance");
        assertSame();

        row(ofB, "FCCS/Trial Balance").locator(".row-link").click();
        ofB.locator("#answers").getByText("Mute 1 h").click();
        assertThat(ofA.locator("#attention-table [data-key='FCCS/Trial Balance'] .answered"))
                .hasText("muted");
        ofB.keyboard().press("Escape");
        assertSame();

        for (String view : List.of("Nights", "Runs")) {
            for (Page page : List.of(ofA, ofB)) {
                page.locator(".views").getByText(view).click();
                assertThat(page.locator("#" + view.toLowerCase(Locale.ROOT) + "-table .domain")
                                .first())
                        .isVisible();
            }
            assertSame();
        }
    }
}
