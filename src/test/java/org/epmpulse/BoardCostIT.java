package org.epmpulse;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures what the board costs a browser with 5,000 domains, and writes {@code target/board-cost.md}. CPU is that of
 * the page's main thread, so other work of the machine changes it little.
 *
 * <pre>
 * mvn verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=BoardCostIT -Depmpulse.board-cost
 * </pre>
 */
@EnabledIfSystemProperty(named = "epmpulse.board-cost", matches = ".*")
class BoardCostIT {

    private static final int APPS = 50;
    private static final int DOMAINS = 100;
    private static final int RUNS = 3;
    private static final int CHANGES = 200;
    private static final List<String> STATUSES = List.of("Loading", "Warning", "OK", "Loading", "Warning", "OK");
    private static final int ROUNDS = 2;

    /** The window is fetched again in this time. */
    private static final double QUIET_MS = 12_000;

    private static final String MARKS = """
            new MutationObserver(() => {
              const mark = (name, selector) => document.querySelector(selector)
                && !performance.getEntriesByName(name).length && performance.mark(name);
              mark('board', '#summary');
              mark('window', '#summary .end');
            }).observe(document, {subtree: true, childList: true});""";

    @TempDir
    static Path folder;

    private static TestingEpmPulse program;
    private static Chromium chromium;

    private final List<String> lines =
            new ArrayList<>(List.of("| | first | later ones | target |", "|---|---|---|---|"));
    private CDPSession session;

    @BeforeAll
    static void start() throws Exception {
        chromium = Chromium.launch();
        program = new TestingEpmPulse(folder, apps()).start();
        for (int run = RUNS; run > 0; run--) {
            post(IntStream.range(0, APPS * DOMAINS).boxed().toList(), "Loading", run * 40);
            post(IntStream.range(0, APPS * DOMAINS).boxed().toList(), "OK", run * 40 - 30);
        }
    }

    @AfterAll
    static void stop() {
        chromium.close();
        program.close();
    }

    private static String apps() {
        String starts = DateTimeFormatter.ofPattern("HH:mm")
                .withZone(ZoneOffset.UTC)
                .format(Instant.now().minus(Duration.ofHours(3)));
        return "{\"apps\": {"
                + IntStream.range(0, APPS)
                        .mapToObj(app -> "\"App %d\": {\"domains\": [%s]}".formatted(app, domains(app)))
                        .collect(Collectors.joining(","))
                + "}, \"close\": {\"starts\": \"" + starts + "\", \"timezone\": \"UTC\", \"days\": \"mon-sun\"}}";
    }

    /** Each domain but the first of ten waits for the one before it. */
    private static String domains(int app) {
        return IntStream.range(0, DOMAINS)
                .mapToObj(i -> i % 10 == 0
                        ? "\"Domain %d\"".formatted(i)
                        : "{\"name\": \"Domain %d\", \"after\": [\"App %d/Domain %d\"], \"owner\": \"Team %2$d\"}"
                                .formatted(i, app, i - 1))
                .collect(Collectors.joining(","));
    }

    private static void post(List<Integer> numbers, String status, int minutesAgo) {
        for (int from = 0; from < numbers.size(); from += 1_000) {
            String updates = numbers.subList(from, Math.min(numbers.size(), from + 1_000)).stream()
                    .map(i -> """
                            {"app": "App %d", "domain": "Domain %d", "status": "%s", "job_id": "LOAD_%d",
                             "message": "file %d", "timestamp": "%s"}""".formatted(
                                    i / DOMAINS,
                                    i % DOMAINS,
                                    status,
                                    i,
                                    minutesAgo,
                                    Instant.now().minus(Duration.ofMinutes(minutesAgo))))
                    .collect(Collectors.joining(","));
            assertThat(program.post("/api/v1/status/batch", "{\"updates\": [" + updates + "]}")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    /** CPU seconds of the main thread since the page was opened. */
    private double cpu() {
        JsonObject metrics = session.send("Performance.getMetrics");
        for (JsonElement metric : metrics.getAsJsonArray("metrics")) {
            if (metric.getAsJsonObject().get("name").getAsString().equals("TaskDuration")) {
                return metric.getAsJsonObject().get("value").getAsDouble();
            }
        }
        throw new IllegalStateException("Chromium has no TaskDuration");
    }

    private void row(String what, List<Double> values, String target) {
        String later = values.stream().skip(1).map(BoardCostIT::text).collect(Collectors.joining(", "));
        add("| %s | %s | %s | %s |".formatted(what, text(values.get(0)), later, target));
    }

    private void add(String line) {
        lines.add(line);
        System.out.println(line);
    }

    private static String text(double seconds) {
        return String.format(Locale.ROOT, "%.2f", seconds);
    }

    private BrowserContext newContext() {
        return chromium.newContext(
                new Browser.NewContextOptions().setViewportSize(1920, 1080).setLocale("en-GB"));
    }

    private Page open(BrowserContext context, String query) {
        Page page = context.newPage();
        page.addInitScript(MARKS);
        session = context.newCDPSession(page);
        JsonObject threadTime = new JsonObject();
        threadTime.addProperty("timeDomain", "threadTicks");
        session.send("Performance.enable", threadTime);
        page.navigate(program.uri("/" + query + "#key=" + TestingEpmPulse.KEY).toString());
        return page;
    }

    @Test
    void measure() throws Exception {
        List<Double> board = new ArrayList<>();
        List<Double> window = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            try (BrowserContext context = newContext()) {
                Page page = open(context, "");
                assertThat(page.locator("#summary .end")).isAttached();
                board.add(mark(page, "board"));
                window.add(mark(page, "window"));
            }
        }
        row("first data, s", board, "2");
        row("the window, s", window, "");
        for (String query : List.of("", "?view=wall")) {
            try (BrowserContext context = newContext()) {
                Page page = open(context, query);
                assertThat(page.locator("#summary .end")).isAttached();
                page.waitForTimeout(QUIET_MS);
                String what = "%d changes at once to %s%s, CPU s"
                        .formatted(CHANGES, String.join(", ", STATUSES), query.isEmpty() ? "" : ", wall");
                row(what, changes(page), "0.3");
            }
        }
        Files.write(Path.of("target/board-cost.md"), lines);
    }

    private static double mark(Page page, String name) {
        return ((Number) page.evaluate("performance.getEntriesByName('" + name + "')[0].startTime")).doubleValue()
                / 1e3;
    }

    /** What changes cost until the page has fetched the window again, without what it costs to do nothing. */
    private List<Double> changes(Page page) {
        double before = cpu();
        page.waitForTimeout(QUIET_MS);
        double idle = cpu() - before;
        List<Double> costs = new ArrayList<>();
        for (String status : STATUSES) {
            before = cpu();
            post(
                    IntStream.range(0, CHANGES)
                            .map(n -> n * (APPS * DOMAINS / CHANGES))
                            .boxed()
                            .toList(),
                    status,
                    0);
            page.waitForTimeout(QUIET_MS);
            costs.add(cpu() - before - idle);
        }
        add("| %.0f s without changes, CPU s | %s | | |".formatted(QUIET_MS / 1e3, text(idle)));
        return costs;
    }
}
