package org.epmpulse.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.epmpulse.status.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * What must be the same on all nodes: the parts of apps.json, as hashes, and the settings that decide what is shown,
 * sent and kept. It holds no secret. Immutable.
 *
 * @param values by the name of the setting, or of the part of apps.json
 */
public record SharedConfiguration(Map<String, String> values) {

    private static final int HASH_DIGITS = 8;

    public SharedConfiguration {
        values = Map.copyOf(values);
    }

    /** That of this host. */
    public static SharedConfiguration of(Configuration configuration) {
        Settings settings = configuration.settings();
        Map<String, String> values = new LinkedHashMap<>();
        put(values, Setting.EPMPULSE_TIMEZONE, settings.timezone());
        put(values, Setting.EPMPULSE_RATE_LIMIT, settings.rateLimit());
        put(values, Setting.EPMPULSE_POLL_INTERVAL, settings.pollInterval());
        put(values, Setting.EPMPULSE_CANVAS_MIN_INTERVAL, settings.canvasMinInterval());
        put(values, Setting.EPMPULSE_CANVAS_EDITS_PER_MINUTE, settings.canvasEditsPerMinute());
        put(values, Setting.EPMPULSE_CANVAS_HEARTBEAT, settings.canvasHeartbeat());
        put(values, Setting.EPMPULSE_STALE_AFTER, settings.staleAfter());
        put(values, Setting.EPMPULSE_DUPLICATE_WINDOW, settings.duplicateWindow());
        put(values, Setting.EPMPULSE_HISTORY_DAYS, settings.historyDays());
        put(values, Setting.EPMPULSE_HISTORY_MAX_SIZE, settings.historyMaxSize());
        put(values, Setting.SLACK_BOT_TOKEN, setOrNone(settings.slackBotToken()));
        SlackSocketSettings socket = settings.slackSocket();
        put(values, Setting.SLACK_APP_TOKEN, socket == null ? "none" : "set");
        put(
                values,
                Setting.SLACK_ALLOWED_USERS,
                socket == null ? "none" : String.join(",", new TreeSet<>(socket.allowed())));
        putAlerts(values, settings.alerts());
        putApps(values, configuration);
        return new SharedConfiguration(values);
    }

    private static void put(Map<String, String> values, Setting setting, Object value) {
        values.put(setting.name(), value instanceof Duration duration ? Quantities.text(duration) : value.toString());
    }

    private static void putAlerts(Map<String, String> values, AlertSettings alerts) {
        MailServer mail = alerts.mailServer();
        put(values, Setting.EPMPULSE_SMTP_URL, mail == null ? "none" : mail);
        put(values, Setting.EPMPULSE_ALERT_MAIL_FROM, hash(alerts.mailFrom()));
        put(values, Setting.EPMPULSE_ALERT_MAIL_TO, hash(String.join(",", alerts.mailTo())));
        put(values, Setting.EPMPULSE_TEAMS_WEBHOOK_URL, setOrNone(alerts.teamsUrl()));
        put(values, Setting.EPMPULSE_WEBHOOK_URL, setOrNone(alerts.webhookUrl()));
        put(values, Setting.EPMPULSE_WEBHOOK_SECRET, setOrNone(alerts.webhookSecret()));
        put(values, Setting.EPMPULSE_PAGERDUTY_KEY, setOrNone(alerts.pagerDutyKey()));
        put(values, Setting.EPMPULSE_PAGERDUTY_URL, alerts.pagerDutyUrl());
        put(values, Setting.EPMPULSE_ALERT_REMINDER, alerts.reminder());
        put(values, Setting.EPMPULSE_ALERT_DIGEST, alerts.digest() == null ? "none" : alerts.digest());
        put(values, Setting.EPMPULSE_QUIET, alerts.quiet().text());
        put(values, Setting.EPMPULSE_BOARD_URL, alerts.boardUrl() == null ? "none" : alerts.boardUrl());
    }

    private static String setOrNone(@Nullable String value) {
        return value == null ? "none" : "set";
    }

    private static void putApps(Map<String, String> values, Configuration configuration) {
        try {
            byte[] bytes = RegularFile.read(configuration.settings().appsConfig(), Configuration.MAX_APPS_MEBIBYTES);
            JsonNode json = JsonText.parse(bytes, "apps.json", new Problems());
            if (json != null) {
                json.fields().forEachRemaining(part -> {
                    // Ids of canvases are often variables, of which the file holds only the names.
                    String resolved = part.getKey().equals("channels")
                            ? configuration.apps().channels().toString()
                            : "";
                    values.put("apps.json/" + part.getKey().replaceAll("\\s|=", "_"), hash(part.getValue() + resolved));
                });
            }
        } catch (IOException e) {
            values.put("apps.json", "unreadable");
        }
    }

    private static String hash(String text) {
        return HexFormat.of().formatHex(Sha256.of(text)).substring(0, HASH_DIGITS);
    }

    /** One line, which {@link #parse} reads. */
    public String text() {
        return new TreeMap<>(values)
                .entrySet().stream()
                        .map(value -> value.getKey() + "=" + value.getValue())
                        .collect(Collectors.joining(" "));
    }

    /** The configuration of a node from its text. */
    public static SharedConfiguration parse(String text) {
        return new SharedConfiguration(Arrays.stream(text.split(" "))
                .map(value -> value.split("=", 2))
                .collect(Collectors.toMap(
                        value -> value[0], value -> value.length == 1 ? "" : value[1], (first, second) -> second)));
    }

    /** The names whose values are not the same in all of these; sorted. */
    public static List<String> differences(Collection<SharedConfiguration> configurations) {
        TreeSet<String> names = new TreeSet<>();
        configurations.forEach(
                configuration -> names.addAll(configuration.values().keySet()));
        names.removeIf(name -> configurations.stream()
                        .map(configuration -> configuration.value(name))
                        .distinct()
                        .count()
                == 1);
        return new ArrayList<>(names);
    }

    /**
     * The names whose values differ between hosts of the same version; sorted. Versions have different settings, so a host
     * of another version is compared with nothing.
     *
     * @param byVersion the configurations of the hosts of each version
     */
    public static List<String> differences(Map<String, List<SharedConfiguration>> byVersion) {
        return byVersion.values().stream()
                .flatMap(configurations -> differences(configurations).stream())
                .distinct()
                .sorted()
                .toList();
    }

    /** The value of a name; {@code none} if there is none. */
    public String value(String name) {
        return values.getOrDefault(name, "none");
    }
}
