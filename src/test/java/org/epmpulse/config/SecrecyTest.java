package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;

/** Properties of the configuration for any content of the files and variables. */
class SecrecyTest {

    private static final Path FOLDER = Path.of("no-such-folder");

    private static final List<String> KEYS = List.of(
            "epm",
            "auth",
            "servers",
            "apps",
            "channels",
            "settings",
            "pull_mode",
            "type",
            "token_url",
            "client_id",
            "client_secret",
            "scope",
            "base_url",
            "product",
            "application",
            "name",
            "display_name",
            "domains",
            "server",
            "canvas_id",
            "alerts",
            "enabled",
            "poll_interval_seconds",
            "debounce_interval",
            "planning",
            "Planning",
            "C1",
            "${CHANNEL}",
            "${X:apps}",
            "${",
            "",
            "\u0000",
            "subject",
            "key_file",
            "username",
            "password");

    private static final List<String> TEXTS = List.of(
            "",
            "x",
            "planning",
            "C1",
            "oauth",
            "basic",
            "jwt_assertion",
            "edm",
            "https://x",
            "http://x/epmcloud",
            "https://a:b@c",
            "://",
            "${SECRET}",
            "${X}",
            "${X:y}",
            "${",
            "Fplaceholder",
            "true",
            "1e5",
            "-1",
            "\n",
            "\uD800",
            ".",
            "\u0000");

    @Property(tries = 5000)
    void anyJsonGivesAConfigurationOrProblems(@ForAll long seed, @ForAll boolean token) throws Exception {
        Random random = new Random(seed);
        JsonNode json = json(random, 6);
        if (json instanceof ObjectNode root) {
            List.of("apps", "epm", "channels", "settings").forEach(key -> root.set(key, json(random, 5)));
        }
        Variables variables = Variables.of(
                token ? Map.of("SLACK_BOT_TOKEN", "xoxb-1", "SECRET", "s") : Map.of("CHANNEL", "C1"), Map.of());
        Problems problems = new Problems();
        Settings settings = new SettingsReader(FOLDER, variables, problems).read();

        AppsConfig apps =
                new AppsReader(FOLDER, settings).read(json, new Field.Context("apps.json", variables, problems));

        assertThat(apps.catalog().apps().values()).allSatisfy(app -> {
            assertThat(app.domains()).isNotEmpty();
            assertThat(apps.channels().keySet()).containsAll(app.channels());
        });
        assertThat(apps.toString()).isNotEmpty();
        assertThat(JsonText.parse(new ObjectMapper().writeValueAsBytes(json), "apps.json", problems))
                .isNotNull();
    }

    @Property
    void anyBytesAreJsonOrAProblem(@ForAll byte[] bytes) {
        Problems problems = new Problems();

        JsonNode node = JsonText.parse(bytes, "apps.json", problems);

        assertThat(node != null || !problems.list().isEmpty()).isTrue();
    }

    @Property(tries = 300)
    void noSecretIsEverShown(
            @ForAll @StringLength(min = 8, max = 60) @CharRange(from = '!', to = '~') String random,
            @ForAll boolean url)
            throws Exception {
        String secret = "~" + random.replace(",", "_").replace("\\", "_").replace("\"", "_") + "~";
        String apps = """
                {"epm": {"auth": {"type": "oauth", "token_url": "https://x/%s", "client_id": "a",
                                  "client_secret": "%s"},
                         "servers": {"planning": {"base_url": "%s"}}},
                 "apps": {"${SLACK_BOT_TOKEN}": {"server": "${EPM_CLIENT_SECRET}", "${EPMPULSE_API_KEY}": 1}}}""".formatted(
                        "t", "${EPM_CLIENT_SECRET}", url ? "https://me:${SLACK_BOT_TOKEN}@x/" : "${SLACK_BOT_TOKEN}");
        Path folder = Files.createTempDirectory("epmpulse");
        TestingFolder testing = new TestingFolder(folder).apps(apps);

        Configuration configuration = testing.load(
                "EPMPULSE_API_KEY", secret,
                "EPMPULSE_ENV", "production",
                "SLACK_BOT_TOKEN", secret + "t",
                "EPM_CLIENT_SECRET", secret + "s",
                "SLACK_API_URL", "https://me:" + secret + "@slack.com/",
                "EPM_TOKEN_URL", "https://me:" + secret + "@slack.com/");

        assertThat(configuration.hasErrors()).isTrue();
        assertThat(CheckReport.of(configuration, List.of()).text()).doesNotContain(secret);
        assertThat(new ConfigurationException(configuration.problems()))
                .message()
                .doesNotContain(secret);
        assertThat(configuration.problems().toString()).doesNotContain(secret);
        assertThat(configuration.settings().toString()).doesNotContain(secret);
        assertThat(configuration.variables().toString()).doesNotContain(secret);
        delete(folder);
    }

    private static JsonNode json(Random random, int depth) {
        int kind = depth == 0 ? 9 : random.nextInt(12);
        if (kind < 7) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            for (int i = random.nextInt(7); i > 0; i--) {
                object.set(KEYS.get(random.nextInt(KEYS.size())), json(random, depth - 1));
            }
            return object;
        }
        if (kind < 9) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            for (int i = random.nextInt(4); i > 0; i--) {
                list.add(json(random, depth - 1));
            }
            return list;
        }
        return switch (random.nextInt(8)) {
            case 0 -> JsonNodeFactory.instance.nullNode();
            case 1 -> JsonNodeFactory.instance.booleanNode(random.nextBoolean());
            case 2 -> JsonNodeFactory.instance.numberNode(random.nextInt());
            case 3 -> JsonNodeFactory.instance.numberNode(Double.longBitsToDouble(random.nextLong()));
            default -> JsonNodeFactory.instance.textNode(TEXTS.get(random.nextInt(TEXTS.size())));
        };
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
