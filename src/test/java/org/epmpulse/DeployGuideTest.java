package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.epmpulse.config.Setting;
import org.epmpulse.http.ErrorCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code deploy/README.md} quotes from the program is what the program says. */
class DeployGuideTest {

    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    /** Of Java, systemd, Slack's and the shell's: not words of ours. */
    private static final Pattern NOT_OURS = Pattern.compile(
            "(?:shared archive|status=78/CONFIG|superseded|EPM_PASSWORD|ss -.*|curl .*|chown .*|java .*|/.*"
                    + "|deploy/.*|data/.*|routes/.*|ReadWritePaths=|check( --online)?|Authorization: Bearer|X-API-Key"
                    + "|application/json|Retry-After|Idempotency-Key|timestamp|product|auth|reason|details|message"
                    + "|canvas/sync|GET .*|canvas_id|last_error|pending|chat:write|apps_status\\.json"
                    + "|EPMPULSE_LOG_LEVEL=DEBUG|EPMPULSE_[A-Z_]+|SLACK_BOT_TOKEN|\"alerts\": false|…|[A-Z]+_[A-Z_]+)");

    private String guide;
    private String sources;

    @BeforeEach
    void read() throws IOException {
        guide = Files.readString(Path.of("deploy/README.md"));
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<String> texts = new ArrayList<>();
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".java")).toList()) {
                texts.add(Files.readString(file));
            }
            // A text may go on in the next line.
            sources = String.join("\n", texts).replaceAll("\"\\s*\\+\\s*\"", "");
        }
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

    /** Whether the parts around {@code …} are in one text of the program's, in their order. */
    private boolean isSaid(String quotation) {
        String parts = Stream.of(quotation.split("…"))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .map(Pattern::quote)
                .collect(Collectors.joining("[^\\n]*"));
        return Pattern.compile(parts).matcher(sources).find();
    }

    @Test
    void everyTextOfTheTroubleshootingIsInTheProgram() {
        List<String> ours = quoted(chapter("Troubleshooting")).stream()
                .filter(text -> !NOT_OURS.matcher(text).matches())
                .toList();

        assertThat(ours).hasSizeGreaterThan(25).allMatch(this::isSaid);
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

    @Test
    void whatChecksSayIsWhatTheySay() {
        Stream<String> lines = Stream.of(chapter("Connecting Slack and EPM"), chapter("Upgrading from 1.0"))
                .flatMap(String::lines)
                .map(String::strip)
                .filter(line -> line.matches("(error|warning|ok|INFO|WARN) .*"));

        // The names are those of an example; the words after them are the program's.
        assertThat(lines.map(line -> line.replaceFirst(
                                ".*(weak key|EPM's addresses|unknown key|Imported|Stored domains|copy the Bot User OAuth|missing,"
                                        + " deleted|no alert can|the app has access|the app is a member|a canvas will be"
                                        + " created).*",
                                "$1"))
                        .filter(line -> !line.contains("SLACK_BOT_TOKEN: valid for @")))
                .hasSizeGreaterThan(8)
                .allMatch(this::isSaid);
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
