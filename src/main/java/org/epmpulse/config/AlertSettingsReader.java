package org.epmpulse.config;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@link AlertSettings}; reports an invalid value and uses its default. For one thread. */
final class AlertSettingsReader {

    static final String MAIL_RULE = "must be e-mail addresses such as epm@example.com";
    static final String URL_RULE = "must be an absolute http or https URL without user and fragment";
    static final String KEY_RULE = "must be an integration key of letters and digits";

    private static final Pattern MAIL = Pattern.compile("[^\\s@,;<>\"()\\p{Cntrl}]{1,64}@[A-Za-z0-9.-]{1,253}");
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]{1,200}");
    private static final String VISIBLE = "[!-~]{1,1000}";
    private static final int MAX_FILE_MEBIBYTES = 1;

    private final Path folder;
    private final DeploymentMode mode;
    private final Variables variables;
    private final Problems problems;
    private final Map<Setting, SettingValue> values = new LinkedHashMap<>();

    /** @param folder base of relative paths */
    AlertSettingsReader(Path folder, DeploymentMode mode, Variables variables, Problems problems) {
        this.folder = folder;
        this.mode = mode;
        this.variables = variables;
        this.problems = problems;
    }

    /** The settings with their values in effect; complete after the reading. */
    Map<Setting, SettingValue> values() {
        return values;
    }

    AlertSettings read(ZoneId zone) {
        MailServer server = optional(Setting.EPMPULSE_SMTP_URL, MailServer.RULE, MailServer::parse);
        String user = optional(Setting.EPMPULSE_SMTP_USER, "must be a user name", text -> text);
        String password = secret(
                Setting.EPMPULSE_SMTP_PASSWORD,
                Setting.EPMPULSE_SMTP_PASSWORD_FILE,
                "must be a password",
                text -> text);
        List<String> to = optional(Setting.EPMPULSE_ALERT_MAIL_TO, MAIL_RULE, AlertSettingsReader::addresses);
        String from = optional(Setting.EPMPULSE_ALERT_MAIL_FROM, MAIL_RULE, text -> isMail(text) ? text : null);
        if (server != null && from == null) {
            problems.error(
                    variables.where(Setting.EPMPULSE_SMTP_URL.name()),
                    "needs EPMPULSE_ALERT_MAIL_FROM, the address from which e-mails are sent");
        } else if (server == null && to != null) {
            problems.error(
                    variables.where(Setting.EPMPULSE_ALERT_MAIL_TO.name()),
                    "needs EPMPULSE_SMTP_URL, the server that sends e-mails");
        }
        String teams = url(Setting.EPMPULSE_TEAMS_WEBHOOK_URL, Setting.EPMPULSE_TEAMS_WEBHOOK_URL_FILE);
        String webhook = url(Setting.EPMPULSE_WEBHOOK_URL, Setting.EPMPULSE_WEBHOOK_URL_FILE);
        String signature = secret(
                Setting.EPMPULSE_WEBHOOK_SECRET,
                Setting.EPMPULSE_WEBHOOK_SECRET_FILE,
                "must be visible ASCII characters",
                text -> text.matches(VISIBLE) ? text : null);
        String key = secret(
                Setting.EPMPULSE_PAGERDUTY_KEY,
                Setting.EPMPULSE_PAGERDUTY_KEY_FILE,
                KEY_RULE,
                text -> isKey(text) ? text : null);
        URI pagerDuty = optional(Setting.EPMPULSE_PAGERDUTY_URL, HttpAddress.RULE, HttpAddress::parse);
        if (pagerDuty != null) {
            checkEncrypted(pagerDuty, variables.where(Setting.EPMPULSE_PAGERDUTY_URL.name()));
        }
        LocalTime digest =
                optional(Setting.EPMPULSE_ALERT_DIGEST, "must be a time of day such as 08:00", QuietHours::time);
        Duration reminder = optional(
                Setting.EPMPULSE_ALERT_REMINDER, "must be a duration such as 4h; 0 is off", Quantities::duration);
        QuietHours quiet = optional(Setting.EPMPULSE_QUIET, QuietHours.RULE, text -> QuietHours.parse(text, zone));
        URI board = optional(Setting.EPMPULSE_BOARD_URL, HttpAddress.RULE, HttpAddress::parse);
        return new AlertSettings(
                server == null
                        ? null
                        : new MailServer(
                                server.tls(),
                                server.host(),
                                server.port(),
                                user,
                                Objects.requireNonNullElse(password, "")),
                Objects.requireNonNullElse(from, ""),
                Objects.requireNonNullElse(to, List.of()),
                teams,
                webhook,
                signature,
                key,
                pagerDuty == null ? URI.create(defaultText(Setting.EPMPULSE_PAGERDUTY_URL)) : pagerDuty,
                digest,
                reminder == null
                        ? Objects.requireNonNull(Quantities.duration(defaultText(Setting.EPMPULSE_ALERT_REMINDER)))
                        : reminder,
                quiet == null ? QuietHours.NONE : quiet,
                board);
    }

    private static String defaultText(Setting setting) {
        return Objects.requireNonNull(setting.defaultText());
    }

    private @Nullable String url(Setting setting, Setting file) {
        String url = secret(setting, file, URL_RULE, text -> parseUrl(text) == null ? null : text);
        URI uri = url == null ? null : parseUrl(url);
        if (uri != null) {
            checkEncrypted(uri, variables.where((variables.get(setting.name()) == null ? file : setting).name()));
        }
        return url;
    }

    private void checkEncrypted(URI uri, String where) {
        HttpAddress.checkEncrypted(uri, mode, where, problems);
    }

    /** The text as an address that may have a query; null if it breaks {@link #URL_RULE}. */
    static @Nullable URI parseUrl(String text) {
        try {
            URI uri = new URI(text);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            boolean plain = uri.getRawUserInfo() == null && uri.getRawFragment() == null;
            return http && plain && uri.getHost() != null && uri.getPort() <= 65535 ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    static boolean isMail(String text) {
        return MAIL.matcher(text).matches();
    }

    static boolean isKey(String text) {
        return KEY.matcher(text).matches();
    }

    private static @Nullable List<String> addresses(String text) {
        List<String> addresses = Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(address -> !address.isEmpty())
                .distinct()
                .toList();
        return addresses.stream().allMatch(AlertSettingsReader::isMail) ? addresses : null;
    }

    /** A value that is in a variable, or in a file that another variable names; null if it is in neither or invalid. */
    private @Nullable String secret(
            Setting setting, Setting file, String rule, Function<String, @Nullable String> parse) {
        String value = optional(setting, rule, parse);
        String path = variables.get(file.name());
        show(file, true);
        if (path == null) {
            return value;
        }
        if (variables.get(setting.name()) != null) {
            problems.error(variables.where(file.name()), "there is also " + setting + " (remove one of them)");
            return value;
        }
        String content = read(file, path);
        String parsed = content == null ? null : parse.apply(content);
        if (content != null && parsed == null) {
            problems.error(variables.where(file.name()), "the content of the file " + rule);
        }
        return parsed;
    }

    private @Nullable String read(Setting setting, String path) {
        String where = variables.where(setting.name());
        try {
            byte[] bytes = RegularFile.read(folder.resolve(path), MAX_FILE_MEBIBYTES);
            return new String(bytes, StandardCharsets.UTF_8).strip();
        } catch (InvalidPathException e) {
            problems.error(where, "must be a path");
        } catch (NoSuchFileException e) {
            problems.error(where, "file " + path + " not found");
        } catch (IOException e) {
            problems.error(where, "file " + path + " " + e.getMessage());
        }
        return null;
    }

    /** Null if the setting is not set or invalid. */
    private <T> @Nullable T optional(Setting setting, String rule, Function<String, @Nullable T> parse) {
        String text = variables.get(setting.name());
        T value = text == null ? null : parse.apply(text);
        boolean valid = text == null || value != null;
        if (!valid) {
            // A URL may hold a password.
            boolean mayShow = !setting.secret() && !setting.name().endsWith("_URL");
            problems.error(variables.where(setting.name()), rule + (mayShow ? ", is \"" + text + "\"" : ""));
        }
        show(setting, valid);
        return value;
    }

    private void show(Setting setting, boolean valid) {
        String text = variables.get(setting.name());
        String shown = text == null
                ? Objects.requireNonNullElse(setting.defaultText(), "-")
                : setting.secret() ? Secrets.MASK : Secrets.maskUrl(text);
        values.put(setting, new SettingValue(setting, valid ? shown : "(invalid)", variables.origin(setting.name())));
    }
}
