package org.epmpulse.slack.canvas;

import static org.assertj.core.api.Assertions.assertThat;

import io.vavr.collection.HashMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.epmpulse.sandbox.LiveMarkup;
import org.epmpulse.sandbox.SandboxMarkdown;
import org.epmpulse.slack.canvas.CanvasRenderer.Form;
import org.epmpulse.slack.canvas.CanvasRenderer.Rendering;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.DurationStatistics;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.window.CloseCalendar;
import org.epmpulse.window.Deadline;
import org.epmpulse.window.DomainRule;
import org.epmpulse.window.Holidays;
import org.epmpulse.window.WindowPlan;
import org.epmpulse.window.WindowViews;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares canvases with {@code src/test/resources/slack/canvas/<case>.md}. After a change of the rendering, rewrite
 * the files and review the difference:
 *
 * <pre>mvn test -Dtest=CanvasRendererTest -DrenewCanvases=true</pre>
 */
class CanvasRendererTest {

    private static final Path GOLDEN = Path.of("src/test/resources/slack/canvas");
    private static final Duration STALE_AFTER = Duration.ofHours(2);

    /** Builds a channel {@code C1} with its applications and domains. */
    private static final class Channel {
        private final Map<String, Catalog.App> apps = new LinkedHashMap<>();
        private ZoneId zone = ZoneId.of("UTC");
        private Instant now = Instant.parse("2026-02-16T07:30:00Z");
        private HashMap<DomainId, DomainStatus> domains = HashMap.empty();
        private DomainNotes notes = DomainNotes.NONE;
        private HashMap<DomainId, DurationStatistics> durations = HashMap.empty();
        private final Map<DomainId, DomainRule> rules = new LinkedHashMap<>();
        private CloseCalendar calendar;
        private long revision;

        Channel withTypicalDuration(String app, String domain, int minutes) {
            int sec = minutes * 60;
            durations = durations.put(
                    new DomainId(app, domain), DurationStatistics.of(sec - 60, sec, sec, sec + 4, sec + 120));
            return this;
        }

        Channel withNotes(DomainNotes domainNotes) {
            notes = domainNotes;
            return this;
        }

        Channel at(String zoneId, String instant) {
            zone = ZoneId.of(zoneId);
            now = Instant.parse(instant);
            return this;
        }

        Channel app(String name, String... domainNames) {
            LinkedHashSet<String> ordered = new LinkedHashSet<>(List.of(domainNames));
            apps.put(name, new Catalog.App(name, name, ordered, List.of("C1"), false));
            return this;
        }

        Channel is(String app, String domain, Status status, String since) {
            return is(app, domain, status, since, "LOAD_" + domain, null, null);
        }

        Channel is(
                String app,
                String domain,
                Status status,
                String since,
                @Nullable String jobId,
                @Nullable Long took,
                @Nullable String message) {
            Instant at = Instant.parse(since);
            Instant started = status == Status.LOADING ? at : null;
            revision++;
            DomainId id = new DomainId(app, domain);
            ValidatedUpdate update = ValidatedUpdate.of(id, status, jobId, message, "k");
            domains = domains.put(id, DomainStatus.of(update, at, started, took, revision));
            return this;
        }

        /** A close window from 18:00 in the zone of the canvas, on each day. */
        Channel closes() {
            calendar =
                    new CloseCalendar(LocalTime.of(18, 0), null, zone, EnumSet.allOf(DayOfWeek.class), Holidays.NONE);
            return this;
        }

        Channel rule(String app, String domain, DomainRule rule) {
            rules.put(new DomainId(app, domain), rule);
            return this;
        }

        /** Five runs of so many minutes that ended at this time of the last five windows. */
        Channel usually(String app, String domain, int minutes, String lastEnd) {
            long last = Instant.parse(lastEnd).getEpochSecond();
            long[] ends = LongStream.rangeClosed(-4, 0)
                    .map(day -> last + 86_400 * day)
                    .toArray();
            DomainId id = new DomainId(app, domain);
            withTypicalDuration(app, domain, minutes);
            durations = durations.put(id, durations.get(id).get().withEnds(ends));
            return this;
        }

        Rendering render(Form form) {
            Board board = new Board(revision, revision, null, domains, durations, Board.EMPTY.jobs());
            Catalog catalog = new Catalog(apps);
            if (calendar == null) {
                return new CanvasRenderer(catalog, zone, STALE_AFTER).render("C1", board, notes, now, form);
            }
            WindowPlan plan = new WindowPlan(catalog.domainIds().toList(), rules, calendar);
            WindowViews windows = new WindowViews(plan, STALE_AFTER, () -> board, () -> now);
            return new CanvasRenderer(catalog, zone, STALE_AFTER, windows::of).render("C1", board, notes, now, form);
        }

        Rendering render() {
            return render(Form.TABLES);
        }
    }

    private static Channel typicalDurations() {
        return new Channel()
                .app("Planning", "Actual", "Budget", "Forecast", "Plan")
                .is("Planning", "Actual", Status.LOADING, "2026-02-16T07:16:00Z")
                .is("Planning", "Budget", Status.LOADING, "2026-02-16T07:00:00Z")
                .is("Planning", "Forecast", Status.LOADING, "2026-02-16T07:00:00Z")
                .is("Planning", "Plan", Status.OK, "2026-02-16T07:00:00Z")
                .withTypicalDuration("Planning", "Actual", 20)
                .withTypicalDuration("Planning", "Budget", 20)
                .withTypicalDuration("Planning", "Plan", 20);
    }

    private static Channel epmNotReachable() {
        String outage = "Planning EPM not reachable since 07:05 UTC";
        return new Channel()
                .app("Planning", "Actual", "Budget")
                .app("FCCS", "Consolidation")
                .is("Planning", "Actual", Status.LOADING, "2026-02-16T07:00:00Z")
                .is("Planning", "Budget", Status.OK, "2026-02-16T06:00:00Z")
                .is("FCCS", "Consolidation", Status.LOADING, "2026-02-16T07:10:00Z")
                .withNotes(new DomainNotes(
                        Map.of(
                                new DomainId("Planning", "Actual"),
                                outage,
                                new DomainId("FCCS", "Consolidation"),
                                "HTTP 404: EPM does not know the job"),
                        Map.of("Planning", outage)));
    }

    record Case(String name, Rendering rendering) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("empty", new Channel().render()),
                new Case("never-reported", neverReported().render()),
                new Case("all-ok", allOk().render()),
                new Case("failures-first", failuresFirst().render()),
                new Case("running-and-stale", runningAndStale().render()),
                new Case("several-apps", severalApps().render()),
                new Case("split-tables", splitTables().render()),
                new Case("list-form", severalApps().render(Form.LISTS)),
                new Case("half-hour-offset", halfHourOffset().render()),
                new Case("half-hour-offset-list", halfHourOffset().render(Form.LISTS)),
                new Case("clocks-changed", clocksChanged().render()),
                new Case("other-days", otherDays().render()),
                new Case("durations", durations().render()),
                new Case("epm-not-reachable", epmNotReachable().render()),
                new Case("typical-durations", typicalDurations().render()),
                new Case("close-window", closeWindow().render()),
                new Case("close-window-list", closeWindow().render(Form.LISTS)),
                new Case("close-window-done", closeWindowDone().render()),
                new Case("hostile", hostile().render()),
                new Case("hostile-list", hostile().render(Form.LISTS)));
    }

    /** At 22:30 one domain failed, another waits for it, one is late, and one has not been reported. */
    private static Channel closeWindow() {
        DomainId trialBalance = new DomainId("FCCS", "Trial Balance");
        return new Channel()
                .at("Europe/London", "2026-02-16T22:30:00Z")
                .closes()
                .app("Planning", "Actual", "Budget")
                .app("FCCS", "Trial Balance", "Consolidation", "Rates")
                .is("Planning", "Actual", Status.OK, "2026-02-16T20:10:00Z", "LOAD_1", 360L, null)
                .usually("Planning", "Actual", 48, "2026-02-15T20:20:00Z")
                .is("Planning", "Budget", Status.OK, "2026-02-13T20:10:00Z", "LOAD_2", 60L, null)
                .is("FCCS", "Trial Balance", Status.WARNING, "2026-02-16T21:40:00Z", "TB", 61L, "row 7 was rejected")
                .usually("FCCS", "Trial Balance", 20, "2026-02-15T21:45:00Z")
                .rule("FCCS", "Trial Balance", rule("22:00", "Close desk (day)", "https://wiki.example.com/tb(1)"))
                .is("FCCS", "Consolidation", Status.OK, "2026-02-15T23:05:00Z", "CONS", 3000L, null)
                .usually("FCCS", "Consolidation", 50, "2026-02-15T23:05:00Z")
                .rule(
                        "FCCS",
                        "Consolidation",
                        new DomainRule(Deadline.parse("23:30"), List.of(trialBalance), "A. *Nna*", null))
                .is("FCCS", "Rates", Status.LOADING, "2026-02-16T22:21:00Z", "FX", null, null);
    }

    private static DomainRule rule(String by, String owner, String runbook) {
        return new DomainRule(Deadline.parse(by), List.of(), owner, runbook);
    }

    private static Channel closeWindowDone() {
        return new Channel()
                .at("Europe/London", "2026-02-17T07:30:00Z")
                .closes()
                .app("Planning", "Actual", "Budget")
                .is("Planning", "Actual", Status.OK, "2026-02-16T20:10:00Z", "LOAD_1", 2900L, null)
                .usually("Planning", "Actual", 48, "2026-02-16T20:10:00Z")
                .is("Planning", "Budget", Status.OK, "2026-02-17T03:12:00Z", "LOAD_2", 60L, null);
    }

    private static Channel neverReported() {
        return new Channel()
                .app("Planning", "Actual", "Budget", "Forecast")
                .is("Planning", "Budget", Status.BLANK, "2026-02-16T06:00:00Z", null, null, "reset for the close");
    }

    private static Channel allOk() {
        return new Channel()
                .app("Planning", "Actual", "Budget")
                .is("Planning", "Actual", Status.OK, "2026-02-16T07:29:00Z", "LOAD_001", 145L, null)
                .is("Planning", "Budget", Status.OK, "2026-02-16T05:00:00Z", null, null, "1,204 rows");
    }

    private static Channel failuresFirst() {
        return new Channel()
                .app("Planning", "Actual", "Budget", "Forecast", "Headcount", "Capex", "Opex", "Sales", "Tax")
                .is("Planning", "Actual", Status.OK, "2026-02-16T07:01:00Z")
                .is("Planning", "Budget", Status.LOADING, "2026-02-16T07:20:00Z")
                .is("Planning", "Forecast", Status.OK, "2026-02-16T07:02:00Z")
                .is("Planning", "Headcount", Status.OK, "2026-02-16T07:03:00Z")
                .is("Planning", "Capex", Status.OK, "2026-02-16T07:04:00Z")
                .is("Planning", "Opex", Status.WARNING, "2026-02-16T07:25:00Z", "LOAD_7", 61L, "row 7 was rejected")
                .is("Planning", "Sales", Status.OK, "2026-02-16T07:05:00Z")
                .is("Planning", "Tax", Status.LOADING, "2026-02-16T07:21:00Z");
    }

    private static Channel runningAndStale() {
        return new Channel()
                .app("FCCS", "Consolidation", "Journals", "Rates")
                .is("FCCS", "Consolidation", Status.LOADING, "2026-02-16T07:00:00Z")
                .is("FCCS", "Journals", Status.LOADING, "2026-02-16T05:29:59Z", "JRN", null, "step 3 of 9")
                .is("FCCS", "Rates", Status.LOADING, "2026-02-16T05:30:00Z");
    }

    private static Channel severalApps() {
        return new Channel()
                .app("Planning", "Actual", "Budget")
                .app("FCCS", "Consolidation")
                .app("ARCS", "Reconciliation", "Balances")
                .is("Planning", "Actual", Status.OK, "2026-02-16T07:00:00Z", "LOAD_001", 145L, "1,204 rows")
                .is("FCCS", "Consolidation", Status.LOADING, "2026-02-16T01:00:00Z")
                .is("ARCS", "Balances", Status.WARNING, "2026-02-16T06:00:00Z", "BAL", 5L, "period is locked");
    }

    private static Channel splitTables() {
        String[] domains = IntStream.rangeClosed(1, 101)
                .mapToObj(i -> "Entity %03d".formatted(i))
                .toArray(String[]::new);
        Channel channel = new Channel().app("Consolidation", domains);
        for (String domain : domains) {
            channel.is("Consolidation", domain, Status.OK, "2026-02-16T07:00:00Z", null, 12L, null);
        }
        return channel;
    }

    private static Channel halfHourOffset() {
        return new Channel()
                .at("Asia/Kolkata", "2026-02-16T18:45:00Z")
                .app("Planning", "Actual", "Budget")
                .is("Planning", "Actual", Status.OK, "2026-02-16T18:31:00Z")
                .is("Planning", "Budget", Status.OK, "2026-02-16T18:29:00Z");
    }

    /** The hour from 2 to 3 o'clock on 25 October occurs twice. */
    private static Channel clocksChanged() {
        return new Channel()
                .at("Europe/Berlin", "2026-10-25T01:40:00Z")
                .app("Planning", "Actual", "Budget")
                .is("Planning", "Actual", Status.OK, "2026-10-25T00:35:00Z")
                .is("Planning", "Budget", Status.OK, "2026-10-25T01:35:00Z");
    }

    private static Channel otherDays() {
        return new Channel()
                .at("UTC", "2026-01-02T00:10:00Z")
                .app("Planning", "Now", "Yesterday", "Last year")
                .is("Planning", "Now", Status.OK, "2026-01-02T00:05:00Z")
                .is("Planning", "Yesterday", Status.OK, "2026-01-01T23:55:00Z")
                .is("Planning", "Last year", Status.OK, "2025-12-31T23:55:00Z");
    }

    private static Channel durations() {
        Channel channel = new Channel().app("Planning", "A", "B", "C", "D", "E", "F", "G", "H");
        long[] seconds = {0, 59, 60, 145, 3599, 3600, 3900, 100_000};
        for (int i = 0; i < seconds.length; i++) {
            String domain = String.valueOf((char) ('A' + i));
            channel.is("Planning", domain, Status.OK, "2026-02-16T07:00:00Z", null, seconds[i], null);
        }
        return channel;
    }

    private static Channel hostile() {
        return new Channel()
                .app(
                        "# Plan|ning <!channel> [x](https://evil.example)",
                        "- [ ] *Actual* :joy:",
                        "Bud\u202Eget\nnew line")
                .is(
                        "# Plan|ning <!channel> [x](https://evil.example)",
                        "- [ ] *Actual* :joy:",
                        Status.WARNING,
                        "2026-02-16T07:00:00Z",
                        "`LOAD|1` <@U0123456789> \\",
                        null,
                        "![](@U1) https://evil.example &lt;!here&gt; \uD83D 😀 | # a\n## b")
                .is(
                        "# Plan|ning <!channel> [x](https://evil.example)",
                        "Bud\u202Eget\nnew line",
                        Status.OK,
                        "2026-02-16T07:00:00Z",
                        "W".repeat(100),
                        null,
                        "very long word " + "w".repeat(200));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aCanvasEqualsItsFile(Case canvas) throws IOException {
        Path golden = GOLDEN.resolve(canvas.name() + ".md");
        if (Boolean.getBoolean("renewCanvases")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(golden, canvas.rendering().markdown());
        }

        assertThat(golden)
                .as("%s; see %s for how to renew it", golden, getClass().getSimpleName())
                .exists()
                .hasContent(canvas.rendering().markdown());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void slackAcceptsTheMarkdown(Case canvas) {
        assertThat(SandboxMarkdown.fault(canvas.rendering().markdown())).isNull();
        // Only a runbook of the configuration is a link.
        String withoutRunbook =
                canvas.rendering().markdown().replace("[runbook](https://wiki.example.com/tb%281%29)", "");
        assertThat(LiveMarkup.inCanvas(withoutRunbook)).isEmpty();
    }

    @Test
    void everyFileIsACase() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            cases().map(canvas -> canvas.name() + ".md").toList());
        }
    }

    @Test
    void theSummaryIsOneLine() {
        assertThat(failuresFirst().render().content().lines())
                .startsWith("# EPM status", "", "1 failed · 2 running · 5 OK");
    }

    /** A failed domain is expected to be done its typical duration from now, so its expected end moves each minute. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void withoutAnUpdateTheWindowChangesACanvasFourTimesAnHour(Form form) {
        Instant start = Instant.parse("2026-02-16T22:31:00Z");
        Set<String> contents = new LinkedHashSet<>();
        List<String> lines = new ArrayList<>();
        for (int minute = 0; minute < 60; minute++) {
            Instant now = start.plusSeconds(60L * minute);
            Rendering rendering =
                    closeWindow().at("Europe/London", now.toString()).render(form);
            contents.add(rendering.fingerprint());
            rendering
                    .content()
                    .lines()
                    .filter(line -> line.startsWith("Expected end"))
                    .forEach(lines::add);
        }

        // Four quarters of an hour, and at 23:30 Consolidation is late instead of at risk.
        assertThat(contents).hasSizeBetween(4, 6);
        assertThat(lines).hasSize(60).startsWith("Expected end ~23:55, usually 23:05");
    }

    @Test
    void manyLateDomainsAreCounted() {
        String[] domains = IntStream.rangeClosed(1, 90)
                .mapToObj(i -> "Entity %03d".formatted(i))
                .toArray(String[]::new);
        Channel channel =
                new Channel().at("UTC", "2026-02-16T22:30:00Z").closes().app("Consolidation", domains);
        for (String domain : domains) {
            channel.rule("Consolidation", domain, rule("22:00", "Anna", "https://wiki.example.com"));
        }

        for (Form form : Form.values()) {
            String markdown = channel.render(form).markdown();
            assertThat(markdown)
                    .contains("** · 90 no update yet · 90 late\n")
                    .contains("\n… and " + (90 - WindowSummary.MAX_ROWS) + " more late or at risk\n");
            assertThat(SandboxMarkdown.fault(markdown)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "𠜎", "|"})
    void domainsOverTheLimitAreCounted(String letter) {
        String[] domains = IntStream.rangeClosed(1, 4000)
                .mapToObj(i -> letter.repeat(50) + i)
                .toArray(String[]::new);
        Channel channel = new Channel().app("Consolidation", domains).app("Planning", "Actual");
        for (String domain : domains) {
            channel.is(
                    "Consolidation",
                    domain,
                    Status.OK,
                    "2026-02-16T07:00:00Z",
                    letter.repeat(99),
                    9L,
                    letter.repeat(199));
        }

        for (Form form : Form.values()) {
            String markdown = channel.render(form).markdown();
            List<String> lines = markdown.lines().toList();
            long shown = lines.stream().filter(line -> line.contains("🟢 OK")).count();

            assertThat(markdown.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(1_048_576);
            assertThat(markdown.length()).isGreaterThan(240_000);
            assertThat(lines).contains("4000 OK · 1 no update yet", "… and " + (4001 - shown) + " more");
            assertThat(SandboxMarkdown.fault(markdown)).isNull();
        }
    }

    @Test
    void theFingerprintIgnoresTheFooter() {
        Rendering first = allOk().render();
        Rendering later = allOk().at("UTC", "2026-02-16T07:31:00Z").render();
        Rendering other = allOk().is("Planning", "Budget", Status.LOADING, "2026-02-16T07:30:00Z")
                .render();

        assertThat(later.footer()).isNotEqualTo(first.footer());
        assertThat(later.fingerprint()).isEqualTo(first.fingerprint());
        assertThat(other.fingerprint()).isNotEqualTo(first.fingerprint());
    }

    @Test
    void applicationsKeepTheirOrderUnlessOneHasAFailure() {
        List<String> headings = new ArrayList<>();
        Channel channel = new Channel().app("A", "Load").app("B", "Load").app("C", "Load");

        channel.is("A", "Load", Status.OK, "2026-02-16T07:00:00Z");
        channel.is("C", "Load", Status.LOADING, "2026-02-16T07:00:00Z");
        channel.render()
                .content()
                .lines()
                .filter(line -> line.startsWith("## "))
                .forEach(headings::add);

        assertThat(headings).containsExactly("## A", "## B", "## C");
    }
}
