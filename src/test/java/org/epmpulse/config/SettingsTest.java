package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private static final Path FOLDER = Path.of("/opt/epmpulse");

    @Test
    void unsetSettingsHaveTheDocumentedDefaults() {
        Settings settings = Settings.of(FOLDER, Map.of());

        assertThat(settings.apiKeys()).isEmpty();
        assertThat(settings.apiKeysFile()).isNull();
        assertThat(settings.mode()).isEqualTo(DeploymentMode.DEVELOPMENT);
        assertThat(settings.host()).isEqualTo("127.0.0.1");
        assertThat(settings.port()).isEqualTo(18800);
        assertThat(settings.trustedProxies()).hasToString("[127.0.0.0/8, 0:0:0:0:0:0:0:1/128]");
        assertThat(settings.dataDir()).isEqualTo(FOLDER.resolve("data"));
        assertThat(settings.appsConfig()).isEqualTo(FOLDER.resolve("config/apps.json"));
        assertThat(settings.routesDir()).isEqualTo(FOLDER.resolve("routes"));
        assertThat(settings.routesReload()).isFalse();
        assertThat(settings.logLevel()).isEqualTo(LogLevel.INFO);
        assertThat(settings.logFormat()).isEqualTo(LogFormat.TEXT);
        assertThat(settings.timezone()).isEqualTo(ZoneId.of("UTC"));
        assertThat(settings.rateLimit()).isEqualTo(6000);
        assertThat(settings.maxConnections()).isEqualTo(4000);
        assertThat(settings.pollInterval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.canvasMinInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.canvasEditsPerMinute()).isEqualTo(45);
        assertThat(settings.canvasHeartbeat()).isEqualTo(Duration.ofMinutes(60));
        assertThat(settings.staleAfter()).isEqualTo(Duration.ofHours(2));
        assertThat(settings.duplicateWindow()).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.historyDays()).isEqualTo(400);
        assertThat(settings.historyMaxSize()).isEqualTo(10L << 30);
        assertThat(settings.slackBotToken()).isNull();
        assertThat(settings.slackApiUrl()).isEqualTo(URI.create("https://slack.com/api/"));
        assertThat(settings.database()).isNull();
    }

    @Test
    void everySettingIsReadFromItsVariable() throws Exception {
        Settings settings = Settings.of(
                FOLDER,
                Map.ofEntries(
                        Map.entry("EPMPULSE_API_KEY", " first , second,,first"),
                        Map.entry("EPMPULSE_API_KEYS_FILE", "/etc/keys"),
                        Map.entry("EPMPULSE_ENV", "production"),
                        Map.entry("EPMPULSE_HOST", "::"),
                        Map.entry("EPMPULSE_PORT", "0"),
                        Map.entry("EPMPULSE_TRUSTED_PROXIES", "loopback, 10.1.2.3/8"),
                        Map.entry("EPMPULSE_DATA_DIR", "/var/lib/epmpulse"),
                        Map.entry("EPMPULSE_APPS_CONFIG", "apps.json"),
                        Map.entry("EPMPULSE_ROUTES_DIR", "../routes"),
                        Map.entry("EPMPULSE_ROUTES_RELOAD", "true"),
                        Map.entry("EPMPULSE_LOG_LEVEL", "debug"),
                        Map.entry("EPMPULSE_LOG_FORMAT", "json"),
                        Map.entry("EPMPULSE_FRAME_ANCESTORS", "self, https://intranet.example.com"),
                        Map.entry("EPMPULSE_TIMEZONE", "Europe/Berlin"),
                        Map.entry("EPMPULSE_RATE_LIMIT", "0"),
                        Map.entry("EPMPULSE_MAX_CONNECTIONS", "1000"),
                        Map.entry("EPMPULSE_POLL_INTERVAL", "500ms"),
                        Map.entry("EPMPULSE_CANVAS_MIN_INTERVAL", "0"),
                        Map.entry("EPMPULSE_CANVAS_EDITS_PER_MINUTE", "20"),
                        Map.entry("EPMPULSE_CANVAS_HEARTBEAT", "0"),
                        Map.entry("EPMPULSE_STALE_AFTER", "1h30m"),
                        Map.entry("EPMPULSE_DUPLICATE_WINDOW", "1d"),
                        Map.entry("EPMPULSE_HISTORY_DAYS", "7"),
                        Map.entry("EPMPULSE_HISTORY_MAX_SIZE", "500MB"),
                        Map.entry("EPMPULSE_NODE", "epm-a.2_b"),
                        Map.entry("EPMPULSE_STOP_DELAY", "5m"),
                        Map.entry("EPMPULSE_DATABASE_URL", "postgresql://127.0.0.1:5433/epm"),
                        Map.entry("EPMPULSE_DATABASE_USER", "epm"),
                        Map.entry("EPMPULSE_DATABASE_PASSWORD_FILE", "../secrets/database"),
                        Map.entry("EPMPULSE_DATABASE_MIGRATE", "false"),
                        Map.entry("SLACK_BOT_TOKEN", "xoxb-1"),
                        Map.entry("SLACK_APP_TOKEN", "xapp-1"),
                        Map.entry("SLACK_ALLOWED_USERS", "U1, C2"),
                        Map.entry("SLACK_API_URL", "http://localhost:9000/api")));

        assertThat(settings)
                .isEqualTo(new Settings(
                        List.of("first", "second"),
                        Path.of("/etc/keys"),
                        DeploymentMode.PRODUCTION,
                        "::",
                        0,
                        List.of(
                                AddressRange.LOOPBACK.get(0),
                                AddressRange.LOOPBACK.get(1),
                                new AddressRange(InetAddress.getByName("10.1.2.3"), 8)),
                        "'self' https://intranet.example.com",
                        Path.of("/var/lib/epmpulse"),
                        FOLDER.resolve("apps.json"),
                        Path.of("/opt/routes"),
                        true,
                        LogLevel.DEBUG,
                        LogFormat.JSON,
                        ZoneId.of("Europe/Berlin"),
                        0,
                        1000,
                        Duration.ofMillis(500),
                        Duration.ZERO,
                        20,
                        Duration.ZERO,
                        Duration.ofMinutes(90),
                        Duration.ofDays(1),
                        7,
                        500L << 20,
                        "xoxb-1",
                        URI.create("http://localhost:9000/api/"),
                        new NodeSettings("epm-a.2_b", true, Duration.ofMinutes(5)),
                        new DatabaseAccess(
                                "jdbc:postgresql://127.0.0.1:5433/epm",
                                "epm",
                                null,
                                Path.of("/opt/secrets/database"),
                                false),
                        new SlackSocketSettings("xapp-1", Set.of("U1", "C2")),
                        // AlertSettingsTest has these.
                        settings.alerts()));
        assertThat(settings.toString()).doesNotContain("xapp-1");
    }

    @Test
    void anAppTokenIsReadFromAFileAndNeverShown(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("token"), "xapp-of-the-file\n");

        Settings settings = Settings.of(folder, Map.of("SLACK_APP_TOKEN_FILE", "token"));

        assertThat(settings.slackSocket()).isEqualTo(new SlackSocketSettings("xapp-of-the-file", Set.of()));
        assertThat(settings.slackSocket().toString()).doesNotContain("xapp-of-the-file");
        assertThatThrownBy(
                        () -> Settings.of(folder, Map.of("SLACK_APP_TOKEN_FILE", "token", "SLACK_APP_TOKEN", "xapp-1")))
                .hasMessageContaining("SLACK_APP_TOKEN is set, too (remove one of them)");
        assertThatThrownBy(() -> Settings.of(folder, Map.of("SLACK_APP_TOKEN_FILE", "missing")))
                .hasMessageContaining("not found");
        assertThatThrownBy(() -> Settings.of(folder, Map.of("SLACK_ALLOWED_USERS", "U1,anna")))
                .hasMessageContaining("must be ids of users or channels");
    }

    @Test
    void aNodeWithADatabaseHasTheNameOfItsHostAndStopsLater() throws Exception {
        String url = "postgresql://127.0.0.1/epmpulse";

        NodeSettings shared =
                Settings.of(FOLDER, Map.of("EPMPULSE_DATABASE_URL", url)).node();
        NodeSettings alone = Settings.of(FOLDER, Map.of()).node();

        assertThat(shared.shared()).isTrue();
        assertThat(shared.name()).isEqualTo(InetAddress.getLocalHost().getHostName());
        assertThat(shared.stopDelay()).isEqualTo(Duration.ofSeconds(6));
        assertThat(alone.shared()).isFalse();
        assertThat(alone.stopDelay()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            EPMPULSE_ENV                     | prod           | must be development or production
            EPMPULSE_HOST                    | localhost:8080 | must be an IP address or a host name
            EPMPULSE_HOST                    | a b            | must be an IP address or a host name
            EPMPULSE_PORT                    | 65536          | must be a number from 0 to 65535
            EPMPULSE_PORT                    | -1             | must be a number from 0 to 65535
            EPMPULSE_PORT                    | 9999999999     | must be a number from 0 to 65535
            EPMPULSE_TRUSTED_PROXIES         | example.com    | must be loopback, IP addresses or ranges
            EPMPULSE_TRUSTED_PROXIES         | 10.0.0.0/33    | must be loopback, IP addresses or ranges
            EPMPULSE_FRAME_ANCESTORS         | *              | must be none, self, or origins such as
            EPMPULSE_FRAME_ANCESTORS         | none, self     | must be none, self, or origins such as
            EPMPULSE_FRAME_ANCESTORS         | https://a;x    | must be none, self, or origins such as
            EPMPULSE_ROUTES_RELOAD           | yes            | must be true or false
            EPMPULSE_LOG_LEVEL               | LOUD           | must be TRACE, DEBUG, INFO, WARN or ERROR
            EPMPULSE_LOG_FORMAT              | xml            | must be text or json
            EPMPULSE_TIMEZONE                | Mars/Olympus   | must be a time zone such as
            EPMPULSE_RATE_LIMIT              | 60 per minute  | must be a number from 0 (off)
            EPMPULSE_POLL_INTERVAL           | 30             | must be a duration such as 500ms, 30s or 1h30m
            EPMPULSE_POLL_INTERVAL           | 0s             | must be a duration such as 500ms, 30s or 1h30m
            EPMPULSE_CANVAS_MIN_INTERVAL     | -1s            | must be a duration such as 500ms, 30s or 1h30m
            EPMPULSE_CANVAS_EDITS_PER_MINUTE | 0              | must be a number from 1
            EPMPULSE_CANVAS_HEARTBEAT        | 1 hour         | must be a duration such as 500ms, 30s or 1h30m
            EPMPULSE_STALE_AFTER             | 0              | must be a duration such as 500ms, 30s or 1h30m
            EPMPULSE_DUPLICATE_WINDOW        | 99999999d      | must be a duration such as 500ms, 30s or 1h30m
            EPMPULSE_NODE                    | a b            | must be 1 to 63 letters, digits, dots
            EPMPULSE_STOP_DELAY              | 301s           | must be a duration such as 6s, from 0s to 5m
            EPMPULSE_STOP_DELAY              | soon           | must be a duration such as 6s, from 0s to 5m
            EPMPULSE_HISTORY_DAYS            | 0              | must be a number of days
            EPMPULSE_HISTORY_MAX_SIZE        | 10             | must be a size such as 500MB or 10GB
            EPMPULSE_HISTORY_MAX_SIZE        | 0GB            | must be a size such as 500MB or 10GB
            EPMPULSE_DATABASE_MIGRATE        | maybe          | must be true or false""")
    void anInvalidValueIsRejectedWithNameRuleAndValue(String name, String value, String rule) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> Settings.of(FOLDER, Map.of(name, value)))
                .withMessageStartingWith(name + ": " + rule)
                .withMessageEndingWith("is \"" + value + "\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://slack.com", "https://me:hunter2@slack.com/", "https://slack.com/?token=hunter2", "hunter2"
            })
    void anInvalidUrlIsRejectedAndNotShown(String url) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> Settings.of(FOLDER, Map.of("SLACK_API_URL", url)))
                .withMessageStartingWith("SLACK_API_URL: must be an absolute http or https URL")
                .withMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://me:hunter2@db/epm",
                "postgresql://me:hunter2@db",
                "postgresql://me:hunt/er2@db/epm?password=hunter2",
                "postgresql://db:99999/epm?password=hunter2",
                "hunter2"
            })
    void anInvalidUrlOfADatabaseIsRejectedAndNotShown(String url) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> Settings.of(FOLDER, Map.of("EPMPULSE_DATABASE_URL", url)))
                .withMessageStartingWith("EPMPULSE_DATABASE_URL: must be postgresql://HOST:PORT/DATABASE")
                .withMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://me:hunter%202@h1:5432,[::1]/epm?sslmode=verify-full",
                "postgres://h1:5432,[::1]/epm?user=me&password=hunter%202&sslmode=verify-full",
                "jdbc:postgresql://h1:5432,[::1]/epm?sslmode=verify-full&user=me&password=hunter%202"
            })
    void userAndPasswordAreTakenOutOfTheUrlOfADatabase(String url) {
        DatabaseAccess database = Settings.of(
                        FOLDER, Map.of("EPMPULSE_DATABASE_URL", url, "EPMPULSE_ENV", "production"))
                .database();

        assertThat(database)
                .isEqualTo(new DatabaseAccess(
                        "jdbc:postgresql://h1:5432,[::1]/epm?sslmode=verify-full", "me", "hunter 2", null, true))
                .asString()
                .isEqualTo("DatabaseAccess[h1, [::1], database epm]");
    }

    @Test
    void userAndPasswordOfADatabaseCanBeSetApart() {
        DatabaseAccess database = Settings.of(
                        FOLDER,
                        Map.of(
                                "EPMPULSE_DATABASE_URL",
                                "postgresql://you:other@db/epm",
                                "EPMPULSE_DATABASE_USER",
                                "me",
                                "EPMPULSE_DATABASE_PASSWORD",
                                "hunter2"))
                .database();

        assertThat(database).isEqualTo(new DatabaseAccess("jdbc:postgresql://db/epm", "me", "hunter2", null, true));
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://db/epm, true",
        "postgresql://db/epm?sslmode=require, true",
        "'postgresql://127.0.0.1,db/epm', true",
        "postgresql://db/epm?sslmode=verify-full, false",
        "'postgresql://127.0.0.1,localhost:5433,[::1]:5434/epm', false"
    })
    void productionNeedsACertificateOfARemoteDatabase(String url, boolean rejected) {
        Map<String, String> variables = Map.of("EPMPULSE_DATABASE_URL", url, "EPMPULSE_ENV", "production");

        if (rejected) {
            assertThatExceptionOfType(ConfigurationException.class)
                    .isThrownBy(() -> Settings.of(FOLDER, variables))
                    .withMessageStartingWith("EPMPULSE_DATABASE_URL: must have sslmode=verify-full in production");
        } else {
            assertThat(Settings.of(FOLDER, variables).database()).isNotNull();
        }
        assertThat(Settings.of(FOLDER, Map.of("EPMPULSE_DATABASE_URL", url)).database())
                .isNotNull();
    }

    @Test
    void aPasswordOfADatabaseInTwoPlacesIsRejected() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> Settings.of(
                        FOLDER,
                        Map.of(
                                "EPMPULSE_DATABASE_URL",
                                "postgresql://me:hunter2@db/epm",
                                "EPMPULSE_DATABASE_PASSWORD_FILE",
                                "password")))
                .withMessageStartingWith("EPMPULSE_DATABASE_PASSWORD_FILE: there is also a password")
                .withMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EPMPULSE_API_KEY", "SLACK_BOT_TOKEN"})
    void anInvalidSecretIsRejectedAndNotShown(String name) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> Settings.of(FOLDER, Map.of(name, "hunter2\u00e9")))
                .withMessageStartingWith(name + ": must be ")
                .withMessageNotContaining("hunter2");
    }

    @Test
    void anEmptyValueCountsAsNotSet() {
        assertThat(Settings.of(FOLDER, Map.of("EPMPULSE_PORT", "", "SLACK_BOT_TOKEN", " ")))
                .isEqualTo(Settings.of(FOLDER, Map.of()));
    }

    @ParameterizedTest
    @CsvSource({"WARNING, WARN", "CRITICAL, ERROR", "warn, WARN"})
    void logLevelsOfVersion1AreAccepted(String text, LogLevel level) {
        assertThat(Settings.of(FOLDER, Map.of("EPMPULSE_LOG_LEVEL", text)).logLevel())
                .isEqualTo(level);
    }

    @Test
    void onlyTrustedProxiesAreTrusted() throws Exception {
        Settings settings = Settings.of(FOLDER, Map.of("EPMPULSE_TRUSTED_PROXIES", "10.0.0.0/8,2001:db8::/32"));

        assertThat(settings.trusts(InetAddress.getByName("10.200.3.4"))).isTrue();
        assertThat(settings.trusts(InetAddress.getByName("2001:db8:1::1"))).isTrue();
        assertThat(settings.trusts(InetAddress.getByName("11.0.0.1"))).isFalse();
        assertThat(settings.trusts(InetAddress.getByName("127.0.0.1"))).isFalse();
    }

    @Test
    void theTextHoldsNoSecret() {
        assertThat(Settings.of(FOLDER, Map.of("EPMPULSE_API_KEY", "hunter2", "SLACK_BOT_TOKEN", "xoxb-hunter2")))
                .asString()
                .doesNotContain("hunter2");
    }
}
