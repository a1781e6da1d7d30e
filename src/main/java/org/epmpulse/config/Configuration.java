package org.epmpulse.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration with all its problems. Immutable; its text holds no secret.
 *
 * @param settings with the default in place of each invalid value
 * @param apps without the invalid parts
 * @param proxies of outgoing calls
 * @param values every setting with its value in effect, in the order of the documentation
 */
public record Configuration(
        Settings settings,
        AppsConfig apps,
        ProxyRules proxies,
        Variables variables,
        List<SettingValue> values,
        List<Problem> problems) {

    /** Far more than an apps.json with 100,000 domains needs; its tree must fit in the heap. */
    static final int MAX_APPS_MEBIBYTES = 8;

    public Configuration {
        values = List.copyOf(values);
        problems = List.copyOf(problems);
    }

    /**
     * Reads {@code .env} and apps.json. Invalid content never throws: it becomes a problem.
     *
     * @param folder the working folder: it holds {@code .env}, and relative paths start here
     * @param overrides values of the command line by the name of the setting
     */
    public static Configuration load(Path folder, Map<String, String> environment, Map<String, String> overrides) {
        Problems problems = new Problems();
        if (!Files.isDirectory(folder)) {
            problems.error(
                    "working folder",
                    folder + " not found" + Charsets.fileNameHint(System.getProperty("user.dir", "")));
        }
        return load(folder, Variables.load(folder, environment, overrides, problems), problems);
    }

    /** Reads apps.json but no {@code .env}. */
    public static Configuration load(Path folder, Variables variables) {
        return load(folder, variables, new Problems());
    }

    private static Configuration load(Path folder, Variables variables, Problems problems) {
        SettingsReader reader = new SettingsReader(folder, variables, problems);
        Settings settings = reader.read();
        ProxyRules proxies = reader.readProxies(System::getProperty);
        checkKeys(settings, variables, problems);
        Set<String> used = new HashSet<>();
        AppsConfig apps = readApps(folder, settings, variables, used, problems);
        variables.check(used, problems);
        List<SettingValue> values = new ArrayList<>(reader.values());
        Settings complete = settings.withIntervals(
                interval(
                        Setting.EPMPULSE_POLL_INTERVAL,
                        settings.pollInterval(),
                        apps.pull().interval(),
                        values),
                interval(
                        Setting.EPMPULSE_CANVAS_MIN_INTERVAL,
                        settings.canvasMinInterval(),
                        apps.minUpdateInterval(),
                        values));
        Secrets secrets = Secrets.of(complete, apps, proxies, variables);
        return new Configuration(
                complete,
                apps,
                proxies,
                variables,
                values,
                problems.list().stream().map(secrets::mask).toList());
    }

    /**
     * Returns this configuration if the service can start with it.
     *
     * @throws ConfigurationException if it has an error
     */
    public Configuration orThrow() {
        if (hasErrors()) {
            throw new ConfigurationException(problems);
        }
        return this;
    }

    /** This configuration for a trial: no part of the service connects to a database, to Slack or to receivers of alerts. */
    public Configuration withoutConnections() {
        return new Configuration(settings.withoutConnections(), apps, proxies, variables, values, problems);
    }

    /** The text with {@code ***} for the secrets that it may hold by mistake. */
    public String mask(String text) {
        return Secrets.of(settings, apps, proxies, variables).mask(text);
    }

    public boolean hasErrors() {
        return problems.stream().anyMatch(Problem::isError);
    }

    public List<Problem> warnings() {
        return problems.stream().filter(problem -> !problem.isError()).toList();
    }

    private static void checkKeys(Settings settings, Variables variables, Problems problems) {
        KeyStrength.check(settings, variables, problems);
        Path keysFile = settings.apiKeysFile();
        if (keysFile != null) {
            checkKeysFile(keysFile, settings, variables, problems);
        }
        String token = settings.slackBotToken();
        if (token != null && token.startsWith("xoxb-your")) {
            problems.warning(
                    variables.where(Setting.SLACK_BOT_TOKEN.name()),
                    "example token of the guide, which Slack refuses (copy the bot token of your Slack app)");
        }
    }

    private static void checkKeysFile(Path file, Settings settings, Variables variables, Problems problems) {
        String where = variables.where(Setting.EPMPULSE_API_KEYS_FILE.name());
        try {
            if (KeysFile.parse(file, KeysFile.text(file)).isEmpty()
                    && settings.apiKeys().isEmpty()) {
                problems.error(
                        where,
                        "no key in file " + file + " and EPMPULSE_API_KEY is not set (add a line printed by \"java -jar"
                                + " epmpulse.jar key NAME\")");
            }
        } catch (ConfigurationException e) {
            e.problems().forEach(problems::add);
        } catch (IOException e) {
            problems.error(where, "file " + file + " " + KeysFile.reason(e));
        }
    }

    /** @param used gets the names of the variables in the file */
    private static AppsConfig readApps(
            Path folder, Settings settings, Variables variables, Set<String> used, Problems problems) {
        String setting = Setting.EPMPULSE_APPS_CONFIG.name();
        String where = variables.where(setting);
        String file = Objects.requireNonNullElse(
                variables.get(setting), Objects.requireNonNull(Setting.EPMPULSE_APPS_CONFIG.defaultText()));
        Path path = settings.appsConfig();
        try {
            byte[] bytes = RegularFile.read(path, MAX_APPS_MEBIBYTES);
            JsonNode json = JsonText.parse(bytes, file, problems);
            used.addAll(Template.names(new String(bytes, StandardCharsets.UTF_8)));
            return json == null
                    ? AppsConfig.EMPTY
                    : new AppsReader(folder, settings).read(json, new Field.Context(file, variables, problems));
        } catch (NoSuchFileException e) {
            problems.error(where, "file " + path.toAbsolutePath() + " not found");
        } catch (IOException e) {
            String reason =
                    Files.isDirectory(path) ? "is a folder, must be a file" : RegularFile.rule(MAX_APPS_MEBIBYTES);
            problems.error(where, path.toAbsolutePath() + " " + reason);
        }
        return AppsConfig.EMPTY;
    }

    /**
     * The value of a variable, or of a setting that is not set its value in effect; null if there is none. It may be a
     * secret.
     */
    public @Nullable String value(String name) {
        String given = variables.get(name);
        return given != null
                ? given
                : values.stream()
                        .filter(value -> value.setting().name().equals(name) && value.isUsable())
                        .map(SettingValue::text)
                        .findFirst()
                        .orElse(null);
    }

    /** The interval in effect: a variable wins over apps.json, which wins over the default. */
    private static Duration interval(
            Setting setting, Duration fromVariables, @Nullable Duration fromApps, List<SettingValue> values) {
        Optional<SettingValue> shown =
                values.stream().filter(value -> value.setting() == setting).findFirst();
        if (fromApps == null || shown.isEmpty() || shown.get().origin() != Origin.DEFAULT) {
            return fromVariables;
        }
        values.replaceAll(value -> value.setting() == setting
                ? new SettingValue(setting, Quantities.text(fromApps), Origin.APPS_FILE)
                : value);
        return fromApps;
    }
}
