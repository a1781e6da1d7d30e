package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shipped alerts, before Prometheus' own tool and against what we want of each of them. */
class AlertRulesIT {

    private static final Path FOLDER = Path.of("deploy/prometheus");
    private static final String RUNBOOK = "file:///opt/epmpulse/deploy/README.md#";

    record Alert(String name, JsonNode rule) {

        String text(String pointer) {
            return rule.at(pointer).asText();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static JsonNode yaml(String name) throws Exception {
        return new YAMLMapper().readTree(FOLDER.resolve(name).toFile());
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    static Stream<Alert> alerts() throws Exception {
        return stream(yaml("rules.yaml").path("groups"))
                .flatMap(group -> stream(group.path("rules")))
                .map(rule -> new Alert(rule.path("alert").asText(), rule));
    }

    private static void promtool(String... arguments) throws Exception {
        Installed.require("promtool", Installed.works(List.of("promtool", "--version")));
        Process promtool = new ProcessBuilder(Stream.concat(Stream.of("promtool"), Stream.of(arguments))
                        .toList())
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(output).isZero();
    }

    @Test
    void prometheusTakesConfigurationAndRules() throws Exception {
        promtool("check", "config", "prometheus.yaml");
        promtool("check", "rules", "rules.yaml");
    }

    @Test
    void everyAlertFiresWhenItShouldAndOnlyThen() throws Exception {
        promtool("test", "rules", "rules.test.yaml");
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void anAlertHasACaseInWhichItFiresAndOneInWhichItDoesNot(Alert alert) throws Exception {
        List<Integer> firing = stream(yaml("rules.test.yaml").path("tests"))
                .flatMap(test -> stream(test.path("alert_rule_test")))
                .filter(test -> test.path("alertname").asText().equals(alert.name()))
                .map(test -> test.path("exp_alerts").size())
                .toList();

        assertThat(firing).contains(0).anyMatch(count -> count > 0);
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void anAlertSaysWhatIsWrongWhereAndWhatToDo(Alert alert) {
        assertThat(alert.name()).matches("EpmPulse[A-Z]\\w+");
        assertThat(alert.text("/for")).matches("\\d+[ms]");
        assertThat(alert.text("/labels/severity")).isIn("critical", "warning");
        assertThat(alert.text("/annotations/summary")).isNotBlank().doesNotContain("{{");
        assertThat(alert.text("/annotations/description"))
                .contains("{{ $labels.")
                .containsPattern("\\$value\\b");
        assertThat(alert.text("/annotations/runbook_url"))
                .isEqualTo(RUNBOOK + alert.name().toLowerCase(Locale.ROOT));
    }

    @Test
    void theRunbookHasAnEntryOfEachAlertAndNoOther() throws Exception {
        String runbook = Files.readString(Path.of("deploy/README.md"))
                .split("\n## Runbook\n")[1]
                .split("\n## ")[0];
        List<String> entries = runbook.lines()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring(4))
                .toList();

        assertThat(entries).containsExactlyElementsOf(alerts().map(Alert::name).toList());
    }
}
