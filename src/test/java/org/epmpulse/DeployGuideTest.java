package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.Problem;
import org.epmpulse.config.Setting;
import org.epmpulse.http.ErrorCode;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.epmpulse.slack.SlackCheck;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What {@code deploy/README.md} quotes from the program is what the program says. */
@Isolated("records the log of all classes")
class DeployGuideTest {

    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    /** Of Java, systemd, Slack's and the shell's: not words of ours. */
    private static final Pattern NOT_OURS = Pattern.compile(
            "(?:shared archive|status=78/CONFIG|superseded|EPM_PASSWORD|ss -.*|curl .*|chown .*|java .*|/.*"
                    + "|deploy/.*|data/.*|routes/.*|ReadWritePaths=|check( --online)?|Authorization: Bearer|X-API-Key"
                    + "|application/json|Retry-After|Idempotency-Key|timestamp|product|auth|reason|details|message"
                    + "|canvas/sync|GET .*|canvas_id|last_error|pending|chat:write|apps_status\\.json"
                    + "|EPMPULSE_LOG_LEVEL=DEBUG|EPMPULSE_[A-Z_]+|SLACK_BOT_TOKEN|\"alerts\": false|…|[A-Z]+_[A-Z_]+)");

    @TempDir
    private Path folder;

    private String guide;

    @BeforeEach
    void read() throws IOException {
        guide = Files.readString(Path.of("deploy/README.md"));
    }

    private String chapter(String title) {
        Matcher chapter =
                Pattern.compile("(?s)\n## " + title + "\n(.*?)(?=\n## |\\z)").matcher(guide);
        assertThat(chapter.find()).as(title).isTrue();
        return chapter.group(1);
    }

    private static List<String> quoted(String text) {
        return QUOTED.matcher(text.replaceAll("(?s)```.*?```", ""))
                .results()
                .map(match -> match.group(1).replaceAll("\\s+", " "))
                .toList();
    }

    /** A text of the program that has the parts around {@code …} in their order. */
    private static Pattern pattern(String quotation) {
        return Pattern.compile(Stream.of(quotation.split("…"))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .map(Pattern::quote)
                .collect(Collectors.joining("[^\\n]*")));
    }

    private static Path classes() throws URISyntaxException {
        return Path.of(EpmPulse.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    @Test
    void everyTextOfTheTroubleshootingIsInTheProgram() throws Exception {
        List<String> constants = StringConstants.of(classes());
        List<String> ours = quoted(chapter("Troubleshooting")).stream()
                .filter(text -> !NOT_OURS.matcher(text).matches())
                .toList();

        assertThat(ours).hasSizeGreaterThan(25).allSatisfy(quotation -> assertThat(constants)
                .anyMatch(pattern(quotation).asPredicate()));
    }

    @Test
    void everyErrorCodeIsExplainedAndExists() {
        List<String> known = Stream.of(ErrorCode.values()).map(ErrorCode::name).toList();
        List<String> explained = Pattern.compile("\\| (\\d{3}) (`[A-Z_`, ]+`)")
                .matcher(chapter("Troubleshooting"))
                .results()
                .flatMap(row -> quoted(row.group(2)).stream()
                        .peek(code -> assertThat(ErrorCode.valueOf(code).status())
                                .as(code)
                                .isEqualTo(Integer.parseInt(row.group(1)))))
                .toList();

        assertThat(known).containsAll(explained);
        assertThat(explained)
                .contains("MISSING_AUTH", "INVALID_KEY", "RATE_LIMITED", "STATE_ERROR", "UNAVAILABLE", "SLACK_ERROR")
                .hasSizeGreaterThan(10);
    }

    /** The lines of the examples of output that begin as such a line does. */
    private List<String> examples(String beginning) {
        return Pattern.compile("(?s)```text\n(.*?)```")
                .matcher(guide)
                .results()
                .flatMap(block -> block.group(1).lines())
                .map(String::strip)
                .filter(line -> line.matches("(?:" + beginning + ").*"))
                .toList();
    }

    private Configuration configuration(String dotEnv, String apps) throws IOException {
        Files.writeString(folder.resolve(".env"), dotEnv);
        Files.createDirectories(folder.resolve("config"));
        Files.writeString(folder.resolve("config/apps.json"), apps);
        return Configuration.load(folder, Map.of(), Map.of());
    }

    private Stream<String> checkOnline(SlackSandbox slack, String token, String canvas) throws IOException {
        Configuration configuration = configuration(
                "SLACK_BOT_TOKEN=" + token + "\nSLACK_API_URL=" + slack.apiUrl() + "\n", """
                {"apps": {"Planning": {"domains": ["Actual"], "channels": ["C0123456789", "C9876543210"]}},
                 "channels": {"C0123456789": {"name": "epm-main", "canvas_id": "%s"},
                              "C9876543210": {"name": "arcs-support"}}}
                """.formatted(canvas));
        return SlackCheck.run(configuration.orThrow(), InstantSource.system()).stream()
                .map(OnlineFinding::toString);
    }

    @Test
    void theExamplesOfAnOnlineCheckAreWhatItPrints() throws Exception {
        try (SlackSandbox slack = SlackSandbox.start(InstantSource.system())) {
            slack.put(SandboxChannel.of("C0123456789", "epm-main"));
            slack.put(SandboxChannel.of("C9876543210", "arcs-support"));
            slack.addCanvas("F0123456789", "EPM");
            slack.addToken("xoxb-no-alerts", "canvases:read", "canvases:write", "channels:read", "groups:read");
            List<String> printed = new ArrayList<>();
            checkOnline(slack, slack.botToken(), "F0123456789").forEach(printed::add);
            checkOnline(slack, slack.botToken(), "F000").forEach(printed::add);
            checkOnline(slack, "xoxb-no-alerts", "F0123456789").forEach(printed::add);
            checkOnline(slack, "xoxb-of-nobody", "F0123456789").forEach(printed::add);

            assertThat(printed).containsAll(examples("(ok|error)  +(SLACK_BOT_TOKEN|Slack|channel|canvas)"));
        }
        assertThat(examples("(ok|error)  +(SLACK_BOT_TOKEN|Slack|channel|canvas)"))
                .hasSizeGreaterThan(5);
    }

    @Test
    void theExampleOfACheckWithFilesOf10IsWhatItPrints() throws Exception {
        List<Problem> problems = configuration("EPMPULSE_ENV=production\nEPMPULSE_API_KEY=your_secure_key\n", """
                        {"apps": {"Planning": {"domains": ["Actual"]}}, "settings": {"colour": "blue"},
                         "epm": {"servers": {"planning": {"base_url": "https://epm.example.com/epmcloud"}}}}
                        """)
                .problems();

        assertThat(problems.stream().map(Problem::toString)).containsAll(examples("(error|warning)  [.c]\\S+"));
        assertThat(examples("(error|warning)  [.c]\\S+")).hasSizeGreaterThan(2);
    }

    @Test
    void theExampleOfAFirstStartWithTheStateOf10IsWhatItLogs() throws Exception {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/apps_status.json"), """
                {"version": "1.0", "apps": {
                   "Planning": {"domains": {"Actual": {"status": "OK", "updated": "2026-02-16T14:30:00Z"},
                                            "Budget": {"status": "Loading", "updated": "2026-02-16T14:32:00Z"}}},
                   "Gone": {"domains": {"Old": {"status": "Warning", "updated": "2026-02-16T14:25:00Z"}}}}}
                """);
        List<String> logged;
        try (RecordedLog log = new RecordedLog(Level.INFO);
                TestingEpmPulse epmPulse = new TestingEpmPulse(
                        folder, "{\"apps\":{\"Planning\":{\"domains\":[\"Actual\",\"Budget\"]}}}")) {
            epmPulse.start();
            logged = log.lines();
        }

        List<String> messages = examples("(INFO|WARN)  ?\\w+").stream()
                .map(line -> line.substring(line.indexOf("] ") + 2))
                .toList();
        assertThat(messages).hasSizeGreaterThan(1).allSatisfy(message -> assertThat(logged)
                .anyMatch(line -> line.contains(message)));
    }

    @Test
    void theSettingsItNamesExist() {
        List<String> settings = Pattern.compile("\\bEPMPULSE_[A-Z_]+[A-Z]\\b")
                .matcher(guide)
                .results()
                .map(match -> match.group())
                .filter(name -> !name.matches("EPMPULSE_RATE_LIMIT_(POST|GET)"))
                .distinct()
                .toList();

        assertThat(Setting.values()).extracting(Setting::name).containsAll(settings);
    }
}
