package org.epmpulse.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.epmpulse.config.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {{env:NAME}} in a route stands for. */
class EnvPlaceholdersTest {

    @TempDir
    private Path folder;

    private EnvPlaceholders placeholders() throws Exception {
        Files.writeString(folder.resolve(".env"), """
                URL='https://x.example.com:8443/a'
                BOTH=file
                EMPTY=
                """);
        Files.writeString(folder.resolve("apps.json"), """
                {"apps": {}, "channels": {}, "settings": {"min_update_interval": 7}}""");
        Configuration configuration = Configuration.load(
                folder,
                Map.of("BOTH", "environment", "MY_NAME", "mine", "EPMPULSE_APPS_CONFIG", "apps.json"),
                Map.of());
        return new EnvPlaceholders(configuration::value);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            URL                          | https://x.example.com:8443/a
            URL:default                  | https://x.example.com:8443/a
            BOTH                         | environment
            my.name                      | mine
            my-name                      | mine
            EPMPULSE_TIMEZONE            | UTC
            EPMPULSE_CANVAS_MIN_INTERVAL | 7s
            EMPTY:default                | default
            NOT_THERE:http://y:1/?a=b:c  | http://y:1/?a=b:c
            NOT_THERE:                   | ''""")
    void aValueOrADefault(String placeholder, String value) throws Exception {
        assertThat(placeholders().apply(placeholder)).isEqualTo(value);
    }

    @Test
    void whatHasNoValueIsNotReplaced() throws Exception {
        for (String name : new String[] {"NOT_THERE", "EMPTY", "SLACK_BOT_TOKEN", "EPMPULSE_API_KEY"}) {
            assertThat(placeholders().apply(name)).as(name).isNull();
        }
    }
}
