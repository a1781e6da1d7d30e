package org.epmpulse.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All the service was given, and everything that is wrong with it. Immutable; its text holds no secret.
 *
 * @param settings with the default in place of each value that is wrong
 * @param apps without what is wrong
 * @param values every setting as it took effect, in the order of the documentation
 */
public record Configuration(
        Settings settings, AppsConfig apps, Variables variables, List<SettingValue> values, List<Problem> problems) {

    public Configuration {
        values = List.copyOf(values);
        problems = List.copyOf(problems);
    }

    /**
     * Reads {@code .env} and apps.json. Never throws for what a user wrote.
     *
     * @param folder the working folder, in which {@code .env} is and where relative paths begin
     * @param overrides what the command line says, under the names of the settings
     */
    public static Configuration load(Path folder, Map<String, String> environment, Map<String, String> overrides) {
        Problems problems = new Problems();
        return load(folder, Variables.load(folder, environment, overrides, problems), problems);
    }

    /** Reads apps.json but no {@code .env}. */
    public static Configuration load(Path folder, Variables variables) {
        return load(folder, variables, new Problems());
    }

    private static Configuration load(Path folder, Variables variables, Problems problems) {
        SettingsReader reader = new SettingsReader(folder, variables, problems);
        Settings settings = reader.read();
        checkKeys(settings, variables, problems);
        AppsConfig apps = readApps(folder, settings, variables, problems);
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
        Secrets secrets = Secrets.of(complete, apps, variables);
        return new Configuration(
                complete,
                apps,
                variables,
                values,
                problems.list().stream().map(secrets::mask).toList());
    }

    /**
     * This configuration, if the service can start with it.
     *
     * @throws ConfigurationException if anything in it is an error
     */
    public Configuration orThrow() {
        if (hasErrors()) {
            throw new ConfigurationException(problems);
        }
        return this;
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
                    "is the example of the guide, Slack will refuse it");
        }
    }

    private static void checkKeysFile(Path file, Settings settings, Variables variables, Problems problems) {
        String where = variables.where(Setting.EPMPULSE_API_KEYS_FILE.name());
        try {
            if (KeysFile.parse(file, KeysFile.text(file)).isEmpty()
                    && settings.apiKeys().isEmpty()) {
                problems.error(where, "no key in " + file + " and none in EPMPULSE_API_KEY: nobody could use the API");
            }
        } catch (ConfigurationException e) {
            e.problems().forEach(problems::add);
        } catch (IOException e) {
            problems.error(where, "must name a file that can be read, is " + file);
        }
    }

    private static AppsConfig readApps(Path folder, Settings settings, Variables variables, Problems problems) {
        String setting = Setting.EPMPULSE_APPS_CONFIG.name();
        String file = Objects.requireNonNullElse(
                variables.get(setting), Objects.requireNonNull(Setting.EPMPULSE_APPS_CONFIG.defaultText()));
        Path path = settings.appsConfig();
        try {
            JsonNode json = JsonText.parse(Files.readAllBytes(path), file, problems);
            return json == null
                    ? AppsConfig.EMPTY
                    : new AppsReader(folder, settings).read(json, new Field.Context(file, variables, problems));
        } catch (NoSuchFileException e) {
            problems.error(file, "there is no file " + path.toAbsolutePath() + "; " + setting + " names it");
        } catch (IOException e) {
            problems.error(
                    file,
                    path.toAbsolutePath()
                            + (Files.isDirectory(path) ? " is a folder" : " cannot be read")
                            + "; " + setting + " names it");
        }
        return AppsConfig.EMPTY;
    }

    /** What took effect: a variable, else apps.json, else the default. */
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
