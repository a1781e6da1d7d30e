package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The modules of the board that compute without a page: what a domain's row says, the axis, addresses, times. */
class BoardModulesIT {

    private static final Path FOLDER = Path.of("src/main/resources/web");
    private static final String LIT = "/META-INF/resources/_static/lit-html/";
    private static final String TIMES = """
            const at = text => Date.parse(`2026-03-10T${text}:00Z`);
            const iso = text => `2026-03-10T${text}:00Z`;
            const starts = at('00:00');
            const id = {app: 'FCCS', domain: 'Journals', appName: 'FCCS'};
            const live = values => ({status: 'OK', job_id: 'J', message: null, updated: iso('02:00'), started: null,
              duration_sec: null, stale: false, reason: null, usual_sec: null, overdue: false, ...values});
            const inWindow = values => ({...live({}), state: 'done', deadline: null, deadline_state: 'none',
              expected_end: null, usual_end: null, waiting_for: [], cause: null, last_ok: null, ...values});
            """;

    private static Chromium chromium;

    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void start() {
        chromium = Chromium.launch();
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void open() {
        context = chromium.newContext(
                new Browser.NewContextOptions().setTimezoneId("Europe/Berlin").setLocale("en-GB"));
        page = context.newPage();
        page.route("http://board.test/**", BoardModulesIT::serve);
        page.navigate("http://board.test/icon.svg");
    }

    @AfterEach
    void close() {
        context.close();
    }

    private static void serve(Route route) {
        String path = route.request().url().replaceFirst("http://board.test/", "");
        try {
            String content = path.startsWith("lit/") ? lit(path.substring(4)) : Files.readString(FOLDER.resolve(path));
            route.fulfill(new Route.FulfillOptions()
                    .setContentType(path.endsWith(".js") ? "text/javascript" : "image/svg+xml")
                    .setBody(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String lit(String name) throws IOException {
        String version;
        try (InputStream in =
                BoardModulesIT.class.getResourceAsStream("/META-INF/maven/org.mvnpm/lit-html/pom.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            version = properties.getProperty("version");
        }
        try (InputStream in = BoardModulesIT.class.getResourceAsStream(LIT + version + "/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The JSON of what a function body returns that imports a module as {@code m}. */
    private String eval(String module, String body) {
        return (String) page.evaluate("async () => { const m = await import('http://board.test/" + module + "');\n"
                + TIMES + "const result = await (async () => {" + body + "})();\n return JSON.stringify(result); }");
    }

    private String row(String live, String inWindow, String now, String result) {
        return eval(
                "board/derive.js",
                "const row = m.rowOf(id, %s, %s, starts, at('%s')); return %s;".formatted(live, inWindow, now, result));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            live({})                                                    | "done"
            live({updated: '2026-03-09T23:59:59Z'})                     | "not_started"
            live({status: 'Warning'})                                   | "failed"
            live({status: 'Warning', updated: '2026-03-09T20:00:00Z'})  | "not_started"
            live({status: 'Loading', updated: '2026-03-09T20:00:00Z'})  | "running"
            live({status: 'Loading', stale: true})                      | "stale"
            live({status: 'Blank'})                                     | "not_started"
            live({updated: null, status: 'Blank'})                      | "not_started" """)
    void aDomainHasAStateBeforeTheWindowIsKnown(String live, String state) {
        assertThat(row(live, "null", "03:00", "row.state")).isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2026-03-09T23:00:00Z | ["","","",null,null]
            2026-03-10T00:30:00Z | ["48 rows","J1","https://logs.example.com/1",1773102600000,60000]""")
    void theLastRunBeforeTheWindowIsNotShownAsOneOfTheWindow(String updated, String shown) {
        String window = "inWindow({state: 'not_started', status: 'OK', updated: '" + updated
                + "', message: '48 rows', job_id: 'J1', url: 'https://logs.example.com/1', duration_sec: 60})";

        assertThat(row("null", window, "03:00", "[row.message, row.jobId, row.url, row.since, row.tookMs]"))
                .isEqualTo(shown);
    }

    @Test
    void anUpdateOfTheStreamIsNewerThanTheWindow() {
        String window = "inWindow({state: 'running', status: 'Loading', started: iso('01:00'), updated: iso('01:00'),"
                + " usual_sec: 3600, expected_end: iso('02:00')})";

        assertThat(row("live({updated: iso('02:30')})", window, "03:00", "row.state"))
                .isEqualTo("\"done\"");
        assertThat(row("live({updated: iso('00:30')})", window, "03:00", "row.state"))
                .isEqualTo("\"running\"");
        assertThat(row("null", window, "01:30", "[row.state, row.expectedEnd === at('02:00')]"))
                .isEqualTo("[\"running\",true]");
        assertThat(row("null", window, "02:30", "row.expectedEnd === at('02:30')"))
                .isEqualTo("true");
    }

    @Test
    void changesOfTheWindowAreMergedAndUnchangedRowsStayTheSameObjects() {
        String shown = eval("board/store.js", """
                const {createDeriver} = await import('http://board.test/board/derive.js');
                const store = m.createStore(() => {});
                const {rows} = createDeriver();
                const show = () => rows(store.state.catalog, null, store.state.window.domains, starts, at('03:00'));
                const entry = (domain, state) => inWindow({app: 'FCCS', domain, state, updated: iso('01:00')});
                const window = (version, complete, domains) => store.window({version, complete, domains, starts: iso('00:00')}, null);
                store.state.catalog = [{app: 'FCCS', name: 'FCCS', domains: ['A', 'B']}];
                window('s-0', true, [entry('A', 'done'), entry('B', 'done')]);
                const first = show();
                window('s-1', false, []);
                const second = show();
                window('s-2', false, [entry('B', 'failed')]);
                const third = show();
                window('other-0', true, [entry('A', 'done')]);
                return [first === second, third[0] === first[0], third.map(row => row.domain + ' ' + row.state),
                  store.state.window.version, show().length];""");

        assertThat(shown).isEqualTo("[true,true,[\"A done\",\"B failed\"],\"other-0\",1]");
    }

    @Test
    void aDeadlinePassesBetweenTwoRepliesOfTheApi() {
        String window = "inWindow({state: 'running', status: 'Loading', updated: iso('01:00'), started: iso('01:00'),"
                + " deadline: iso('02:00'), deadline_state: 'at_risk'})";

        assertThat(row("null", window, "01:59", "[row.atRisk, row.late]")).isEqualTo("[true,false]");
        assertThat(row("null", window, "02:01", "[row.atRisk, row.lateNow]")).isEqualTo("[false,true]");
        assertThat(row("live({updated: iso('01:58')})", window, "02:01", "row.deadlineState"))
                .isEqualTo("\"met\"");
        assertThat(row("live({updated: iso('02:01')})", window, "02:02", "[row.late, row.lateNow]"))
                .isEqualTo("[true,false]");
        assertThat(eval("board/derive.js", """
                const deriver = m.createDeriver();
                const window = new Map([['FCCS/Journals', %s]]);
                const catalog = [{app: 'FCCS', name: 'FCCS', domains: ['Journals', 'Unknown']}];
                const at1 = deriver.rows(catalog, null, window, starts, at('01:10'))[0];
                const at2 = deriver.rows(catalog, null, window, starts, at('01:20'))[0];
                const at3 = deriver.rows(catalog, null, window, starts, at('02:20'))[0];
                return [at1 === at2, at2 === at3, at3.lateNow];""".formatted(window))).isEqualTo("[true,false,true]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            inWindow({state: 'failed', status: 'Warning'})                                    | "failed"
            inWindow({state: 'stale', status: 'Loading'})                                     | "stale"
            inWindow({state: 'not_started', status: 'OK', deadline: iso('01:00'), deadline_state: 'late'}) | "late"
            inWindow({state: 'not_started', deadline: iso('05:00'), deadline_state: 'at_risk'}) | "at_risk"
            inWindow({state: 'running', status: 'Loading', overdue: true})                     | "slow"
            inWindow({usual_sec: 600, duration_sec: 299})                                      | "too_short"
            inWindow({usual_sec: 600, duration_sec: 300})                                      | null
            inWindow({deadline: iso('01:00'), deadline_state: 'late'})                         | null
            inWindow({state: 'not_started'})                                                   | null""")
    void aRowHasItsWorstProblem(String inWindow, String problem) {
        assertThat(row("null", inWindow, "03:00", "m.problemOf(row)")).isEqualTo(problem);
    }

    @Test
    void onlySecureAddressesBecomeLinks() {
        assertThat(eval("board/derive.js", """
                return ['https://a.example/x', 'http://a.example', 'javascript:alert(1)', 'https://', null]
                  .map(m.httpsUrl);""")).isEqualTo("[\"https://a.example/x\",\"\",\"\",\"\",\"\"]");
    }

    @Test
    void addressesAreReadAndWrittenAlike() {
        assertThat(eval("board/address.js", """
                return ['', '?view=nights', '?wall', '?at=2026-03-10T02:00:00Z&domain=FCCS/Journals', '?status=Warning',
                  '?app=A%26B&status=late&q=x+y', '?view=none&status=none&at=none']
                  .map(search => m.writeAddress(m.readAddress(search)));"""))
                .isEqualTo("[\"\",\"?view=nights\",\"?view=wall\",\"?at=2026-03-10T02:00:00Z&domain=FCCS/Journals\","
                        + "\"?status=failed\",\"?app=A%26B&status=late&q=x+y\",\"\"]");
        assertThat(eval("board/address.js", "return ['FCCS/A/B', 'FCCS', '/x'].map(m.splitName);"))
                .isEqualTo("[{\"app\":\"FCCS\",\"domain\":\"A/B\"},null,null]");
    }

    @Test
    void theAxisHasFullHoursAndEndsAfterWhatIsExpected() {
        assertThat(eval("board/axis.js", """
                const row = {expectedEnd: at('04:40'), deadline: at('23:00'), usualMs: 3600000, state: 'running',
                  since: at('03:30'), updated: at('03:30'), tookMs: null};
                const axis = m.axisOf({starts: at('00:20'), ends: at('23:59')}, [row], at('04:00'), 12);
                const bars = m.barsOf(row, [{started: at('01:00'), completed: at('02:00'), state: 'failed'},
                  {started: at('03:30'), completed: null, state: 'running'}], axis, at('04:00'));
                return [axis.ticks.map(tick => new Date(tick).getUTCMinutes() % 30), axis.to < at('05:00'), axis.to > at('04:40'),
                  bars.map(bar => [bar.state, bar.expected]), bars.every(bar => bar.x >= 0 && bar.x + bar.width <= 100.5)];"""))
                .isEqualTo(
                        "[[0,0,0,0,0,0,0,0,0],true,true,[[\"failed\",false],[\"running\",false],[\"running\",true]],true]");
    }

    @Test
    void aRunThatTheWindowKnowsIsOnTheAxisWithoutTheListOfRuns() {
        assertThat(eval("board/axis.js", """
                const row = {expectedEnd: null, deadline: null, usualMs: null, state: 'done', since: at('02:00'),
                  updated: at('02:00'), tookMs: 1800000};
                const axis = m.axisOf({starts, ends: at('10:00')}, [row], at('04:00'));
                const alone = m.barsOf(row, [], axis, at('04:00'));
                const listed = m.barsOf(row, [{started: at('01:30'), completed: at('02:00'), state: 'done'}], axis, at('04:00'));
                return [JSON.stringify(alone) === JSON.stringify(listed), alone.length];""")).isEqualTo("[true,1]");
    }

    @Test
    void durationsHaveTwoUnitsAtMost() {
        assertThat(eval("board/time.js", """
                return [0, 59, 61, 200, 1501, 7500, 360000].map(sec => m.duration(sec * 1000).replaceAll('\\u00a0', ' '));"""))
                .isEqualTo("[\"0 s\",\"59 s\",\"1 min 1 s\",\"3 min 20 s\",\"25 min\",\"2 h 5 min\",\"4 d 4 h\"]");
    }

    @Test
    void aDayAndAMonthKeepTheTimeOfDay() {
        assertThat(eval("board/time.js", """
                const iso = ms => new Date(ms).toISOString();
                return [iso(m.daysLater(Date.parse('2026-03-28T10:00:00Z'), 1)), iso(m.daysLater(Date.parse('2026-03-30T10:00:00Z'), -2)),
                  iso(m.monthEarlier(Date.parse('2026-03-31T10:00:00Z'))), iso(m.monthEarlier(Date.parse('2026-01-15T10:00:00Z')))];"""))
                .isEqualTo("[\"2026-03-29T09:00:00.000Z\",\"2026-03-28T11:00:00.000Z\","
                        + "\"2026-02-28T11:00:00.000Z\",\"2025-12-15T10:00:00.000Z\"]");
    }

    @Test
    void nightsShowHowEachDomainEnded() {
        assertThat(eval("board/nights.js", """
                const night = (state, deadline_state) => ({at: 1, data: {starts: iso('00:00'),
                  domains: [{app: 'A', domain: 'X', state, deadline_state}]}});
                const nights = m.nightsOfWindows([night('done', 'met'), night('done', 'late'), night('failed', 'late'),
                  night('not_started', 'none'), night('running', 'on_track')]);
                return [nights.cells.get('A/X'), m.summaryOf(nights.cells.get('A/X'))];"""))
                .isEqualTo("[[\"done\",\"late\",\"failed\",\"none\",\"open\"],"
                        + "\"1 Failed, 1 Late, 1 OK, 1 Running, 1 No run\"]");
    }

    @Test
    void aCopiedTableHasNoMarkupAndNoFormula() {
        assertThat(eval("board/copy.js", """
                const cells = [['Status', 'Message'], ['Failed', '=1+1'], ['OK', '<b>&']];
                return [m.asText(cells), m.asHtml(cells, 1)];"""))
                .isEqualTo(
                        "[\"Status\\tMessage\\nFailed\\t'=1+1\\nOK\\t<b>&\",\"<table><tr><th>Status</th><th>Message</th></tr>"
                                + "<tr><td>Failed</td><td>=1+1</td></tr><tr><td>OK</td><td>&lt;b&gt;&amp;</td></tr></table>\"]");
    }

    @Test
    void aSavedTableIsQuotedAndHasNoFormula() {
        assertThat(eval("board/copy.js", """
                return m.asCsv([['app', 'message'], ['FCCS', '=1+1'], ['a,b', 'say "x"\\nagain'], [null, -5]]);"""))
                .isEqualTo(
                        "\"app,message\\r\\nFCCS,'=1+1\\r\\n\\\"a,b\\\",\\\"say \\\"\\\"x\\\"\\\"\\nagain\\\"\\r\\n,-5\\r\\n\"");
    }

    @Test
    void anEventMayHoldLineSeparators() {
        assertThat(eval("board/feed.js", "return m.parseEvent('data: a\\u2028b\\u2029c').data;"))
                .isEqualTo("\"a\u2028b\u2029c\"");
    }

    @Test
    void anEventHasANameAndData() {
        assertThat(eval("board/feed.js", "return m.parseEvent('id: 7\\nevent: status\\ndata: {\"a\":1}');"))
                .isEqualTo("{\"name\":\"status\",\"data\":\"{\\\"a\\\":1}\"}");
    }

    @Test
    void theTitleNamesTheWorst() {
        assertThat(eval("board/health.js", """
                const title = (problems, done, all) => m.titleOf(null, {problems, states: {done, running: all - done}}, 0, null);
                return [title([['failed', 2], ['late', 1]], 3, 9), title([['late', 1]], 3, 9), title([], 9, 9), title([], 3, 9),
                  m.titleOf({title: 'No connection'}, null, 0, null), m.titleOf(null, null, 0, null),
                  m.iconOf(null, {problems: [['late', 1]]}), m.iconOf({}, null)];"""))
                .isEqualTo(
                        "[\"2 failed – EPMPulse\",\"1 late – EPMPulse\",\"All done – EPMPulse\",\"3 of 9 OK – EPMPulse\","
                                + "\"No connection – EPMPulse\",\"EPMPulse\",\"icon-late.svg\",\"icon-outdated.svg\"]");
    }

    @Test
    void aBrowserWhoseClockIsWrongUsesTheServersTime() {
        assertThat(eval("board/time.js", """
                const HOUR = 3_600_000;
                const hours = () => Math.round((Date.now() - m.serverNow()) / HOUR);
                const results = [hours()];
                for (const by of [-3 * HOUR, 2 * HOUR, 1_000, -1_000]) {
                  m.serverSaid(Date.now() + by, Date.now() - 10);
                  results.push(hours());
                }
                return results;""")).isEqualTo("[0,3,-2,0,0]");
    }

    @Test
    void aClockThatIsSetBackDelaysNothing() {
        assertThat(eval("board/time.js", """
                const now = Date.now;
                let at = 1_000_000;
                Date.now = () => at;
                const first = m.steady();
                const passed = [5, -900_000, 7, 3_600_000].map(ms => (at += ms, m.steady() - first));
                Date.now = now;
                return passed;""")).isEqualTo("[5,5,12,3600012]");
    }

    @Test
    void manyChangesAreAnnouncedBriefly() {
        assertThat(eval("board/notify.js", "return m.announcement(['a', 'b', 'c', 'd', 'e']);"))
                .isEqualTo("\"a. b. c. 2 more changed.\"");
    }
}
