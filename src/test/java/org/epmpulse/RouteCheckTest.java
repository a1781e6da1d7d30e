package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.Problem;
import org.epmpulse.config.Variables;
import org.epmpulse.routes.RouteCheck;
import org.epmpulse.routes.RouteFindings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The problems that {@code check} reports for routes with which the service does not start. */
class RouteCheckTest {

    private static final String USES_EVENT_LOOP = """
            - route:
                id: site-slow
                routePolicy: eventLoop
                from:
                  uri: platform-http:/site/slow
                  steps:
                    - stop: {}
            """;

    @TempDir
    private Path folder;

    private List<Problem> check() throws Exception {
        return findings().problems();
    }

    private RouteFindings findings() throws Exception {
        Path apps = Files.writeString(
                folder.resolve("apps.json"), "{\"apps\": {\"Planning\": {\"domains\": [\"Actual\"]}}}");
        Map<String, String> settings =
                Map.of("EPMPULSE_APPS_CONFIG", apps.toString(), "EPMPULSE_ROUTES_DIR", folder + "/routes");
        return new RouteCheck(Beans::bindUnstarted)
                .check(Configuration.load(folder, Variables.of(settings, Map.of()))
                        .orThrow());
    }

    /** A copy of the shipped routes; returns the site's folder. */
    private Path copyRoutes() throws IOException {
        return new SiteRoutes(folder).folder().resolve("site");
    }

    @Test
    void aSourceThatReadsTheSameFilesAgainIsNamed() throws Exception {
        Path site = copyRoutes();
        Map<String, String> sources = Map.of(
                "again", "ftp:user@127.0.0.1:1/out",
                "moved", "ftp:user@127.0.0.1:1/out?move=.done/${file:name}",
                "deleted", "ftp:user@127.0.0.1:1/out?delete=true",
                "remembered", "ftp:user@127.0.0.1:1/out?idempotent=true",
                "local", "file:" + folder + "/in");
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Files.writeString(
                    site.resolve(source.getKey() + ".camel.yaml"), """
                    - route:
                        id: %s
                        from:
                          uri: %s
                          steps:
                            - log: ${body}
                    """.formatted(source.getKey(), source.getValue()));
        }

        assertThat(check()).singleElement().satisfies(problem -> {
            assertThat(problem.isError()).isFalse();
            assertThat(problem.where()).endsWith("again.camel.yaml:4, route again");
            assertThat(problem.message())
                    .isEqualTo("ftp:user@127.0.0.1:1/out: reads the same files at each poll, because they stay on the"
                            + " server; set move or delete");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alerts:slack",
                "alerts:slack?concurrentConsumers=3",
                "canvas-edits:publish",
                "epm-polls:jobs",
                "status-changes:twice?durable=true"
            })
    void aSecondRouteOfASourceOfWorkIsRejected(String uri) throws Exception {
        String route =
                USES_EVENT_LOOP.replace("    routePolicy: eventLoop\n", "").replace("platform-http:/site/slow", uri);
        Path site = copyRoutes();
        Files.writeString(site.resolve("site-slow.camel.yaml"), route);
        Files.writeString(
                site.resolve("a-first.camel.yaml"),
                route.replace("site-slow", "a-first").replace(uri, "status-changes:twice?apps=Planning"));

        assertThat(check()).singleElement().satisfies(problem -> {
            assertThat(problem.where()).endsWith("site-slow.camel.yaml:4, route site-slow");
            assertThat(problem.message()).startsWith("reads from " + uri.split("\\?")[0] + ", as route ");
        });
        try (TestingEpmPulse epmPulse =
                new TestingEpmPulse(folder, "{\"apps\": {\"Planning\": {\"domains\": [\"Actual\"]}}}")) {
            epmPulse.settings.put("EPMPULSE_ROUTES_DIR", folder + "/routes");
            assertThatThrownBy(epmPulse::start)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("site-slow.camel.yaml:4, route site-slow: reads from ");
        }
    }

    /** Of each problem: the name of the file with the line, and the message. */
    private List<String> problems(boolean errors) throws Exception {
        return check().stream()
                .filter(problem -> problem.isError() == errors)
                .map(problem -> problem.toString().replaceAll("^\\w+ +\\S+/", ""))
                .toList();
    }

    @Test
    void everyMistakeOfEveryFileIsReportedWithFileLineAndValue() throws Exception {
        Path site = copyRoutes();
        Files.writeString(site.resolve("a-one.camel.yaml"), """
                - route:
                    id: one
                    from:
                      uri: timer:one?perod=3
                      steps:
                        - setBody:
                            expression:
                              simple:
                                expression: "${bdy}"
                        - choice:
                            when:
                              - expression:
                                  simple:
                                    expression: "${body} == "
                                steps:
                                  - to:
                                      id: send
                                      uri: kafak:topic
                              - expression:
                                  language:
                                    language: grovy
                                    expression: bar
                                steps:
                                  - marshal:
                                      csv: {}
                """);
        Files.writeString(site.resolve("b-two.camel.yaml"), """
                - route:
                    id: two
                    from:
                      uri: quartz:two
                      parameters:
                        cron: "0 0 25 * * ?"
                      steps:
                        - doTry:
                            steps:
                              - bean:
                                  ref: nobody
                                  method: x
                            doCatch:
                              - exception:
                                  - java.lang.Nope
                                steps:
                                  - to:
                                      uri: "http://x/{{env:NOT_SET_ANYWHERE}}"
                        - unmarshal:
                            json:
                              library: Jackson
                              unmarshalType: org.example.Missing
                """);
        Files.writeString(site.resolve("c-three.camel.yaml"), """
                - route:
                    id: three
                    from:
                      uri: timer:three
                      stepz: []
                """);

        assertThat(problems(true))
                .containsExactly(
                        "a-one.camel.yaml:4, route one: timer:one: unknown option \"perod\". Did you mean \"period\"?",
                        "a-one.camel.yaml:6, route one: invalid simple \"${bdy}\": Unknown function: bdy",
                        "a-one.camel.yaml:12, route one: invalid simple \"${body} ==\": Unexpected token =",
                        "a-one.camel.yaml:16, route one, step send: unknown component \"kafak\"; put the jars of camel-kafak"
                                + " into extra/ (deploy/add-component.sh)",
                        "a-one.camel.yaml:19, route one: unknown language \"grovy\"; put the jars of camel-grovy into extra/"
                                + " (deploy/add-component.sh)",
                        "a-one.camel.yaml:24, route one: unknown data format \"csv\"; put the jars of camel-csv into extra/"
                                + " (deploy/add-component.sh)",
                        "b-two.camel.yaml:4, route two: quartz:two: Hour values must be between 0 and 23:"
                                + " cron \"0 0 25 * * ?\"",
                        "b-two.camel.yaml:10, route two: unknown bean \"nobody\"",
                        "b-two.camel.yaml:14, route two: unknown class \"java.lang.Nope\"; put its jar into extra/",
                        "b-two.camel.yaml:17, route two: {{env:NOT_SET_ANYWHERE}}: the environment variable"
                                + " NOT_SET_ANYWHERE is not set",
                        "b-two.camel.yaml:19, route two: unknown class \"org.example.Missing\"; put its jar into extra/",
                        "c-three.camel.yaml:5: Unsupported field: stepz");
        assertThat(problems(false)).isEmpty();
    }

    @Test
    void everyFieldAndValueThatCamelCannotReadIsReportedWithItsLine() throws Exception {
        Path site = copyRoutes();
        Files.writeString(site.resolve("a-fields.camel.yaml"), """
                - rout:
                    id: zero
                - route:
                    id: one # 🟢
                    descripton: misspelled 🟢
                    from:
                      uri: timer:one
                      paramters:
                        period: 3
                      steps:
                      - lgo:
                          message: x
                      - log:
                          mesage: x
                          loggingLevel: INFO
                      - setBody:
                          simple: {expresion: x, trimm: true}
                      - to: {urii: "direct:x", id: y}
                      - choice:
                          when:
                            - simple: "${body} == 1"
                              steps:
                                  log: "a mapping"
                            - simple: "${body} == 2"
                              step:
                                - log: "b"
                      - loop:
                          constant: 2
                          steps:
                          - stopp
                      - throwException:
                          exceptionType: java.lang.IllegalStateException
                      - to:
                          uri: kafak:topic
                - route:
                    id: two
                    form:
                      uri: direct:two
                """);
        Files.writeString(site.resolve("b-calls.camel.yaml"), """
                - route:
                    id: fine
                    from:
                      uri: direct:fine
                      steps:
                        - to:
                            uri: direct:also-fine
                - route:
                    id: also-fine
                    from:
                      uri: direct:also-fine
                      stepz: []
                """);

        assertThat(problems(true))
                .containsExactly(
                        "a-fields.camel.yaml:1: Unknown node id: rout",
                        "a-fields.camel.yaml:5: Unsupported field: descripton",
                        "a-fields.camel.yaml:8: Unsupported field: paramters",
                        "a-fields.camel.yaml:11: Unknown node id: lgo",
                        "a-fields.camel.yaml:14: Unsupported field: mesage",
                        "a-fields.camel.yaml:17: Unsupported field: expresion",
                        "a-fields.camel.yaml:17: Unsupported field: trimm",
                        "a-fields.camel.yaml:18: Unsupported field: urii",
                        "a-fields.camel.yaml:22: steps: Node type map is invalid, expected array",
                        "a-fields.camel.yaml:25: Field: step has already been configured as an expression",
                        "a-fields.camel.yaml:30: stopp: Unable to find constructor for node",
                        "a-fields.camel.yaml:33, route one: unknown component \"kafak\"; put the jars of camel-kafak into"
                                + " extra/ (deploy/add-component.sh)",
                        "a-fields.camel.yaml:37: Unsupported field: form",
                        "b-calls.camel.yaml:12: Unsupported field: stepz");
        assertThat(problems(false)).isEmpty();
    }

    @Test
    void aRouteWithoutFromAndAFileThatIsNotYamlAreReportedBesideOthers() throws Exception {
        Path site = copyRoutes();
        Files.writeString(site.resolve("a-none.camel.yaml"), """
                - route:
                    id: none
                    description: has no source
                - route:
                    id: other
                    from:
                      uri: kafak:topic
                      steps:
                        - stop: {}
                """);
        Files.writeString(site.resolve("b-syntax.camel.yaml"), """
                - route:
                    id: syntax
                    from: {uri: "direct:x"
                    steps: []
                """);
        Files.writeString(site.resolve("c-empty.camel.yaml"), """
                - route:
                    id: empty
                    from:
                      uri: direct:empty
                      steps:
                        -
                """);

        assertThat(problems(true))
                .satisfiesExactly(
                        none -> assertThat(none).isEqualTo("a-none.camel.yaml:1, route none: has no \"from\""),
                        other -> assertThat(other).startsWith("a-none.camel.yaml:7, route other: unknown component"),
                        syntax -> assertThat(syntax).startsWith("b-syntax.camel.yaml:4: "),
                        item -> assertThat(item).startsWith("c-empty.camel.yaml:6: "));
    }

    private void writeRoute(Path site, String name, String uri) throws IOException {
        Files.writeString(site.resolve(name + ".camel.yaml"), """
                - route:
                    id: %s
                    from:
                      uri: "%s"
                      steps:
                        - to:
                            uri: "seda:x?timeout=1x"
                """.formatted(name, uri));
    }

    @Test
    void optionsOfAScheduleThatFailOnlyAtTheStartAreErrors() throws Exception {
        Path site = copyRoutes();
        String inbox = "file:" + folder + "/inbox?";
        writeRoute(site, "a", inbox + "scheduler=quartz&scheduler.cron=0+0+25+*+*+?");
        writeRoute(site, "b", inbox + "scheduler=quartz");
        writeRoute(site, "c", inbox + "scheduler=quartz&scheduler.cron=0+0+2+*+*+?&scheduler.crom=x");
        writeRoute(site, "d", "imaps:mail.example?username=u&password=p&scheduler=quartz&scheduler.cron=nightly");
        writeRoute(site, "e", inbox + "backoffMultiplier=3");
        writeRoute(site, "f", inbox + "include=[a");
        writeRoute(site, "g", "timer:g?time=2026-99-99");
        writeRoute(site, "g2", "seda:g2?size=x");
        writeRoute(site, "g3", "timer:g3?perod=3&delay=1x");
        writeRoute(site, "h", inbox + "scheduler.poolsize=2");
        writeRoute(site, "i", inbox + "scheduler=quartz&scheduler.cron=0+0/5+*+*+*+?&scheduler.timeZone=Europe/Berlin");

        assertThat(problems(true).stream().map(problem -> problem.replace(folder.toString(), "")))
                .containsExactly(
                        "a.camel.yaml:4, route a: file:/inbox: Hour values must be between 0 and 23: scheduler.cron"
                                + " \"0 0 25 * * ?\"",
                        "b.camel.yaml:4, route b: file:/inbox: scheduler.cron is missing",
                        "c.camel.yaml:4, route c: file:/inbox: unknown option \"scheduler.crom\"",
                        "d.camel.yaml:4, route d: imaps:mail.example: Illegal characters for this position: 'NIG':"
                                + " scheduler.cron \"nightly\"",
                        "e.camel.yaml:4, route e: file:/inbox: backoffMultiplier needs backoffIdleThreshold or"
                                + " backoffErrorThreshold",
                        "f.camel.yaml:4, route f: file:/inbox: Unclosed character class near index 1 [a ^",
                        "g.camel.yaml:4, route g: timer:g: Unparseable date: \"2026-99-99\"",
                        "g2.camel.yaml:4, route g2: seda:g2: size must be a whole number, or a duration such as 30s, is"
                                + " \"x\"",
                        "g3.camel.yaml:4, route g3: timer:g3: unknown option \"perod\". Did you mean \"period\"?; delay"
                                + " must be a duration such as 30s or 1h30m, is \"1x\"",
                        "h.camel.yaml:4, route h: file:/inbox: unknown option \"scheduler.poolsize\"");
        assertThat(folder.resolve("inbox")).doesNotExist();
    }

    @Test
    void valuesThatCamelReadsAsZeroAreWarnings() throws Exception {
        Path site = copyRoutes();
        writeRoute(site, "a", "timer:a?period=1x");
        writeRoute(site, "b", "file:" + folder + "/inbox?delay=abc&maxMessagesPerPoll=ten");
        writeRoute(site, "c", "quartz:c?cron=0+0+2+*+*+?&trigger.timeZone=Europe/Berln");
        writeRoute(site, "d", "file:" + folder + "/inbox?delay=1h30m&initialDelay=500&readLockTimeout=30s");
        writeRoute(site, "e", "quartz:e?cron=0+0+2+*+*+?&trigger.timeZone=UTC");
        writeRoute(site, "f", "status-changes:f?interval=PT5M");

        assertThat(problems(true)).isEmpty();
        assertThat(problems(false).stream()
                        .map(problem -> problem.replace(folder.toString(), ""))
                        .filter(problem -> !problem.contains("seda:x")))
                .containsExactly(
                        "a.camel.yaml:4, route a: timer:a: period must be a duration such as 30s or 1h30m, is \"1x\"",
                        "b.camel.yaml:4, route b: file:/inbox: delay must be a whole number, or a duration such as 30s,"
                                + " is \"abc\"",
                        "b.camel.yaml:4, route b: file:/inbox: maxMessagesPerPoll must be a whole number, or a duration"
                                + " such as 30s, is \"ten\"",
                        "c.camel.yaml:4, route c: quartz:c: trigger.timeZone must be a time zone such as Europe/Berlin,"
                                + " is \"Europe/Berln\"");
        assertThat(problems(false))
                .contains(
                        "a.camel.yaml:6, route a: seda:x: timeout must be a duration such as 30s or 1h30m, is \"1x\"");
    }

    /** One route a line: its id, and what it reads from. */
    private void writeSources(String sources) throws IOException {
        Path site = copyRoutes();
        for (String line : sources.lines().toList()) {
            String[] source = line.split(" ", 2);
            Files.writeString(site.resolve(source[0] + ".camel.yaml"), """
                - route:
                    id: %s
                    from:
                      uri: '%s'
                      steps:
                        - stop: {}
                """.formatted(source[0], source[1]));
        }
    }

    @Test
    void aPathOrMethodThatNoRequestReachesIsNamed() throws Exception {
        writeSources("""
                a platform-http:/a?httpMethodRestrict=PSOT
                b platform-http:/b?httpMethodRestrict=GET,TRACE
                c platform-http:/c?httpMethodRestrict=HEAD
                d platform-http:/d/{id
                e platform-http:/e?consumes=json
                f platform-http:/f/*/x
                ok1 platform-http:/ok1?httpMethodRestrict=get,head
                ok2 platform-http:/ok2/{id}/*?httpMethodRestrict=POST&consumes=application/json,text/*
                """);

        assertThat(problems(true))
                .containsExactly(
                        "a.camel.yaml:4, route a: platform-http:/a: httpMethodRestrict must be of [GET, HEAD, POST,"
                                + " PUT, DELETE, TRACE, OPTIONS, CONNECT, PATCH], separated by commas, is \"PSOT\"");
        assertThat(problems(false))
                .containsExactly(
                        "b.camel.yaml:4, route b: httpMethodRestrict \"TRACE\": such requests are rejected",
                        "c.camel.yaml:4, route c: httpMethodRestrict \"HEAD\": such requests call the route for GET; add GET",
                        "d.camel.yaml:4, route d: path \"/d/{id\" must have parameters such as {id}, and * only at its end",
                        "e.camel.yaml:4, route e: media type \"json\" must be such as application/json",
                        "f.camel.yaml:4, route f: path \"/f/*/x\" must have parameters such as {id}, and * only at its end");
    }

    @Test
    void namesAndValuesThatCamelIgnoresAreWarnings() throws Exception {
        writeSources("""
                a imap:h.example?username=u&password=p&searchTerm.subjct=x
                b imap:h.example?username=u&password=p&sortTerm=date,sise
                c imap:h.example?username=u&password=p&searchTerm.fromSentDate=now-24x
                d imap:h.example?username=u&password=p&handleDuplicateAttachmentNames=both
                e quartz:nightly/0+0+2+*+*+?
                f quartz:night?cron=0+0+2+*+*+?&trigger.timezone=Europe/Berlin
                g ftp:u@h.example:21/x?delete=true&ftpClient.dataTimout=1
                h file:/srv/in?doneFileName=${file:nme}.done
                i file:/srv/in?move=.done/${date:now:yyyyQ}
                j sftp:u@h.example:22/x?delete=true&strictHostKeyChecking=ys
                k status-changes:k?domains=Actul,Planning/Actual
                l seda:l?concurrentConsumers=0
                m sftp:u@h.example:22/x?delete=true&privateKeyFile=/missing/key&knownHostsFile=/dev/null
                ok1 imap:h.example?username=u&password=RAW(p&sortTerm=x)&searchTerm.subject=x&searchTerm.fromSentDate=now-24h
                ok2 quartz:day?cron=RAW(0 0 2 * * ?)&trigger.timeZone=Europe/Berlin
                ok3 quartz:hourly?trigger.repeatInterval=3600000
                ok4 file:/srv/in?doneFileName=${file:name}.done&move=.done/${date:now:yyyyMMdd}-${file:name}&readLock=changed
                ok5 ftp:u@h.example:21/x?delete=true&ftpClient.dataTimeout=1&ftpClientConfig.serverTimeZoneId=Europe/Berlin
                """);

        assertThat(problems(true)).isEmpty();
        assertThat(problems(false))
                .containsExactly(
                        "a.camel.yaml:4, route a: imap:h.example: unknown option \"searchTerm.subjct\". Did you mean"
                                + " \"searchTerm.subject\"?",
                        "b.camel.yaml:4, route b: imap:h.example: sortTerm must be of [arrival, cc, date, from, reverse, size,"
                                + " subject, to], is \"sise\"",
                        "c.camel.yaml:4, route c: imap:h.example: searchTerm.fromSentDate must be such as now-24h, is"
                                + " \"now-24x\"",
                        "d.camel.yaml:4, route d: imap:h.example: handleDuplicateAttachmentNames must be of [never, uuidPrefix,"
                                + " uuidSuffix], is \"both\"",
                        "e.camel.yaml:4, route e: quartz:nightly/0+0+2+*+*+: runs each second, because it has neither cron nor"
                                + " trigger.repeatInterval; the path is only its name",
                        "f.camel.yaml:4, route f: quartz:night: unknown option \"trigger.timezone\". Did you mean"
                                + " \"trigger.timeZone\"?",
                        "g.camel.yaml:4, route g: ftp:u@h.example:21/x: unknown option \"ftpClient.dataTimout\". Did you mean"
                                + " \"ftpClient.dataTimeout\"?",
                        "h.camel.yaml:4, route h: file:/srv/in: doneFileName must have no other expression than ${file:name}"
                                + " and ${file:name.noext}, is \"${file:nme}.done\"",
                        "i.camel.yaml:4, route i: file:/srv/in: Illegal pattern character 'Q': date \"yyyyQ\"",
                        "j.camel.yaml:4, route j: sftp:u@h.example:22/x: strictHostKeyChecking must be one of [no, yes], is"
                                + " \"ys\"",
                        "k.camel.yaml:4, route k: unknown domain \"Actul\". Did you mean \"Actual\"?",
                        "l.camel.yaml:4, route l: seda:l: concurrentConsumers must be at least 1, is \"0\"",
                        "m.camel.yaml:4, route m: sftp:u@h.example:22/x: privateKeyFile must be a file that this user can"
                                + " read, is \"/missing/key\"");
    }

    @Test
    void aValueOfASourceIsReportedOnceWithItsName() throws Exception {
        writeSources("""
                a file:/srv/in?readLock=chnged
                b quartz:b?trigger.repeatInterval=5x
                c1 quartz:same?cron=0+0+2+*+*+?
                c2 quartz:same?cron=0+0+3+*+*+?
                """);

        assertThat(problems(false)).isEmpty();
        assertThat(problems(true))
                .satisfiesExactly(
                        lock -> assertThat(lock)
                                .startsWith("a.camel.yaml:4, route a: ReadLock invalid: chnged, must be one of"),
                        interval -> assertThat(interval)
                                .isEqualTo(
                                        "b.camel.yaml:4, route b: quartz:b: trigger.repeatInterval must be a whole number,"
                                                + " is \"5x\""),
                        same -> assertThat(same)
                                .isEqualTo(
                                        "c2.camel.yaml:4, route c2: reads from quartz:same, as route c1 does; only one route"
                                                + " may"));
    }

    @Test
    void valuesThatAStepReadsOnlyWhenItRunsAreWarnings() throws Exception {
        Files.writeString(copyRoutes().resolve("a.camel.yaml"), """
                - route:
                    id: a
                    errorHandler:
                      deadLetterChannel:
                        deadLetterUri: log:dead
                        redeliveryPolicy:
                          redeliveryDelay: 1x
                    from:
                      uri: direct:a
                      steps:
                        - delay:
                            expression:
                              constant:
                                expression: 5 minuts
                        - split:
                            timeout: 5x
                            expression:
                              tokenize:
                                token: ","
                            steps:
                              - loop:
                                  expression:
                                    constant:
                                      expression: three
                                  steps:
                                    - setBody:
                                        expression:
                                          simple:
                                            expression: "${date:now:yyyyQ}"
                        - unmarshal:
                            bindy:
                              type: Csw
                              classType: org.epmpulse.routes.UpdateRecord
                        - toD:
                            uri: "file:/srv/out?fileNam=${body}&fileExist=Apend"
                        - pollEnrich:
                            expression:
                              constant:
                                expression: file:/srv/out?fileNam=y
                        - to:
                            uri: bean:statusRecorder?method=recrd
                        - to:
                            uri: seda:nowhere
                        - toD:
                            uri: "http://h.example/${body}?app=x&httpMethod=GET"
                        - delay:
                            expression:
                              constant:
                                expression: 5s
                """);

        assertThat(problems(true)).isEmpty();
        assertThat(problems(false).stream().map(problem -> problem.replaceFirst(".*?:(\\d+), route a: ", "$1 ")))
                .containsExactly(
                        "1 redeliveryDelay must be a duration such as 30s or 1h30m, is \"1x\"",
                        "11 delay must be a duration such as 30s or 1h30m, is \"5 minuts\"",
                        "15 timeout must be a duration such as 30s or 1h30m, is \"5x\"",
                        "21 loop must be a whole number, is \"three\"",
                        "26 Illegal pattern character 'Q': date \"yyyyQ\"",
                        "30 type must be one of [Csv, Fixed, KeyValue], is \"Csw\"",
                        "34 file:/srv/out: fileExist must be one of [Override, Append, Fail, Ignore, Move, TryRename], is"
                                + " \"Apend\"",
                        "34 file:/srv/out: unknown option \"fileNam\". Did you mean \"fileName\"?",
                        "36 file:/srv/out: unknown option \"fileNam\". Did you mean \"fileName\"?",
                        "40 bean:statusRecorder: unknown method \"recrd\"",
                        "42 sends to seda:nowhere, from which no route reads, so its queue fills up");
    }

    @Test
    void mistakesOfAnErrorHandlingAreNamed() throws Exception {
        Files.writeString(copyRoutes().resolve("a.camel.yaml"), """
                - onException:
                    exception:
                      - java.lang.Excepton
                    redeliveryPolicy:
                      redeliveryDelay: 1x
                    steps:
                      - stop: {}
                - route:
                    id: a
                    from:
                      uri: direct:a
                      steps:
                        - stop: {}
                """);

        assertThat(problems(true))
                .containsExactly(
                        "a.camel.yaml:1, route a: unknown class \"java.lang.Excepton\"; put its jar into extra/");
        assertThat(problems(false))
                .containsExactly("a.camel.yaml:1, route a: redeliveryDelay must be a duration such as 30s or 1h30m, is"
                        + " \"1x\"");
    }

    @Test
    void theStartNamesFileAndLineOfTheFirstMistake() throws Exception {
        Files.writeString(
                copyRoutes().resolve("site-slow.camel.yaml"),
                USES_EVENT_LOOP
                        .replace("    routePolicy: eventLoop\n", "")
                        .replace("- stop: {}", "- to: {uri: kafak:x}"));

        try (TestingEpmPulse epmPulse =
                new TestingEpmPulse(folder, "{\"apps\": {\"Planning\": {\"domains\": [\"Actual\"]}}}")) {
            epmPulse.settings.put("EPMPULSE_ROUTES_DIR", folder + "/routes");
            assertThatThrownBy(epmPulse::start)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("site-slow.camel.yaml:6, route site-slow: unknown component \"kafak\"");
        }
    }

    @Test
    void whatFailsOnlyWhenItRunsIsAWarning() throws Exception {
        Path site = copyRoutes();
        Files.writeString(site.resolve("a-late.camel.yaml"), """
                - route:
                    id: late
                    routeConfigurationId: no-errors
                    from:
                      uri: status-changes:late
                      parameters:
                        apps: Planing
                      steps:
                        - to:
                            uri: direct:status-recrod
                        - to:
                            uri: direct:optional?failIfNoConsumers=false
                        - toD:
                            uri: "kafak:${body.app}"
                        - wireTap:
                            uri: direct:status-record
                - route:
                    id: page
                    from:
                      uri: platform-http:/board.css
                      steps:
                        - stop: {}
                - route:
                    id: app
                    from:
                      uri: platform-http:/api/v1/status/{name}
                      parameters:
                        httpMethodRestrict: GET
                      steps:
                        - stop: {}
                - route:
                    id: free
                    from:
                      uri: platform-http:/api/v1/status/{name}
                      parameters:
                        httpMethodRestrict: PUT
                      steps:
                        - stop: {}
                """);

        assertThat(problems(true)).isEmpty();
        assertThat(problems(false))
                .containsExactly(
                        "a-late.camel.yaml:1, route late: unknown routeConfigurationId \"no-errors\".",
                        "a-late.camel.yaml:5, route late: unknown app \"Planing\". Did you mean \"Planning\"?",
                        "a-late.camel.yaml:9, route late: calls direct:status-recrod, which no route begins with. Did you"
                                + " mean \"direct:status-record\"?",
                        "a-late.camel.yaml:13, route late: unknown component \"kafak\"; put the jars of camel-kafak into"
                                + " extra/ (deploy/add-component.sh)",
                        "a-late.camel.yaml:20, route page: GET /board.css is answered by EPMPulse itself, not by this route",
                        "a-late.camel.yaml:26, route app: /api/v1/status/{name} is answered by route status-read-app, which is"
                                + " loaded before this one");
    }

    @Test
    void theFixedAddressesOfListsAreChecked() throws Exception {
        Path site = copyRoutes();
        Files.writeString(site.resolve("a-lists.camel.yaml"), """
                - route:
                    id: lists
                    from:
                      uri: direct:lists
                      steps:
                        - recipientList:
                            constant: "direct:status-record, direct:one"
                        - recipientList:
                            simple: "direct:two;direct:status-record"
                            delimiter: ";"
                        - recipientList:
                            simple: "direct:${header.next},direct:three"
                        - routingSlip:
                            constant: "direct:four,kafak:x"
                        - enrich:
                            simple: direct:five
                        - recipientList:
                            header: direct:six
                        - recipientList:
                            constant: "ftp:x@127.0.0.1?password=RAW(a,b)"
                        - recipientList:
                            constant: "file:x?include=a,b"
                            delimiter: "false"
                        - pollEnrich:
                            constant: "file:x?include=c,d"
                """);

        assertThat(problems(true)).isEmpty();
        assertThat(problems(false))
                .containsExactly(
                        "a-lists.camel.yaml:6, route lists: calls direct:one, which no route begins with.",
                        "a-lists.camel.yaml:8, route lists: calls direct:two, which no route begins with.",
                        "a-lists.camel.yaml:13, route lists: calls direct:four, which no route begins with.",
                        "a-lists.camel.yaml:13, route lists: unknown component \"kafak\"; put the jars of camel-kafak into"
                                + " extra/ (deploy/add-component.sh)",
                        "a-lists.camel.yaml:15, route lists: calls direct:five, which no route begins with.");
    }

    @Test
    void routesAreListedAndFilesThatAreNotLoadedAreNamed() throws Exception {
        Path site = copyRoutes();
        Files.createDirectories(site.resolve("old"));
        Files.createDirectories(site.resolve("..2026_03_31"));
        Files.writeString(site.resolve("mine-log.camel.yaml"), """
                - route:
                    id: mine-log
                    from:
                      uri: status-changes:mine-log
                      steps:
                        - to:
                            uri: log:mine?showAll=true
                """);
        for (String name : List.of(
                "README.md", ".hidden.camel.yaml", "Mine.java", "mine.xml", "mine.yaml", "old/x.camel.yaml", "x.bak")) {
            Files.writeString(site.resolve(name), "");
        }
        Files.writeString(site.resolve("..2026_03_31/mine-log.camel.yaml"), "");

        RouteFindings found = findings();

        assertThat(found.listing())
                .anySatisfy(line -> assertThat(line)
                        .matches("site/mine-log.camel.yaml +mine-log +status-changes:mine-log {2}-> {2}log:mine"))
                .anySatisfy(line -> assertThat(line)
                        .matches("status-receive.camel.yaml +status-receive +platform-http:/api/v1/status {2}-> {2}"
                                + "direct:status-record"));
        assertThat(problems(false))
                .containsExactly(
                        "Mine.java: is not loaded: routes in Camel's Java DSL are not supported; write them in YAML",
                        "mine.xml: is not loaded: routes in Camel's XML DSL are not supported; write them in YAML",
                        "mine.yaml: is not loaded: its name does not end with .camel.yaml",
                        "x.camel.yaml: is not loaded: it is in a subfolder; move it to " + site);
        assertThat(found.listing())
                .contains(site + "/mine.xml is not loaded: routes in Camel's XML DSL are not supported;"
                        + " write them in YAML");
    }

    @Test
    void aRouteOfASiteThatUsesTheEventLoopIsRejected() throws Exception {
        Path site = copyRoutes();
        assertThat(check()).isEmpty();

        Path file = Files.writeString(site.resolve("site-slow.camel.yaml"), USES_EVENT_LOOP);

        assertThat(check()).singleElement().satisfies(problem -> {
            assertThat(problem.where()).isEqualTo(file.toString());
            assertThat(problem.message()).startsWith("route site-slow must not use routePolicy eventLoop");
        });
    }
}
