package org.epmpulse.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.epmpulse.window.WindowPlan;
import org.jspecify.annotations.Nullable;

/** Converts the JSON of apps.json to {@link AppsConfig}; reports invalid parts and skips them. For one thread. */
final class AppsReader {

    private final Path folder;
    private final Settings settings;
    private final boolean hasToken;
    private final AlertTargetsReader alertTargets;
    private final NameChecks appNames = new NameChecks("app");
    private final NameChecks displayNames = new NameChecks("display name");
    private final DomainsReader domains = new DomainsReader();

    /** @param folder base of relative paths */
    AppsReader(Path folder, Settings settings) {
        this.folder = folder;
        this.settings = settings;
        this.hasToken = settings.slackBotToken() != null;
        this.alertTargets = new AlertTargetsReader(settings);
    }

    AppsConfig read(JsonNode json, Field.Context context) {
        Section root = Field.root(json, context).section();
        if (root == null) {
            return AppsConfig.EMPTY;
        }
        root.expectKeys("epm", "apps", "channels", "settings", "close");
        Map<String, AppsConfig.Server> servers = new EpmReader(folder, settings.mode()).servers(root.get("epm"));
        Map<String, Field> usedChannels = new LinkedHashMap<>();
        List<AppsConfig.App> read = apps(root.get("apps"), servers, usedChannels);
        Map<String, AppsConfig.Channel> channels =
                new ChannelsReader(hasToken).channels(root.get("channels"), usedChannels);
        Map<String, AppsConfig.App> apps = new LinkedHashMap<>();
        for (AppsConfig.App app : read) {
            List<String> shown =
                    app.channels().stream().filter(channels::containsKey).toList();
            apps.put(
                    app.id(),
                    new AppsConfig.App(
                            app.id(), app.displayName(), app.domains(), shown, app.server(), app.jobs(), app.alerts()));
        }
        warnOfServersWithoutRules(root, apps, servers);
        WindowPlan windows = domains.plan(read, new CloseReader(folder, settings.timezone()).read(root.get("close")));
        Field settingsField = root.get("settings");
        Section tuning = settingsField.section();
        if (tuning == null) {
            return new AppsConfig(apps, servers, channels, null, AppsConfig.Pull.DEFAULT, windows);
        }
        tuning.expectKeys("min_update_interval", "debounce_interval", "pull_mode");
        Duration debounce = tuning.get("debounce_interval").duration(Duration.ofSeconds(1), true);
        Duration minInterval = tuning.get("min_update_interval").duration(Duration.ofSeconds(1), true);
        return new AppsConfig(
                apps,
                servers,
                channels,
                minInterval == null ? debounce : minInterval,
                pull(tuning.get("pull_mode")),
                windows);
    }

    private static void warnOfServersWithoutRules(
            Section root, Map<String, AppsConfig.App> apps, Map<String, AppsConfig.Server> servers) {
        for (AppsConfig.Server server : servers.values()) {
            boolean hasRules = apps.values().stream()
                    .anyMatch(app ->
                            server.id().equals(app.server()) && !app.jobs().isEmpty());
            if (server.watch() != null && !hasRules) {
                root.get("apps")
                        .warning("the server " + server.id()
                                + " is not watched: no app of it has \"jobs\" (run \"java -jar"
                                + " epmpulse.jar jobs --server " + server.id() + "\" to see what they could be)");
            }
        }
    }

    private List<AppsConfig.App> apps(
            Field field, Map<String, AppsConfig.Server> servers, Map<String, Field> usedChannels) {
        List<AppsConfig.App> apps = new ArrayList<>();
        Section section = field.section();
        if (field.isAbsent() || (section != null && section.fields().isEmpty())) {
            field.error("must hold at least one app");
        }
        if (section != null) {
            for (Field entry : section.fields()) {
                AppsConfig.App app = app(entry, servers, usedChannels);
                if (app != null) {
                    apps.add(app);
                }
            }
        }
        return apps;
    }

    private AppsConfig.@Nullable App app(
            Field entry, Map<String, AppsConfig.Server> servers, Map<String, Field> usedChannels) {
        String id = entry.key();
        Section section = entry.section();
        if (section == null || !entry.isName(id)) {
            return null;
        }
        appNames.check(id, entry);
        if (id.contains("/")) {
            entry.warning(
                    "contains a \"/\", so neither after nor the address of a domain on the board can name its domains");
        }
        section.expectKeys("display_name", "domains", "server", "channels", "jobs", "alerts");
        Field displayField = section.get("display_name");
        String displayName = displayField.name();
        if (displayName != null) {
            displayNames.check(displayName, displayField);
        }
        List<String> names = domains.read(id, section.get("domains"));
        String server = server(section.get("server"), id, servers);
        Field jobs = section.get("jobs");
        List<JobRule> rules = WatchReader.rules(jobs, new LinkedHashSet<>(names));
        AppsConfig.Server watched = server == null ? null : servers.get(server);
        if (!rules.isEmpty() && (watched == null || watched.watch() == null)) {
            jobs.warning("without effect: "
                    + (server == null ? "the app has no server" : "the server " + server + " has no \"watch\""));
        }
        return new AppsConfig.App(
                id,
                Objects.requireNonNullElse(displayName, id),
                names,
                channels(section.get("channels"), usedChannels),
                server,
                rules,
                alertTargets.read(section.get("alerts")));
    }

    private List<String> channels(Field field, Map<String, Field> usedChannels) {
        Set<String> channels = new LinkedHashSet<>();
        for (Field item : field.items()) {
            String id = hasToken ? item.text() : item.textIfSet();
            // A variable with an empty default makes the channel optional.
            if (id != null && !id.isEmpty() && item.isName(id)) {
                channels.add(id);
                usedChannels.putIfAbsent(id, item);
            }
        }
        return List.copyOf(channels);
    }

    private static @Nullable String server(Field field, String appId, Map<String, AppsConfig.Server> servers) {
        if (field.isAbsent()) {
            String byName = appId.toLowerCase(Locale.ROOT);
            return servers.containsKey(byName) ? byName : null;
        }
        String server = field.text();
        if (server == null || server.isEmpty() || servers.containsKey(server)) {
            return server == null || server.isEmpty() ? null : server;
        }
        field.error("unknown server \"" + server + "\"." + Problems.didYouMean(server, servers.keySet()));
        return null;
    }

    private static AppsConfig.Pull pull(Field field) {
        Section section = field.section();
        if (section == null) {
            return AppsConfig.Pull.DEFAULT;
        }
        section.expectKeys("enabled", "poll_interval_seconds", "max_poll_duration_minutes");
        Boolean enabled = section.get("enabled").flag();
        Duration interval = section.get("poll_interval_seconds").duration(Duration.ofSeconds(1), false);
        Duration max = section.get("max_poll_duration_minutes").duration(Duration.ofMinutes(1), false);
        return new AppsConfig.Pull(
                !Boolean.FALSE.equals(enabled),
                interval,
                Objects.requireNonNullElse(max, AppsConfig.Pull.DEFAULT.maxDuration()));
    }
}
