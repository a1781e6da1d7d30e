package org.epmpulse.config;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses {@link Settings} from variables; reports an invalid value and uses its default. For one thread. */
final class SettingsReader {

    /** Settings of EPMPulse 1.0 and its guide that have no effect. */
    private static final List<String> WITHOUT_EFFECT = List.of(
            "EPMPULSE_DEBUG",
            "EPMPULSE_LOG_FILE",
            "EPMPULSE_RATE_LIMIT_POST",
            "EPMPULSE_RATE_LIMIT_GET",
            "EPMPULSE_URL",
            "EPMPULSE_KEY");

    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9._-]{1,253}");
    private static final Map<String, LogLevel> PYTHON_LEVELS =
            Map.of("WARNING", LogLevel.WARN, "CRITICAL", LogLevel.ERROR);
    private static final String DURATION_RULE = "must be a duration such as 500ms, 30s or 1h30m";

    private static final String PATH_RULE = "must be a path";

    private final Path folder;
    private final Variables variables;
    private final Problems problems;
    private final Map<Setting, SettingValue> values = new EnumMap<>(Setting.class);

    SettingsReader(Path folder, Variables variables, Problems problems) {
        this.folder = folder;
        this.variables = variables;
        this.problems = problems;
    }

    Settings read() {
        warnOfUnknownNames();
        Setting.FOR_APPS_FILE.forEach(this::show);
        DeploymentMode mode = required(
                Setting.EPMPULSE_ENV,
                "must be development or production",
                text -> constant(DeploymentMode.class, text));
        ZoneId zone = required(
                Setting.EPMPULSE_TIMEZONE, "must be a time zone such as UTC or Europe/Berlin", SettingsReader::zone);
        Settings settings = new Settings(
                Objects.requireNonNullElse(
                        optional(
                                Setting.EPMPULSE_API_KEY,
                                "must be keys of visible ASCII characters, separated by commas",
                                SettingsReader::keys),
                        List.of()),
                optional(Setting.EPMPULSE_API_KEYS_FILE, PATH_RULE, this::path),
                mode,
                required(Setting.EPMPULSE_HOST, "must be an IP address or a host name", SettingsReader::host),
                required(Setting.EPMPULSE_PORT, "must be a number from 0 to 65535", text -> number(text, 0, 65535)),
                required(
                        Setting.EPMPULSE_TRUSTED_PROXIES,
                        "must be loopback, IP addresses or ranges such as 10.0.0.0/8, separated by commas",
                        SettingsReader::ranges),
                required(
                        Setting.EPMPULSE_FRAME_ANCESTORS,
                        "must be none, self, or origins such as https://intranet.example.com, separated by commas",
                        FrameAncestors::parse),
                required(Setting.EPMPULSE_DATA_DIR, PATH_RULE, this::path),
                required(Setting.EPMPULSE_APPS_CONFIG, PATH_RULE, this::path),
                required(Setting.EPMPULSE_ROUTES_DIR, PATH_RULE, this::path),
                required(Setting.EPMPULSE_ROUTES_RELOAD, "must be true or false", SettingsReader::flag),
                required(
                        Setting.EPMPULSE_LOG_LEVEL,
                        "must be TRACE, DEBUG, INFO, WARN or ERROR",
                        SettingsReader::logLevel),
                required(Setting.EPMPULSE_LOG_FORMAT, "must be text or json", text -> constant(LogFormat.class, text)),
                zone,
                required(
                        Setting.EPMPULSE_RATE_LIMIT,
                        "must be a number from 0 (off) to 1000000000",
                        text -> number(text, 0, 1_000_000_000)),
                required(
                        Setting.EPMPULSE_MAX_CONNECTIONS,
                        "must be a number from 2 to 1000000",
                        text -> number(text, 2, 1_000_000)),
                duration(Setting.EPMPULSE_POLL_INTERVAL, Duration.ofMillis(1)),
                duration(Setting.EPMPULSE_CANVAS_MIN_INTERVAL, Duration.ZERO),
                required(
                        Setting.EPMPULSE_CANVAS_EDITS_PER_MINUTE,
                        "must be a number from 1 to 100000",
                        text -> number(text, 1, 100_000)),
                duration(Setting.EPMPULSE_CANVAS_HEARTBEAT, Duration.ZERO),
                duration(Setting.EPMPULSE_STALE_AFTER, Duration.ofMillis(1)),
                duration(Setting.EPMPULSE_DUPLICATE_WINDOW, Duration.ZERO),
                required(
                        Setting.EPMPULSE_HISTORY_DAYS,
                        "must be a number of days from 1 to 36500",
                        text -> number(text, 1, 36_500)),
                required(
                        Setting.EPMPULSE_HISTORY_MAX_SIZE,
                        "must be a size such as 500MB or 10GB",
                        SettingsReader::size),
                optional(
                        Setting.SLACK_BOT_TOKEN,
                        "must be a token of visible ASCII characters",
                        text -> visible(text) && !text.contains(" ") ? text : null),
                required(Setting.SLACK_API_URL, HttpAddress.RULE, SettingsReader::withSlash),
                node(),
                database(mode),
                slackSocket(),
                alerts(mode, zone));
        HttpAddress.checkEncrypted(
                settings.slackApiUrl(), mode, variables.where(Setting.SLACK_API_URL.name()), problems);
        return settings;
    }

    private @Nullable SlackSocketSettings slackSocket() {
        return new SlackSocketReader(variables, problems)
                .read(
                        optional(
                                Setting.SLACK_APP_TOKEN,
                                "must be a token of visible ASCII characters",
                                SlackSocketReader::token),
                        optional(Setting.SLACK_APP_TOKEN_FILE, PATH_RULE, this::path),
                        optional(
                                Setting.SLACK_ALLOWED_USERS,
                                "must be ids of users or channels such as U0123456789, separated by commas",
                                SlackSocketReader::ids));
    }

    private NodeSettings node() {
        NodeReader reader = new NodeReader(variables, problems);
        NodeSettings node = reader.read();
        values.putAll(reader.values());
        return node;
    }

    private AlertSettings alerts(DeploymentMode mode, ZoneId zone) {
        AlertSettingsReader reader = new AlertSettingsReader(folder, mode, variables, problems);
        AlertSettings alerts = reader.read(zone);
        values.putAll(reader.values());
        return alerts;
    }

    /**
     * Reads the proxies of outgoing calls.
     *
     * @param properties values of Java's system properties; null if not set
     */
    ProxyRules readProxies(Function<String, @Nullable String> properties) {
        ProxyReader reader = new ProxyReader(variables, properties, problems);
        ProxyRules proxies = reader.read();
        values.putAll(reader.values());
        return proxies;
    }

    /** Null if no database is used. */
    private @Nullable DatabaseAccess database(DeploymentMode mode) {
        DatabaseUrl url = optional(Setting.EPMPULSE_DATABASE_URL, DatabaseUrl.RULE, DatabaseUrl::parse);
        String user = optional(Setting.EPMPULSE_DATABASE_USER, "must be a user name", text -> text);
        String password = optional(Setting.EPMPULSE_DATABASE_PASSWORD, "must be a password", text -> text);
        Path file = optional(Setting.EPMPULSE_DATABASE_PASSWORD_FILE, PATH_RULE, this::path);
        boolean migrate = required(Setting.EPMPULSE_DATABASE_MIGRATE, "must be true or false", SettingsReader::flag);
        if (url == null) {
            return null;
        }
        if (file != null && (password != null || url.password() != null)) {
            problems.error(
                    variables.where(Setting.EPMPULSE_DATABASE_PASSWORD_FILE.name()),
                    "there is also a password in EPMPULSE_DATABASE_PASSWORD or in the URL (remove one of them)");
        }
        DatabaseAccess database = new DatabaseAccess(
                url.jdbc(),
                user == null ? url.user() : user,
                password == null ? url.password() : password,
                file,
                migrate);
        if (mode == DeploymentMode.PRODUCTION && !database.isLocal() && !database.isVerified()) {
            problems.error(
                    variables.where(Setting.EPMPULSE_DATABASE_URL.name()),
                    "must have sslmode=verify-full in production, unless the host is this machine (another mode lets"
                            + " anybody between read and change the updates)");
        }
        return database;
    }

    /** Every setting with its value in effect, in the order of {@link Setting}; complete after the reading. */
    List<SettingValue> values() {
        return List.copyOf(values.values());
    }

    private void warnOfUnknownNames() {
        List<String> known = Setting.names();
        for (String name : variables.names()) {
            if (name.startsWith("EPMPULSE_") && !known.contains(name) && !WITHOUT_EFFECT.contains(name)) {
                problems.warning(variables.where(name), "unknown setting." + Problems.didYouMean(name, known));
            }
        }
    }

    private Duration duration(Setting setting, Duration minimum) {
        String rule = minimum.isZero() ? DURATION_RULE + ", 0 is allowed" : DURATION_RULE + " and more than 0";
        return required(setting, rule, text -> {
            Duration duration = Quantities.duration(text);
            return duration == null || duration.compareTo(minimum) < 0 ? null : duration;
        });
    }

    private <T> T required(Setting setting, String rule, Function<String, T> parse) {
        T value = optional(setting, rule, parse);
        return value == null ? parse.apply(Objects.requireNonNull(setting.defaultText())) : value;
    }

    /** Null if the setting is not set or invalid. */
    private <T> @Nullable T optional(Setting setting, String rule, Function<String, T> parse) {
        String text = variables.get(setting.name());
        T value = text == null ? null : parse.apply(text);
        if (text != null && value == null) {
            // A URL may hold a password.
            boolean mayShow =
                    !setting.secret() && setting != Setting.SLACK_API_URL && setting != Setting.EPMPULSE_DATABASE_URL;
            problems.error(
                    variables.where(setting.name()),
                    rule
                            + (mayShow ? ", is \"" + text + "\"" : "")
                            + (rule.equals(PATH_RULE) ? Charsets.fileNameHint(text) : ""));
            values.put(setting, new SettingValue(setting, "(invalid)", variables.origin(setting.name())));
        } else {
            show(setting);
        }
        return value;
    }

    private void show(Setting setting) {
        String text = variables.get(setting.name());
        String shown;
        if (text == null) {
            shown = Objects.requireNonNullElse(setting.defaultText(), "-");
        } else if (setting.secret()) {
            shown = Secrets.MASK;
        } else if (setting == Setting.EPMPULSE_DATABASE_URL) {
            shown = DatabaseUrl.mask(text);
        } else {
            shown = Secrets.maskUrl(text);
        }
        values.put(setting, new SettingValue(setting, shown, variables.origin(setting.name())));
    }

    private @Nullable Path path(String text) {
        try {
            return folder.resolve(text).normalize();
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static @Nullable List<String> keys(String text) {
        List<String> keys = Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(key -> !key.isEmpty())
                .distinct()
                .toList();
        return keys.isEmpty() || !keys.stream().allMatch(SettingsReader::visible) ? null : keys;
    }

    private static boolean visible(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    private static @Nullable String host(String text) {
        return HOST_NAME.matcher(text).matches() || AddressRange.address(text) != null ? text : null;
    }

    private static @Nullable Integer number(String text, int min, int max) {
        if (!text.matches("\\d{1,10}")) {
            return null;
        }
        long number = Long.parseLong(text);
        return number < min || number > max ? null : (Integer) (int) number;
    }

    private static @Nullable List<AddressRange> ranges(String text) {
        List<AddressRange> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String item = part.strip();
            if (item.equalsIgnoreCase("loopback")) {
                ranges.addAll(AddressRange.LOOPBACK);
                continue;
            }
            AddressRange range = AddressRange.parse(item);
            if (range == null) {
                return null;
            }
            ranges.add(range);
        }
        return ranges;
    }

    static @Nullable Boolean flag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> null;
        };
    }

    private static @Nullable LogLevel logLevel(String text) {
        LogLevel python = PYTHON_LEVELS.get(text.toUpperCase(Locale.ROOT));
        return python == null ? constant(LogLevel.class, text) : python;
    }

    private static <E extends Enum<E>> @Nullable E constant(Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        return null;
    }

    private static @Nullable ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable Long size(String text) {
        Long bytes = Quantities.bytes(text);
        return bytes == null || bytes == 0 ? null : bytes;
    }

    private static @Nullable URI withSlash(String text) {
        URI uri = HttpAddress.parse(text);
        return uri == null ? null : URI.create(uri + "/");
    }
}
