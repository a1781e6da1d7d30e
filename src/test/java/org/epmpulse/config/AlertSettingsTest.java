package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertSettingsTest {

    private static final String SECRET = "S3CRET-of-the-tests";

    @TempDir
    Path folder;

    private final Map<String, String> variables = new HashMap<>(Map.of(
            "EPMPULSE_API_KEY", "a-key-of-the-tests-0123456789-abcdefghijkl",
            "EPMPULSE_APPS_CONFIG", "apps.json"));

    private Configuration load(String alerts) throws Exception {
        Files.writeString(
                folder.resolve("apps.json"),
                "{\"apps\":{\"Planning\":{\"domains\":[\"Actual\"]%s},\"FCCS\":{\"domains\":[\"C\"]}}}"
                        .formatted(alerts.isEmpty() ? "" : ",\"alerts\":" + alerts));
        return Configuration.load(folder, Variables.of(variables, Map.of()));
    }

    private List<String> problems(String alerts) throws Exception {
        return load(alerts).problems().stream().map(Problem::toString).toList();
    }

    @Test
    void withoutSettingsOnlySlackGetsAlertsAndReminders() throws Exception {
        AlertSettings alerts = load("").settings().alerts();

        assertThat(alerts.mailServer()).isNull();
        assertThat(alerts.webhookUrl()).isNull();
        assertThat(alerts.teamsUrl()).isNull();
        assertThat(alerts.pagerDutyKey()).isNull();
        assertThat(alerts.digest()).isNull();
        assertThat(alerts.quiet()).isEqualTo(QuietHours.NONE);
        assertThat(alerts.reminder()).isEqualTo(Duration.ofHours(4));
        assertThat(alerts.pagerDutyUrl()).hasToString("https://events.pagerduty.com/v2/enqueue");
    }

    @Test
    void secretsComeFromFilesAndAreNeverShown() throws Exception {
        Files.writeString(folder.resolve("url"), "https://hooks.example.com/" + SECRET + "?sig=" + SECRET + "\n");
        Files.writeString(folder.resolve("key"), SECRET + "\n");
        variables.put("EPMPULSE_SMTP_URL", "smtps://mail.example.com");
        variables.put("EPMPULSE_SMTP_USER", "epmpulse");
        variables.put("EPMPULSE_SMTP_PASSWORD_FILE", "key");
        variables.put("EPMPULSE_ALERT_MAIL_FROM", "epm@example.com");
        variables.put("EPMPULSE_ALERT_MAIL_TO", "one@example.com, two@example.com");
        variables.put("EPMPULSE_TEAMS_WEBHOOK_URL_FILE", "url");
        variables.put("EPMPULSE_WEBHOOK_URL_FILE", "url");
        variables.put("EPMPULSE_WEBHOOK_SECRET_FILE", "key");
        variables.put("EPMPULSE_PAGERDUTY_KEY_FILE", "key");

        Configuration configuration = load("{\"webhook\": [\"https://example.com/" + SECRET + "\"], \"mail\": false}");

        AlertSettings alerts = configuration.settings().alerts();
        assertThat(configuration.problems()).isEmpty();
        assertThat(alerts.mailServer()).hasToString("smtps://mail.example.com:465");
        assertThat(alerts.mailServer().password()).isEqualTo(SECRET);
        assertThat(alerts.mailTo()).containsExactly("one@example.com", "two@example.com");
        assertThat(alerts.teamsUrl()).endsWith("?sig=" + SECRET);
        assertThat(alerts.webhookSecret()).isEqualTo(SECRET);
        assertThat(alerts.pagerDutyKey()).isEqualTo(SECRET);
        assertThat(configuration.apps().apps().get("Planning").alerts().mail()).isEmpty();
        assertThat(CheckReport.of(configuration, List.of()).text())
                .contains("alerts    mail off  webhook ***", "smtps://mail.example.com")
                .doesNotContain(SECRET);
        assertThat(configuration.toString()).doesNotContain(SECRET);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            EPMPULSE_SMTP_URL          | mail.example.com             | must be smtp://host
            EPMPULSE_SMTP_URL          | smtp://u:S3CRET-of@h         | must be smtp://host
            EPMPULSE_SMTP_URL          | smtp://mail.example.com      | needs EPMPULSE_ALERT_MAIL_FROM
            EPMPULSE_ALERT_MAIL_TO     | a@example.com                | needs EPMPULSE_SMTP_URL
            EPMPULSE_ALERT_MAIL_TO     | nobody                       | must be e-mail addresses
            EPMPULSE_WEBHOOK_URL       | ftp://S3CRET-of-the-tests    | must be an absolute http or https URL
            EPMPULSE_WEBHOOK_URL_FILE  | missing                      | file missing not found
            EPMPULSE_PAGERDUTY_KEY     | S3CRET of the tests          | must be an integration key
            EPMPULSE_ALERT_DIGEST      | 8                            | must be a time of day such as 08:00, is "8"
            EPMPULSE_ALERT_REMINDER    | often                        | must be a duration such as 4h
            EPMPULSE_QUIET             | 22-6                         | must be periods such as 22:00-06:00""")
    void anInvalidSettingIsAnErrorThatShowsNoSecret(String name, String value, String problem) throws Exception {
        variables.put(name, value);

        assertThat(problems(""))
                .anySatisfy(text -> assertThat(text).contains(name, problem).doesNotContain("S3CRET"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            {"mail": "nobody"}              | /apps/Planning/alerts/mail        | must be e-mail addresses
            {"mail": "a@example.com"}       | /apps/Planning/alerts/mail        | needs EPMPULSE_SMTP_URL
            {"teams": ["S3CRET"]}           | /apps/Planning/alerts/teams/0     | must be an absolute http or https URL
            {"webhook": true}               | /apps/Planning/alerts/webhook     | must be text in quotes
            {"pagerduty": "S3CRET key"}     | /apps/Planning/alerts/pagerduty   | must be an integration key
            {"pager": "x"}                  | /apps/Planning/alerts/pager       | unknown key "pager"
            {"webhook": "${NO_SUCH_URL}"}   | /apps/Planning/alerts/webhook     | unresolved variable NO_SUCH_URL""")
    void anInvalidTargetOfAnAppIsReportedWithItsPath(String alerts, String path, String problem) throws Exception {
        assertThat(problems(alerts))
                .anySatisfy(text -> assertThat(text).contains(path, problem).doesNotContain("S3CRET"));
    }

    @Test
    void anUnencryptedWebhookOfAnotherHostIsRejectedInProduction() throws Exception {
        variables.put("EPMPULSE_ENV", "production");
        variables.put("EPMPULSE_WEBHOOK_URL", "http://hooks.example.com/x");

        assertThat(problems("{\"teams\": \"http://teams.example.com/y\"}"))
                .anySatisfy(text -> assertThat(text).contains("EPMPULSE_WEBHOOK_URL", "must be https://"))
                .anySatisfy(text -> assertThat(text).contains("/apps/Planning/alerts/teams", "must be https://"));
    }

    @Test
    void aSecretInASettingAndInAFileIsAnError() throws Exception {
        Files.writeString(folder.resolve("key"), SECRET);
        variables.put("EPMPULSE_WEBHOOK_SECRET", SECRET);
        variables.put("EPMPULSE_WEBHOOK_SECRET_FILE", "key");

        assertThat(problems("")).anySatisfy(text -> assertThat(text)
                .contains("EPMPULSE_WEBHOOK_SECRET_FILE", "there is also EPMPULSE_WEBHOOK_SECRET"));
    }
}
