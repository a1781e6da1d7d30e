package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must be the same on all nodes. */
class SharedConfigurationTest {

    private static final String APPS = """
            {"apps": {"Planning": {"domains": ["Actual"], "channels": ["main"]}},
             "channels": {"main": {"id": "C012AB3CD", "canvas_id": "${CANVAS}"}}}""";

    @TempDir
    Path folder;

    private SharedConfiguration read(String apps, Map<String, String> changes) throws Exception {
        Files.createDirectories(folder.resolve("config"));
        Files.writeString(folder.resolve("config/apps.json"), apps);
        Map<String, String> variables = new HashMap<>(Map.of("CANVAS", "F111", "SLACK_BOT_TOKEN", "xoxb-secret"));
        variables.putAll(changes);
        return SharedConfiguration.of(Configuration.load(folder, Variables.of(variables, Map.of())));
    }

    private List<String> changed(String apps, Map<String, String> changes) throws Exception {
        SharedConfiguration before = read(APPS, Map.of());
        SharedConfiguration after =
                SharedConfiguration.parse(read(apps, changes).text());
        return SharedConfiguration.differences(List.of(before, after));
    }

    @Test
    void equalConfigurationsDoNotDiffer() throws Exception {
        assertThat(changed(APPS.replace(", ", ",\n  "), Map.of("EPMPULSE_STALE_AFTER", "120m")))
                .isEmpty();
        assertThat(changed(APPS, Map.of("EPMPULSE_PORT", "1", "EPMPULSE_NODE", "b")))
                .isEmpty();
    }

    @Test
    void whatDiffersIsNamed() throws Exception {
        assertThat(changed(APPS, Map.of("EPMPULSE_STALE_AFTER", "1h"))).containsExactly("EPMPULSE_STALE_AFTER");
        assertThat(changed(APPS, Map.of("SLACK_BOT_TOKEN", ""))).containsExactly("SLACK_BOT_TOKEN");
        assertThat(changed(APPS, Map.of("EPMPULSE_QUIET", "22:00-06:00, 12:00-13:00")))
                .containsExactly("EPMPULSE_QUIET");
        assertThat(changed(APPS, Map.of("EPMPULSE_PAGERDUTY_KEY", "0123456789abcdef0123456789abcdef")))
                .containsExactly("EPMPULSE_PAGERDUTY_KEY");
        assertThat(changed(APPS, Map.of("SLACK_APP_TOKEN", "xapp-1", "SLACK_ALLOWED_USERS", "U1,C2")))
                .containsExactly("SLACK_ALLOWED_USERS", "SLACK_APP_TOKEN");
        assertThat(changed(APPS.replace("Actual", "Budget"), Map.of())).containsExactly("apps.json/apps");
        assertThat(changed(APPS.replace("{\"apps\"", "{\"settings\": {}, \"apps\""), Map.of()))
                .containsExactly("apps.json/settings");
    }

    @Test
    void anIdInAVariableCounts() throws Exception {
        assertThat(changed(APPS, Map.of("CANVAS", "F222"))).containsExactly("apps.json/channels");
    }

    @Test
    void itsTextHoldsNoSecret() throws Exception {
        assertThat(read(APPS, Map.of()).text())
                .contains("EPMPULSE_STALE_AFTER=2h", "SLACK_BOT_TOKEN=set")
                .doesNotContain("xoxb");
    }
}
