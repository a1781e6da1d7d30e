package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code try} of the packaged program. */
class TryCommandIT {

    @TempDir
    Path folder;

    private record Ended(int code, String out) {}

    private Ended run(Map<String, String> more, String... arguments) throws Exception {
        Map<String, String> settings = new TreeMap<>(PackagedProgram.settings(folder));
        settings.putAll(more);
        try (PackagedProgram program = PackagedProgram.start(folder, settings, arguments)) {
            return new Ended(program.exitCode(), program.output());
        }
    }

    private static String example(String name) {
        return Path.of("routes/examples", name + ".camel.yaml").toAbsolutePath().toString();
    }

    private Path route(String yaml) throws Exception {
        return Files.writeString(folder.resolve("tried.camel.yaml"), yaml);
    }

    private static String route(String id, String from, String steps) {
        return """
                - route:
                    id: %s
                    from:
                      uri: "%s"
                      steps:
                %s""".formatted(id, from, steps.indent(12));
    }

    @Test
    void whatAnExampleWouldSendIsPrintedWithoutItsSecretsAndNothingIsSent() throws Exception {
        try (TroubledServer target = new TroubledServer(TroubledServer.reply(200, Map.of(), "ok"))) {
            Map<String, String> secrets = Map.of("SLACK_WARNINGS_WEBHOOK", target.address() + "/services/T0/B0/secret");

            Ended sample = run(secrets, "try", example("warning-post"));
            Ended other = run(
                    secrets,
                    "try",
                    example("warning-post"),
                    "--update",
                    "{\"app\":\"FCCS\",\"status\":\"Warning\",\"job_id\":\"J1\"}");

            assertThat(sample.code()).as(sample.out()).isZero();
            assertThat(sample.out())
                    .contains(
                            "recorded: Planning / ", "route warning-post would send to slack:", "is at Warning", "\nok")
                    .contains("webhookUrl={{env:SLACK_WARNINGS_WEBHOOK}}")
                    .doesNotContain("secret");
            assertThat(other.code()).isZero();
            assertThat(other.out())
                    .contains("recorded: FCCS / Consolidation is Warning, job J1", "*FCCS / Consolidation*");
            assertThat(target.requests()).isEmpty();
            assertThat(folder.toFile().list()).as("it leaves nothing behind").isEmpty();
        }
    }

    /** Settings of connections require one another, so none may be left out before they are checked. */
    @Test
    void theWholeConfigurationOfAnInstallationIsAcceptedAndConnectsToNothing() throws Exception {
        try (TroubledServer target = new TroubledServer(TroubledServer.reply(200, Map.of(), "ok"))) {
            Map<String, String> settings = new HashMap<>();
            settings.put("EPMPULSE_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/epmpulse");
            settings.put("EPMPULSE_DATABASE_USER", "epmpulse");
            settings.put("EPMPULSE_DATABASE_PASSWORD", "secret-of-the-database");
            settings.put("EPMPULSE_NODE", "one");
            settings.put("SLACK_BOT_TOKEN", "xoxb-secret-of-the-bot");
            settings.put("SLACK_MAIN_CANVAS_ID", "F0123456789");
            settings.put("SLACK_APP_TOKEN", "xapp-secret-of-the-app");
            settings.put("SLACK_API_URL", target.address() + "/api/");
            settings.put("SLACK_WARNINGS_WEBHOOK", target.address() + "/services/T0/B0/secret");
            settings.put("EPMPULSE_SMTP_URL", target.address().replace("http:", "smtp:"));
            settings.put("EPMPULSE_ALERT_MAIL_FROM", "epm@example.com");
            settings.put("EPMPULSE_ALERT_MAIL_TO", "close@example.com");
            settings.put("EPMPULSE_TEAMS_WEBHOOK_URL", target.address() + "/teams");
            settings.put("EPMPULSE_WEBHOOK_URL", target.address() + "/webhook");
            settings.put("EPMPULSE_WEBHOOK_SECRET", "secret-of-the-webhook-0123456789");
            settings.put("EPMPULSE_PAGERDUTY_KEY", "secretofpagerduty0123456789");
            settings.put("EPMPULSE_PAGERDUTY_URL", target.address() + "/pagerduty");

            Ended ended = run(settings, "try", example("warning-post"));

            assertThat(ended.code()).as(ended.out()).isZero();
            assertThat(ended.out())
                    .contains("route warning-post would send to slack:")
                    .doesNotContain("secret");
            assertThat(target.requests()).isEmpty();
        }
    }

    @Test
    void everyWayOutIsIntercepted() throws Exception {
        try (TroubledServer target = new TroubledServer(TroubledServer.reply(200, Map.of(), "ok"))) {
            String address = target.address();
            Path file = route(route("many", "status-changes:many", """
                    - setBody:
                        expression:
                          simple:
                            expression: "${body.app} ${body.status}"
                    - setHeader:
                        name: X-Api-Key
                        expression:
                          constant:
                            expression: hidden-header
                    - to:
                        uri: %1$s/direct?sig=hidden-signature
                    - toD:
                        uri: "%1$s/dynamic/${body.substring(0, 4)}"
                    - wireTap:
                        uri: %1$s/tap
                    - enrich:
                        expression:
                          constant:
                            expression: %1$s/enrich
                    - pollEnrich:
                        expression:
                          constant:
                            expression: file:%2$s/in
                        timeout: "1000"
                    - to:
                        uri: file:%2$s/out
                    - to:
                        uri: slack-message:C012345
                    """.formatted(address, folder)));

            Ended ended = run(Map.of(), "try", file.toString());

            assertThat(ended.code()).as(ended.out()).isZero();
            assertThat(ended.out())
                    .contains("/direct?sig=", "/dynamic", "/tap", "/enrich", "would send to file:", "slack-message:")
                    .contains("Planning Warning", "X-Api-Key: ***")
                    .doesNotContain("hidden-");
            assertThat(target.requests()).isEmpty();
            assertThat(folder.resolve("out")).doesNotExist();
            assertThat(folder.resolve("in")).doesNotExist();
        }
    }

    @Test
    void aSourceIsNotReadAndGetsTheMessageOfTheCommandLine() throws Exception {
        String example = example("inbox-read");
        Path inbox = Files.createDirectories(folder.resolve("inbox"));
        Path waiting = Files.writeString(inbox.resolve("a.jsonl"), "{}");

        Ended without = run(Map.of(), "try", example);
        Ended with = run(
                Map.of(),
                "try",
                example,
                "--body",
                "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}\n"
                        + "{\"app\":\"Planning\",\"domain\":\"Budget\",\"status\":\"OK\"}");
        Ended invalid = run(
                Map.of(),
                "try",
                example,
                "--body",
                "{\"app\":\"Nobody\",\"status\":\"OK\"}",
                "--header",
                "CamelFileName=b");

        assertThat(without.code()).isEqualTo(1);
        assertThat(without.out()).contains("reads from file:inbox", "give it a message with --body");
        assertThat(with.code()).as(with.out()).isZero();
        assertThat(with.out()).contains("recorded: Planning / Actual is OK", "recorded: Planning / Budget is OK");
        assertThat(invalid.code()).isEqualTo(1);
        assertThat(invalid.out()).contains("would send to file://inbox/.failed", "b was not recorded", "\nfailed");
        assertThat(waiting).exists();
    }

    @Test
    void timersRunOnceAndRequestsAreAnswered() throws Exception {
        Path file = route(
                route("nightly", "quartz:nightly?cron=0+0+3+*+*+?", """
                        - setBody:
                            expression:
                              constant:
                                expression: it is three
                        - to:
                            uri: smtp://mail.example.com?password=hidden&to=a@example.com
                        """) + route("hook", "platform-http:/hook", """
                        - setBody:
                            expression:
                              simple:
                                expression: "got ${body}"
                        """));

        Ended ended = run(Map.of(), "try", file.toString(), "--body", "ping");

        assertThat(ended.code()).as(ended.out()).isZero();
        assertThat(ended.out())
                .contains("route nightly would send to smtp:", "it is three", "route hook replies", "got ping")
                .doesNotContain("hidden");
    }

    @Test
    void anAlertReachesItsRoute() throws Exception {
        Path file = route(route("tickets", "alerts:tickets", """
                - setBody:
                    expression:
                      simple:
                        expression: "${body.kind} ${body.domain}"
                - to:
                    uri: file:%s/tickets
                """.formatted(folder)));

        Ended ended = run(Map.of(), "try", file.toString(), "--timeout", "60");

        assertThat(ended.code()).as(ended.out()).isZero();
        assertThat(ended.out()).contains("route tickets would send to file:").containsIgnoringCase("problem ");
    }

    @Test
    void aRouteThatFailsOrGetsNothingOrCannotBeLoadedIsAnError() throws Exception {
        Path failing = route(route("failing", "status-changes:failing", """
                - bean:
                    ref: statusRecorder
                    method: record(${body})
                """));
        Ended failed = run(Map.of(), "try", failing.toString());
        Path filtered = route(route("filtered", "status-changes:filtered?statuses=OK", """
                - log:
                    message: "${body}"
                """));
        Ended nothing = run(
                Map.of(),
                "try",
                filtered.toString(),
                "--timeout",
                "2",
                "--update",
                "{\"app\":\"FCCS\",\"status\":\"Warning\"}");
        Ended wrong = run(Map.of(), "try", filtered.toString(), "--update", "{\"app\":\"Nobody\",\"status\":\"OK\"}");
        Ended json = run(Map.of(), "try", filtered.toString(), "--update", "not JSON");
        Path broken = route(route("broken", "status-changes:broken", "- to:\n    uri: nothing:there\n"));
        Ended unknown = run(Map.of(), "try", broken.toString());
        Ended missing = run(Map.of(), "try", folder.resolve("none.camel.yaml").toString());

        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.out()).contains("route failing", " failed: ");
        assertThat(nothing.code()).isEqualTo(1);
        assertThat(nothing.out()).contains("route filtered got no message");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.out()).contains("tried.camel.yaml", "nothing");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.out()).contains("the update failed: ", "Nobody");
        assertThat(json.code()).isEqualTo(1);
        assertThat(json.out()).contains("--update");
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.out()).contains("none.camel.yaml");
    }

    @Test
    void anErrorOfTheRouteCountsIfItsErrorHandlerHandlesItAndNotIfTheRouteCatchesIt() throws Exception {
        String failing = """
                - throwException:
                    exceptionType: java.lang.IllegalStateException
                    message: it is broken
                """;
        Path handled = route(route("handled", "timer:t", failing)
                .replace("  from:", "  routeConfigurationId: change-errors\n    from:"));
        Ended wrong = run(Map.of(), "try", handled.toString());
        Path caught = route(route("caught", "timer:t", """
                - doTry:
                    steps:
                %s    doCatch:
                      - exception:
                          - java.lang.Exception
                        steps:
                          - to:
                              uri: smtp://mail.example.com
                """.formatted(failing.indent(6))));
        Ended right = run(Map.of(), "try", caught.toString());

        assertThat(wrong.code()).as(wrong.out()).isEqualTo(1);
        assertThat(wrong.out()).contains("route handled", "failed: it is broken");
        assertThat(right.code()).as(right.out()).isZero();
        assertThat(right.out()).contains("route caught would send to smtp:");
    }

    @Test
    void theDataAndTheTokensOfTheServiceAreNotUsed() throws Exception {
        Map<String, String> real = new TreeMap<>();
        real.put("SLACK_BOT_TOKEN", "xoxb-somebodys-real-token");
        real.put("SLACK_MAIN_CANVAS_ID", "F0123456789");
        real.put("SLACK_API_URL", "http://192.0.2.1/api/");
        real.put("EPM_TOKEN_URL", "http://192.0.2.1/token");
        real.put("EPM_TASKS_URL", "https://epm.example.com");
        real.put("EPMPULSE_DATABASE_URL", "jdbc:postgresql://192.0.2.1/epmpulse");

        Ended ended = run(
                real,
                "try",
                example("task-complete"),
                "--update",
                "{\"app\":\"FCCS\",\"domain\":\"Consolidation\",\"status\":\"OK\"}");

        assertThat(ended.code()).as(ended.out()).isZero();
        assertThat(ended.out())
                .contains("route task-complete would send to ", "Authorization: ***", "CONSOLIDATION_OK")
                .doesNotContain("somebodys");
        assertThat(folder.resolve("data")).doesNotExist();
    }
}
