package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

    /** The example of the guide of EPMPulse 1.0 with another key. */
    private static final String ENV_FILE_OF_VERSION_1 = """
            # API Security (generate with: openssl rand -hex 32)
            EPMPULSE_API_KEY="0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

            EPMPULSE_ENV="production"
            EPMPULSE_DEBUG="false"
            EPMPULSE_HOST="127.0.0.1"
            EPMPULSE_PORT="18800"
            EPMPULSE_LOG_LEVEL="INFO"
            EPMPULSE_LOG_FORMAT="json"
            EPMPULSE_LOG_FILE="/var/log/epmpulse/epmpulse.log"
            SLACK_BOT_TOKEN="xoxb-0123456789"
            SLACK_CANVAS_ID="F0000000000"
            SLACK_MAIN_CHANNEL_ID=C0123456789  # Your channel ID
            SLACK_MAIN_CANVAS_ID=F0123456789    # Your canvas ID
            SLACK_ARCS_CHANNEL_ID="C9876543210"
            SLACK_ARCS_CANVAS_ID="F9876543210"
            EPM_TOKEN_URL="https://idcs-xxxxxxxx.identity.oraclecloud.com/oauth2/v1/token"
            EPM_CLIENT_ID="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            EPM_CLIENT_SECRET="xxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            EPMPULSE_RATE_LIMIT_POST="60 per minute"
            EPMPULSE_RATE_LIMIT_GET="100 per minute"
            LOG_LEVEL=INFO
            """;

    @TempDir
    private Path path;

    private TestingFolder folder;

    @BeforeEach
    void createFolder() {
        folder = new TestingFolder(path);
    }

    @Test
    void theShippedFileIsValidWithoutAnyVariable() throws Exception {
        Configuration configuration =
                folder.apps(Files.readString(Path.of("config/apps.json"))).load();

        assertThat(configuration.problems()).isEmpty();
        assertThat(configuration.apps().channels()).containsOnlyKeys("C0123456789", "C9876543210");
        assertThat(configuration.apps().servers().values()).noneMatch(AppsConfig.Server::configured);
    }

    @Test
    void theShippedFileIsValidWithTheEnvFileOfVersion1() throws Exception {
        Configuration configuration = folder.write(".env", ENV_FILE_OF_VERSION_1)
                .apps(Files.readString(Path.of("config/apps.json")))
                .load();

        assertThat(configuration.problems()).isEmpty();
        assertThat(configuration.apps().channels().values())
                .containsExactly(
                        new AppsConfig.Channel("C0123456789", "epm-main", "F0123456789", true),
                        new AppsConfig.Channel("C9876543210", "arcs-support", "F9876543210", true));
        assertThat(configuration.apps().servers().values()).allMatch(AppsConfig.Server::configured);
    }

    @Test
    void theShippedFileSendsNothingForArcsUntilItsChannelIsSet() throws Exception {
        Configuration configuration = folder.apps(Files.readString(Path.of("config/apps.json")))
                .load("SLACK_BOT_TOKEN", "xoxb-0", "SLACK_MAIN_CHANNEL_ID", "C1", "SLACK_MAIN_CANVAS_ID", "F1");

        assertThat(configuration.hasErrors()).isFalse();
        assertThat(configuration.apps().channels()).containsOnlyKeys("C1");
        assertThat(configuration.warnings()).singleElement().asString().contains("SLACK_ARCS_CHANNEL_ID is not set");
    }

    @Test
    void theExampleEnvFileHoldsEverySettingWithItsDefault() throws Exception {
        List<String> settings = Files.readAllLines(Path.of(".env.example")).stream()
                .filter(line -> line.matches("#[A-Z_]+=.*"))
                .map(line -> line.substring(1))
                .sorted()
                .toList();

        assertThat(settings)
                .containsExactlyElementsOf(Arrays.stream(Setting.values())
                        .map(setting -> setting + "=" + (setting.defaultText() == null ? "" : setting.defaultText()))
                        .sorted()
                        .toList());
    }

    @Test
    void aMissingAppsFileIsAnErrorThatNamesPathAndSetting() {
        assertThat(folder.problems())
                .containsExactly(
                        "error  EPMPULSE_APPS_CONFIG: file " + path.resolve("config/apps.json") + " not found");
        assertThat(folder.problems("EPMPULSE_APPS_CONFIG", "."))
                .containsExactly("error  EPMPULSE_APPS_CONFIG: " + path + " is a folder, must be a file");
    }

    @Test
    void anUnknownSettingIsAWarningThatSuggestsTheMostSimilarOne() {
        folder.apps(TestingFolder.MINIMAL).write(".env", "\nEPMPULSE_STALE_AFTR=1h\nEPMPULSE_KEYFILE_OF_MINE=x");

        assertThat(folder.problems())
                .containsExactly(
                        "warning  .env line 3 EPMPULSE_KEYFILE_OF_MINE: unknown setting.",
                        "warning  .env line 2 EPMPULSE_STALE_AFTR: unknown setting."
                                + " Did you mean \"EPMPULSE_STALE_AFTER\"?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EPMPULSE_DEBUG",
                "EPMPULSE_LOG_FILE",
                "EPMPULSE_RATE_LIMIT_POST",
                "EPMPULSE_RATE_LIMIT_GET",
                "LOG_LEVEL",
                "SLACK_CANVAS_ID",
                "API_KEY"
            })
    void aVariableOfVersion1WithoutEffectIsIgnored(String name) {
        assertThat(folder.apps(TestingFolder.MINIMAL).problems(name, "x")).isEmpty();
    }

    @Test
    void allProblemsAreReportedAndTheFirstErrorIsThrown() {
        Configuration configuration =
                folder.write(".env", "nonsense").apps("""
                        {"apps": {"Planning": {"domains": 1, "servr": "x"}}}""").load("EPMPULSE_PORT", "x", "EPMPULSE_ENV", "production");

        assertThat(configuration.problems())
                .extracting(Problem::where)
                .containsExactlyInAnyOrder(
                        ".env line 1",
                        "EPMPULSE_PORT",
                        "EPMPULSE_API_KEY",
                        "config/apps.json /apps/Planning/servr",
                        "config/apps.json /apps/Planning/domains");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(configuration::orThrow)
                .withMessage(".env line 1: must be NAME=value or a comment (and 3 more; see all with"
                        + " \"java -jar epmpulse.jar check\")");
    }

    @Test
    void theCommandLineWins() {
        folder.apps(TestingFolder.MINIMAL).write(".env", "EPMPULSE_PORT=1");

        Configuration configuration =
                Configuration.load(path, Map.of("EPMPULSE_PORT", "2"), Map.of("EPMPULSE_PORT", "3"));

        assertThat(configuration.orThrow().settings().port()).isEqualTo(3);
    }

    @Test
    void givenVariablesReplaceTheEnvFile() {
        folder.apps(TestingFolder.MINIMAL).write(".env", "nonsense");

        assertThat(Configuration.load(path, Variables.of(Map.of(), Map.of())).problems())
                .isEmpty();
    }

    @Test
    void plainHttpToSlackIsAWarningAndInProductionAnError() {
        folder.apps(TestingFolder.MINIMAL);

        assertThat(folder.problems("SLACK_API_URL", "http://localhost:9000/")).isEmpty();
        assertThat(folder.problems("SLACK_API_URL", "http://slack.example.com/"))
                .singleElement()
                .asString()
                .startsWith("warning  SLACK_API_URL: http://");
        assertThat(folder.problems(
                        "SLACK_API_URL",
                        "http://slack.example.com/",
                        "EPMPULSE_ENV",
                        "production",
                        "EPMPULSE_API_KEY",
                        "0123456789abcdef0123456789abcdef"))
                .singleElement()
                .asString()
                .startsWith("error  SLACK_API_URL: must be https://");
    }

    @Test
    void theExampleTokenOfTheGuideIsAWarning() {
        assertThat(folder.apps(TestingFolder.MINIMAL).problems("SLACK_BOT_TOKEN", "xoxb-your-bot-token-here"))
                .singleElement()
                .asString()
                .startsWith("warning  SLACK_BOT_TOKEN: example token of the guide");
    }
}
