package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.epmpulse.status.Catalog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppsReaderTest {

    private static final String FULL = """
            {
              "epm": {
                "auth": {
                  "type": "oauth", "token_url": "${EPM_TOKEN_URL}", "client_id": "${EPM_CLIENT_ID}",
                  "client_secret": "${EPM_CLIENT_SECRET}", "scope": "urn:opc:epm"
                },
                "servers": {
                  "planning": {"name": "Planning pod", "base_url": "https://planning.example.com/"},
                  "arcs": {"name": "ARCS", "base_url": "https://arcs.example.com"},
                  "meta": {"base_url": "https://meta.example.com", "product": "edm", "application": "Main"}
                }
              },
              "apps": {
                "Planning": {
                  "display_name": "Plan", "domains": ["Actual", "Budget"], "server": "planning",
                  "channels": ["C1"], "job_types": ["import_data"]
                },
                "ARCS": {"domains": ["Reconciliation"], "channels": ["C1", "C2"]},
                "Metadata": {"server": "meta"}
              },
              "channels": {
                "C1": {"name": "epm-main", "canvas_id": "${SLACK_MAIN_CANVAS_ID}"},
                "C2": {"name": "arcs", "canvas_id": "Fcanvas_arcs_placeholder", "alerts": false},
                "C3": {"name": "unused", "canvas_id": "${NOBODY_NEEDS_THIS}"}
              },
              "settings": {
                "api_key_env": "EPMPULSE_API_KEY", "slack_token_env": "SLACK_BOT_TOKEN",
                "canvas_id_env": "SLACK_CANVAS_ID", "log_level": "INFO", "debounce_interval": 3, "max_retries": 3,
                "backoff_seconds": [1, 2, 4],
                "pull_mode": {"enabled": false, "poll_interval_seconds": 20, "max_poll_duration_minutes": 90}
              }
            }""";

    private static final String TOKEN = "xoxb-0123456789";

    @TempDir
    private Path path;

    private TestingFolder folder;

    @BeforeEach
    void createFolder() {
        folder = new TestingFolder(path);
    }

    @Test
    void theFullFormIsReadWithoutAnyVariable() {
        Configuration configuration = folder.apps(FULL).load();
        AppsConfig apps = configuration.apps();

        assertThat(configuration.problems()).isEmpty();
        assertThat(apps.apps().values())
                .containsExactly(
                        new AppsConfig.App("Planning", "Plan", List.of("Actual", "Budget"), List.of("C1"), "planning"),
                        new AppsConfig.App("ARCS", "ARCS", List.of("Reconciliation"), List.of("C1", "C2"), "arcs"),
                        new AppsConfig.App("Metadata", "Metadata", List.of("default"), List.of(), "meta"));
        assertThat(apps.channels().values())
                .containsExactly(
                        new AppsConfig.Channel("C1", "epm-main", null, true),
                        new AppsConfig.Channel("C2", "arcs", null, false));
        assertThat(apps.servers().values())
                .containsExactly(
                        new AppsConfig.Server(
                                "planning",
                                "Planning pod",
                                URI.create("https://planning.example.com"),
                                Product.PLANNING,
                                null,
                                null),
                        new AppsConfig.Server(
                                "arcs", "ARCS", URI.create("https://arcs.example.com"), Product.ARCS, null, null),
                        new AppsConfig.Server(
                                "meta", "meta", URI.create("https://meta.example.com"), Product.EDM, "Main", null));
        assertThat(apps.servers().values()).noneMatch(AppsConfig.Server::configured);
        assertThat(apps.pull()).isEqualTo(new AppsConfig.Pull(false, Duration.ofSeconds(20), Duration.ofMinutes(90)));
        assertThat(configuration.settings().pollInterval()).isEqualTo(Duration.ofSeconds(20));
        assertThat(configuration.settings().canvasMinInterval()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void theCatalogHoldsTheAppsAndDomainsOfTheBoard() {
        assertThat(folder.apps(FULL).load().apps().catalog().apps().values())
                .containsExactly(
                        new Catalog.App("Planning", "Plan", Set.of("Actual", "Budget"), List.of("C1"), false),
                        new Catalog.App("ARCS", "ARCS", Set.of("Reconciliation"), List.of("C1", "C2"), false),
                        new Catalog.App("Metadata", "Metadata", Set.of("default"), List.of(), true));
    }

    @Test
    void withAllVariablesServersCanBePolledAndCanvasesAreKnown() {
        Configuration configuration = folder.apps(FULL.replace("Fcanvas_arcs_placeholder", "F2"))
                .load(
                        "SLACK_BOT_TOKEN", TOKEN,
                        "SLACK_MAIN_CANVAS_ID", "F1",
                        "EPM_TOKEN_URL", "https://login.example.com/oauth2/v1/token",
                        "EPM_CLIENT_ID", "me",
                        "EPM_CLIENT_SECRET", "hunter2hunter2");

        assertThat(configuration.problems()).isEmpty();
        assertThat(configuration.apps().servers().values())
                .allMatch(AppsConfig.Server::configured)
                .extracting(AppsConfig.Server::auth)
                .containsOnly(new Auth.OAuth(
                        URI.create("https://login.example.com/oauth2/v1/token"),
                        "me",
                        "hunter2hunter2",
                        "urn:opc:epm"));
        assertThat(configuration.apps().channels().values())
                .extracting(AppsConfig.Channel::canvasId)
                .containsExactly("F1", "F2");
        assertThat(configuration.apps().toString()).doesNotContain("hunter2");
    }

    @Test
    void theMinimalFormNeedsNeitherChannelsNorServers() {
        AppsConfig apps = folder.apps("""
                {"apps": {"Planning": {"display_name": "Planning", "domains": ["Actual"], "channels": ["C1"]}}}""").load().apps();

        assertThat(folder.problems()).isEmpty();
        assertThat(apps.channels().values()).containsExactly(new AppsConfig.Channel("C1", "C1", null, true));
        assertThat(apps.pull()).isEqualTo(new AppsConfig.Pull(true, null, Duration.ofMinutes(60)));
    }

    @Test
    void aSingleTextIsAListOfOne() {
        AppsConfig apps = folder.apps("""
                {"apps": {"Planning": {"domains": "Actual", "channels": "C1"}}}""").load().apps();

        assertThat(apps.apps().get("Planning").domains()).containsExactly("Actual");
        assertThat(apps.channels()).containsOnlyKeys("C1");
    }

    @Test
    void variablesInKeysAreResolved() {
        AppsConfig apps = folder.apps("""
                {"apps": {"${APP:Planning}": {"channels": ["${CHANNEL}"], "${SERVER_KEY:server}": "p"}},
                 "epm": {"servers": {"${SERVER:p}": {}}},
                 "channels": {"${CHANNEL}": {"name": "main"}}}""").load("CHANNEL", "C7").apps();

        assertThat(apps.apps()).containsOnlyKeys("Planning");
        assertThat(apps.apps().get("Planning").server()).isEqualTo("p");
        assertThat(apps.channels().values()).containsExactly(new AppsConfig.Channel("C7", "main", null, true));
    }

    @Test
    void keysThatResolveToTheSameTextAreAnError() {
        assertThat(folder.apps("""
                {"apps": {"Planning": {}, "${APP}": {}}}""").problems("APP", "Planning"))
                .containsExactly("error  config/apps.json /apps/${APP}: duplicate key \"Planning\"");
    }

    @Test
    void anUnsetChannelIsSkippedWithoutATokenAndAnErrorWithAToken() {
        folder.apps("""
                {"apps": {"Planning": {"channels": ["${CHANNEL}", "C2"]}},
                 "channels": {"${CHANNEL}": {"name": "main"}, "C2": {}}}""");

        assertThat(folder.problems()).isEmpty();
        assertThat(folder.load().apps().channels()).containsOnlyKeys("C2");
        assertThat(folder.load().apps().apps().get("Planning").channels()).containsExactly("C2");
        assertThat(folder.problems("SLACK_BOT_TOKEN", TOKEN))
                .containsExactlyInAnyOrder(
                        "error  config/apps.json /apps/Planning/channels/0: unresolved variable CHANNEL (set it or"
                                + " write ${CHANNEL:default})",
                        "error  config/apps.json /channels/${CHANNEL}: unresolved variable CHANNEL (set it or write"
                                + " ${CHANNEL:default})");
    }

    @Test
    void anUnsetCanvasIdIsAnErrorWithAToken() {
        assertThat(folder.apps(FULL.replace("Fcanvas_arcs_placeholder", "F2")).problems("SLACK_BOT_TOKEN", TOKEN))
                .containsExactly("error  config/apps.json /channels/C1/canvas_id: unresolved variable"
                        + " SLACK_MAIN_CANVAS_ID (set it or write ${SLACK_MAIN_CANVAS_ID:default})");
    }

    @Test
    void aPlaceholderCanvasIdIsAnErrorWithAToken() {
        assertThat(folder.apps(FULL).problems("SLACK_BOT_TOKEN", TOKEN, "SLACK_MAIN_CANVAS_ID", "F1"))
                .singleElement()
                .asString()
                .startsWith("error  config/apps.json /channels/C2/canvas_id: placeholder instead of a canvas id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"f0123", "C0123", "F 1", "https://example.slack.com/docs/T1/F1", "F"})
    void anInvalidCanvasIdIsAnErrorWithAToken(String canvasId) {
        folder.apps("""
                {"apps": {"Planning": {"channels": ["C1"]}},
                 "channels": {"C1": {"canvas_id": "%s"}}}""".formatted(canvasId));

        assertThat(folder.problems()).isEmpty();
        assertThat(folder.problems("SLACK_BOT_TOKEN", TOKEN))
                .singleElement()
                .asString()
                .startsWith("error  config/apps.json /channels/C1/canvas_id: must be a canvas id");
    }

    @Test
    void aNameInPlaceOfAChannelIdIsAWarningWithAToken() {
        folder.apps("""
                {"apps": {"Planning": {"channels": ["#epm-main"]}},
                 "channels": {"#epm-main": {"canvas_id": "F1"}}}""");

        assertThat(folder.problems()).isEmpty();
        assertThat(folder.problems("SLACK_BOT_TOKEN", TOKEN))
                .singleElement()
                .asString()
                .startsWith("warning  config/apps.json /apps/Planning/channels/0: \"#epm-main\" is not a channel id");
    }

    @Test
    void aDefaultChannelIsSkippedWithATokenUnlessItHasACanvasId() {
        folder.apps("""
                {"apps": {"Planning": {"channels": ["${MAIN:C1}"]}},
                 "channels": {"${MAIN:C1}": {"canvas_id": "${CANVAS:}"}}}""");

        assertThat(folder.load().apps().channels()).containsOnlyKeys("C1");
        assertThat(folder.problems("SLACK_BOT_TOKEN", TOKEN))
                .containsExactly("warning  config/apps.json /channels/${MAIN:C1}: MAIN is not set; nothing is sent to"
                        + " its default channel");
        assertThat(folder.load("SLACK_BOT_TOKEN", TOKEN).apps().channels()).isEmpty();
        assertThat(folder.load("SLACK_BOT_TOKEN", TOKEN, "CANVAS", "F1").apps().channels())
                .containsOnlyKeys("C1");
        assertThat(folder.load("SLACK_BOT_TOKEN", TOKEN, "MAIN", "C8").apps().channels())
                .containsOnlyKeys("C8");
    }

    @Test
    void aChannelThatIsNotListedIsAWarningWhereChannelsAreListed() {
        folder.apps("""
                {"apps": {"Planning": {"channels": ["C0123456788"]}}, "channels": {"C0123456789": {}}}""");

        assertThat(folder.problems())
                .containsExactly("warning  config/apps.json /apps/Planning/channels/0: channel \"C0123456788\" is not"
                        + " listed under channels. Did you mean \"C0123456789\"?");
        assertThat(folder.load().apps().channels()).containsOnlyKeys("C0123456788");
    }

    @Test
    void anUnsetVariableInADomainIsAnError() {
        assertThat(folder.apps("""
                {"apps": {"Planning": {"domains": ["${DOMAIN}"]}}}""").problems())
                .containsExactly("error  config/apps.json /apps/Planning/domains/0: unresolved variable DOMAIN (set it"
                        + " or write ${DOMAIN:default})");
    }

    @Test
    void theValueOfAVariableIsNotExpandedAgain() {
        assertThat(folder.apps("""
                {"apps": {"Planning": {"display_name": "${A}"}}}""")
                        .load("A", "${SLACK_BOT_TOKEN}")
                        .apps()
                        .apps()
                        .get("Planning")
                        .displayName())
                .isEqualTo("${SLACK_BOT_TOKEN}");
    }

    @Test
    void aMisspelledServerIsAnErrorThatSuggestsTheRightOne() {
        assertThat(folder.apps(FULL.replace("\"server\": \"planning\"", "\"server\": \"planing\""))
                        .problems())
                .containsExactly("error  config/apps.json /apps/Planning/server: unknown server \"planing\"."
                        + " Did you mean \"planning\"?");
    }

    @Test
    void anUnknownServerIsAnErrorAlsoWithoutAnyServers() {
        assertThat(folder.apps("""
                {"apps": {"Planning": {"server": "planning"}}}""").problems())
                .containsExactly("error  config/apps.json /apps/Planning/server: unknown server \"planning\".");
    }

    @Test
    void aServersOwnAuthWinsOverTheSharedOne() {
        folder.apps("""
                {"epm": {
                   "auth": {"type": "basic", "username": "shared", "password": "hunter2"},
                   "servers": {
                     "planning": {"base_url": "https://a.example.com"},
                     "fccs": {"base_url": "https://b.example.com",
                              "auth": {"type": "basic", "username": "own", "password": "${SECRET}"}}}},
                 "apps": {"Planning": {}}}""");

        assertThat(folder.load("SECRET", "x").apps().servers().get("planning").auth())
                .isEqualTo(new Auth.Basic("shared", "hunter2"));
        assertThat(folder.load("SECRET", "x").apps().servers().get("fccs").auth())
                .isEqualTo(new Auth.Basic("own", "x"));
        assertThat(folder.load().apps().servers().get("fccs").configured()).isFalse();
    }

    @Test
    void anAssertionNeedsAReadableKeyFile() {
        folder.apps("""
                {"epm": {
                   "auth": {"type": "jwt_assertion", "token_url": "https://login.example.com/token", "client_id": "me",
                            "client_secret": "hunter2", "subject": "svc", "key_file": "key.pem", "scope": "s",
                            "key_id": "k"},
                   "servers": {"planning": {"base_url": "https://a.example.com"}}},
                 "apps": {"Planning": {}}}""");

        assertThat(folder.problems())
                .containsExactly("error  config/apps.json /epm/auth/key_file: file key.pem not found or not readable");

        folder.write("key.pem", "");
        assertThat(folder.load().apps().servers().get("planning").auth())
                .isEqualTo(new Auth.JwtAssertion(
                        URI.create("https://login.example.com/token"),
                        "me",
                        "hunter2",
                        "s",
                        "svc",
                        path.resolve("key.pem"),
                        "k",
                        "https://identity.oraclecloud.com/"))
                .asString()
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource({
        "tax, TAX",
        "epcm, EPCM",
        "freeform, FREEFORM",
        "narrative_reporting, NARRATIVE_REPORTING",
        "migration, MIGRATION",
        "pod, PLANNING"
    })
    void theProductOfAServerIsItsIdIfThatIsAProduct(String id, Product product) {
        String apps =
                "{\"apps\": {\"A\": {\"server\": \"%1$s\"}}, \"epm\": {\"servers\": {\"%1$s\": {}}}}".formatted(id);

        AppsConfig config = folder.apps(apps).load().apps();

        assertThat(config.servers().get(id).product()).isEqualTo(product);
        assertThat(config.catalog().app("A").uuidJobs()).isEqualTo(product == Product.NARRATIVE_REPORTING);
    }

    @Test
    void plainHttpToEpmIsAWarningAndInProductionAnError() {
        folder.apps("""
                {"epm": {"auth": {"token_url": "http://login.example.com", "client_id": "a", "client_secret": "b"},
                         "servers": {"planning": {"base_url": "http://127.0.0.1:8080"},
                                     "fccs": {"base_url": "http://fccs.example.com"}}},
                 "apps": {"Planning": {}}}""");

        assertThat(folder.problems())
                .hasSize(2)
                .allMatch(problem -> problem.startsWith("warning") && problem.contains("http://"));
        assertThat(folder.problems(
                        "EPMPULSE_ENV", "production", "EPMPULSE_API_KEY", "0123456789abcdef0123456789abcdef"))
                .containsExactly(
                        "error  config/apps.json /epm/auth/token_url: must be https:// in production (http:// sends"
                                + " credentials unencrypted)",
                        "error  config/apps.json /epm/servers/fccs/base_url: must be https:// in production (http://"
                                + " sends credentials unencrypted)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "planning",
                "ftp://x",
                "https://me:hunter2@x",
                "https://x?token=hunter2",
                "https://x#a",
                "https:///x"
            })
    void anInvalidUrlIsAnErrorThatDoesNotShowIt(String url) {
        assertThat(folder.apps("""
                {"epm": {"servers": {"planning": {"base_url": "%s"}}}, "apps": {"Planning": {}}}""".formatted(url)).problems())
                .containsExactly("error  config/apps.json /epm/servers/planning/base_url: must be an absolute http or"
                        + " https URL without user, query or fragment");
    }

    @Test
    void aUrlThatUsuallyFailsIsAWarning() {
        assertThat(folder.apps("""
                {"epm": {"servers": {"planning": {"base_url": "https://x/epmcloud/"}}}, "apps": {"Planning": {}}}""").problems())
                .singleElement()
                .asString()
                .startsWith("warning  config/apps.json /epm/servers/planning/base_url: EPM's addresses");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            []                                                     |: must be an object in braces, is a list
            {}                                                     | /apps: must hold at least one app
            {"apps": {}}                                           | /apps: must hold at least one app
            {"apps": []}                                           | /apps: must be an object in braces, is a list
            {"apps": {"A": 1}}                                     | /apps/A: must be an object in braces, is a number
            {"apps": {"a/b~c": 1}}                                 | /apps/a~1b~0c: must be an object in braces, is a number
            {"apps": {"": {}}}                                     | /apps/: a name must be 1 to 100 characters long, without control characters
            {"apps": {"A\\n": {}}}                                 | /apps/A : a name must be 1 to 100 characters long, without control characters
            {"apps": {"A": {"display_name": " "}}}                 | /apps/A/display_name: a name must be 1 to 100 characters long, without control characters
            {"apps": {"A": {"domains": ["x", 1]}}}                 | /apps/A/domains/1: must be text in quotes, is a number
            {"apps": {"A": {"domains": [null]}}}                   | /apps/A/domains/0: must be the name of a domain, is null
            {"apps": {"A": {"domains": {"x": 1}}}}                 | /apps/A/domains/name: must be the name of the domain
            {"apps": {"A": {"domains": ["x", "y", "x"]}}}          | /apps/A/domains/2: duplicate domain "x"
            {"apps": {"A": {"channels": [["C1"]]}}}                | /apps/A/channels/0: must be text in quotes, is a list
            {"apps": {"A": {"server": true}}}                      | /apps/A/server: must be text in quotes, is a boolean
            {"apps": {"A": {"display_name": "${"}}}                | /apps/A/display_name: invalid variable (write ${VARIABLE} or ${VARIABLE:default})
            {"apps": {"A": {"domains": [{"by": "21:30"}]}}}        | /apps/A/domains/0/name: must be the name of the domain
            {"apps": {"A": {"domains": [{"name": "x", "by": "21:30"}]}}} | /apps/A/domains/0/by: needs close with starts, at the top of the file
            {"apps": {"A": {"domains": [{"name": "x", "runbook": "http://x"}]}}} | /apps/A/domains/0/runbook: must be an https address of at most 500 characters, without a user name
            {"apps": {"A": {"domains": [{"name": "x", "owner": "a\\nb"}]}}} | /apps/A/domains/0/owner: must be at most 100 characters, without control characters
            {"apps": {"A": {"domains": [{"name": "x", "after": "x"}]}}} | /apps/A/domains/0/after: must be APP/DOMAIN of a configured domain, is "x".
            {"apps": {"A": {"domains": ["Load", {"name": "x", "after": ["A/Lod"]}]}}} | /apps/A/domains/1/after/0: must be APP/DOMAIN of a configured domain, is "A/Lod". Did you mean "A/Load"?
            {"apps": {"A": {"domains": [{"name": "x", "after": ["A/x"]}]}}} | /apps/A/domains/0/after/0: must not make a domain wait for itself: A/x after A/x
            {"apps": {"A": {"domains": ["z/1", {"name": "x", "after": ["A/z/1", "A/y"]}, {"name": "y", "after": ["A/x"]}]}}} | /apps/A/domains/1/after/1: must not make a domain wait for itself: A/x after A/y after A/x
            {"apps": {"A": {}}, "close": {}}                       | /close/starts: must be a time such as 18:00
            {"apps": {"A": {}}, "close": {"starts": "6pm"}}        | /close/starts: must be a time such as 18:00, is "6pm"
            {"apps": {"A": {}}, "close": {"starts": "18:00", "timezone": "Mars"}} | /close/timezone: must be a time zone such as Europe/London, is "Mars"
            {"apps": {"A": {}}, "close": {"starts": "18:00", "days": "mon-fry"}} | /close/days: must be days of the week such as mon-fri or mon,wed,fri, is "mon-fry"
            {"apps": {"A": {}}, "close": {"starts": "18:00", "days": ["mon", "foo", "wed"]}} | /close/days/1: must be days of the week such as mon-fri or mon,wed,fri, is "foo"
            {"apps": {"A": {}}, "close": {"starts": "18:00", "days": []}} | /close/days: must be days of the week such as mon-fri or mon,wed,fri, has none
            {"apps": {"A": {}}, "close": {"starts": "18:00", "holidays": ["25 Dec"]}} | /close/holidays/0: must be a date such as 2026-12-25, is "25 Dec"
            {"apps": {"A": {}}, "close": {"starts": "18:00", "holidays": {"country": "gb", "region": "xx"}}} | /close/holidays/region: unknown region "xx" of gb; known: eng, nir, sct, wls
            {"apps": {"A": {}}, "close": {"starts": "18:00", "holidays": {"region": "eng"}}} | /close/holidays: must have either ics, a file, or country, such as gb, with or without region
            {"apps": {"A": {"domains": [{"name": "x", "by": "9.30"}]}}, "close": {"starts": "18:00"}} | /apps/A/domains/0/by: must be a time such as 21:30, or a working day of the month and a time such as WD+3 18:00, is "9.30"
            {"apps": {"A": {"domains": [{"name": "x", "by": "18:00"}]}}, "close": {"starts": "18:00"}} | /apps/A/domains/0/by: must be after the start of the window, is 18:00 as close.starts
            {"apps": {"A": {"domains": [{"name": "x", "by": "06:01"}]}}, "close": {"starts": "18:00", "ends": "06:00"}} | /apps/A/domains/0/by: must be before the end of the window (close.ends is 06:00), is 06:01
            {"apps": {"A": {"domains": [{"name": "x", "by": "WD+24 20:00"}]}}, "close": {"starts": "18:00", "days": "mon-fri"}} | /apps/A/domains/0/by: must be at most WD+23, because no month has more working days, is WD+24
            {"apps": {"A": {}}, "settings": 1}                     | /settings: must be an object in braces, is a number
            {"apps": {"A": {}}, "settings": {"debounce_interval": -1}}         | /settings/debounce_interval: must be a number of seconds, 0 or more
            {"apps": {"A": {}}, "settings": {"debounce_interval": 1e99}}       | /settings/debounce_interval: must be a number of seconds, 0 or more
            {"apps": {"A": {}}, "settings": {"pull_mode": {"enabled": "yes"}}} | /settings/pull_mode/enabled: must be true or false
            {"apps": {"A": {}}, "settings": {"pull_mode": {"poll_interval_seconds": 0}}} | /settings/pull_mode/poll_interval_seconds: must be a number of seconds, more than 0
            {"apps": {"A": {}}, "epm": {"auth": {"type": "saml"}}} | /epm/auth/type: unknown type "saml", must be one of oauth, jwt_assertion, basic
            {"apps": {"A": {}}, "epm": {"servers": {"p": {"product": "edn"}}}} | /epm/servers/p/product: unknown product "edn", must be one of planning, fccs, tax, epcm, freeform, arcs, arcs_tm, data_integration, edm, narrative_reporting, migration. Did you mean "edm"?
            {"apps": {"A": {"channels": ["C1", "C2"]}}, "channels": {"C1": {"canvas_id": "F1"}, "C2": {"canvas_id": "F1"}}} | /channels/C2/canvas_id: canvas is also used by /channels/C1/canvas_id (each channel needs its own canvas)
            {"apps": {"A": {}, "A": {}}}                           | /apps/A: duplicate key in line 1""")
    void anInvalidValueIsAnErrorWithItsJsonPointer(String json, String problem) {
        assertThat(folder.apps(json).problems())
                .containsExactly("error  config/apps.json" + (problem.startsWith(":") ? problem : " " + problem));
    }

    @Test
    void aNameHasAtMostAHundredCharacters() {
        String json = """
                {"apps": {"%s": {}}}""";

        assertThat(folder.apps(json.formatted("\uD83D\uDE00".repeat(100))).problems())
                .isEmpty();
        assertThat(folder.apps(json.formatted("x".repeat(101))).problems()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"apps": {"A": {}}, "chanels": {}}                     | /chanels: unknown key "chanels". Did you mean "channels"?
            {"apps": {"A": {"displayname": "x"}}}                  | /apps/A/displayname: unknown key "displayname". Did you mean "display_name"?
            {"apps": {"A": {"zzz": 1}}}                            | /apps/A/zzz: unknown key "zzz".
            {"apps": {"A": {"domains": []}}}                       | /apps/A/domains: empty list; the app gets one domain "default"
            {"apps": {"A": {}}, "settings": {"pull_mode": {"enable": true}}} | /settings/pull_mode/enable: unknown key "enable". Did you mean "enabled"?
            {"apps": {"A": {}}, "channels": {"C1": {"canvas": "F"}}} | /channels/C1/canvas: unknown key "canvas".
            {"apps": {"A": {}}, "epm": {"server": {}}}             | /epm/server: unknown key "server". Did you mean "servers"?
            {"apps": {"A": {}}, "epm": {"auth": {"type": "basic", "username": "u"}}} | /epm/auth/password: missing; servers with this auth are not polled""")
    void aDoubtfulValueIsAWarningWithItsJsonPointer(String json, String problem) {
        assertThat(folder.apps(json).problems()).containsExactly("warning  config/apps.json " + problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                          | config/apps.json: must be a JSON object, is empty
            {"apps": {},}               | config/apps.json:1:13: is not valid JSON
            {"apps": {}} x              | config/apps.json:1:14: is not valid JSON
            {"apps": hunter2}           | config/apps.json:1:10: is not valid JSON
            {"apps": {"a":              | config/apps.json:1:15: is not valid JSON""")
    void invalidJsonIsAnErrorWithLineAndColumn(String json, String start) {
        assertThat(folder.apps(json).problems()).singleElement().satisfies(problem -> assertThat(problem)
                .startsWith("error  " + start)
                .doesNotContain("hunter2"));
    }

    @Test
    void numbersAndFlagsMayComeFromVariables() {
        Configuration configuration = folder.apps("""
                {"apps": {"A": {}},
                 "settings": {"min_update_interval": "${SECONDS:1.5}", "debounce_interval": 9,
                              "pull_mode": {"enabled": "${PULL:false}"}}}""").load();

        assertThat(configuration.problems()).isEmpty();
        assertThat(configuration.settings().canvasMinInterval()).isEqualTo(Duration.ofMillis(1500));
        assertThat(configuration.apps().pull().enabled()).isFalse();
    }

    @Test
    void aVariableWinsOverAnIntervalOfTheFile() {
        Configuration configuration =
                folder.apps(FULL).load("EPMPULSE_POLL_INTERVAL", "5s", "EPMPULSE_CANVAS_MIN_INTERVAL", "1s");

        assertThat(configuration.settings().pollInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(configuration.settings().canvasMinInterval()).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"A": {"domains": ["M\u00fcnchen", "Mu\u0308nchen"]}} | /apps/A/domains/1 | looks like another domain
            {"A": {"domains": ["Actual", "ACTUAL"]}} | /apps/A/domains/1 | only in upper and lower case
            {"A": {"domains": ["Actual", "Actual "]}} | /apps/A/domains/1 | begins or ends with a blank
            {"A": {"domains": ["Ac  tual"]}} | /apps/A/domains/0 | has several blanks in a row
            {"A": {"domains": ["Act\u200bual"]}} | /apps/A/domains/0 | U+200B (ZERO WIDTH SPACE)
            {"A": {"domains": ["Mu\u0308nchen"]}} | /apps/A/domains/0 | Unicode form NFC
            {"A": {"domains": ["Actual", "\u0410ctual"]}} | /apps/A/domains/1 | U+0410 (CYRILLIC CAPITAL LETTER A)
            {"Plan": {}, "PLAN": {}} | /apps/PLAN | only in upper and lower case
            {" Plan": {}} | /apps/ Plan | begins or ends with a blank
            {"A": {"display_name": "X"}, "B": {"display_name": "X"}} | /apps/B/display_name | more than once""")
    void aNameThatPeopleWouldConfuseIsAWarning(String apps, String pointer, String warning) {
        Configuration configuration = folder.apps("{\"apps\": " + apps + "}").load();

        assertThat(configuration.hasErrors()).isFalse();
        assertThat(configuration.warnings())
                .anySatisfy(problem -> assertThat(problem.toString()).contains(" " + pointer + ": ", warning));
    }

    @Test
    void ordinaryNamesAreNoWarning() {
        assertThat(folder.apps("""
                {"apps": {"Planning": {"domains": ["2026", "2025", "New York", "M\u00fcnchen", "Munchen"]},
                          "FCCS": {"domains": ["2026"]}}}""").problems()).isEmpty();
    }
}
