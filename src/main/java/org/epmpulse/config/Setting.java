package org.epmpulse.config;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All variables that a user can set, in the order of the documentation, with their defaults. */
public enum Setting {
    EPMPULSE_API_KEY(null, true),
    EPMPULSE_API_KEYS_FILE(null),
    EPMPULSE_ENV("development"),
    EPMPULSE_HOST("127.0.0.1"),
    EPMPULSE_PORT("18800"),
    EPMPULSE_TRUSTED_PROXIES("loopback"),
    EPMPULSE_FRAME_ANCESTORS("none"),
    EPMPULSE_DATA_DIR("data"),
    EPMPULSE_APPS_CONFIG("config/apps.json"),
    EPMPULSE_ROUTES_DIR("routes"),
    EPMPULSE_ROUTES_RELOAD("false"),
    EPMPULSE_LOG_LEVEL("INFO"),
    EPMPULSE_LOG_FORMAT("text"),
    EPMPULSE_TIMEZONE("UTC"),
    EPMPULSE_RATE_LIMIT("6000"),
    EPMPULSE_MAX_CONNECTIONS("4000"),
    EPMPULSE_POLL_INTERVAL("30s"),
    EPMPULSE_CANVAS_MIN_INTERVAL("2s"),
    EPMPULSE_CANVAS_EDITS_PER_MINUTE("45"),
    EPMPULSE_CANVAS_HEARTBEAT("60m"),
    EPMPULSE_STALE_AFTER("2h"),
    EPMPULSE_DUPLICATE_WINDOW("10m"),
    EPMPULSE_HISTORY_DAYS("400"),
    EPMPULSE_HISTORY_MAX_SIZE("10GB"),

    EPMPULSE_NODE(null),
    EPMPULSE_STOP_DELAY(null),
    EPMPULSE_DATABASE_URL(null),
    EPMPULSE_DATABASE_USER(null),
    EPMPULSE_DATABASE_PASSWORD(null, true),
    EPMPULSE_DATABASE_PASSWORD_FILE(null),
    EPMPULSE_DATABASE_MIGRATE("true"),
    SLACK_BOT_TOKEN(null, true),
    SLACK_APP_TOKEN(null, true),
    SLACK_APP_TOKEN_FILE(null),
    SLACK_ALLOWED_USERS(null),
    SLACK_API_URL("https://slack.com/api/"),
    SLACK_MAIN_CHANNEL_ID(null),
    SLACK_MAIN_CANVAS_ID(null),
    SLACK_ARCS_CHANNEL_ID(null),
    SLACK_ARCS_CANVAS_ID(null),
    EPM_TOKEN_URL(null),
    EPM_CLIENT_ID(null),
    EPM_CLIENT_SECRET(null, true),
    EPMPULSE_SMTP_URL(null),
    EPMPULSE_SMTP_USER(null),
    EPMPULSE_SMTP_PASSWORD(null, true),
    EPMPULSE_SMTP_PASSWORD_FILE(null),
    EPMPULSE_ALERT_MAIL_TO(null),
    EPMPULSE_ALERT_MAIL_FROM(null),
    EPMPULSE_TEAMS_WEBHOOK_URL(null, true),
    EPMPULSE_TEAMS_WEBHOOK_URL_FILE(null),
    EPMPULSE_WEBHOOK_URL(null, true),
    EPMPULSE_WEBHOOK_URL_FILE(null),
    EPMPULSE_WEBHOOK_SECRET(null, true),
    EPMPULSE_WEBHOOK_SECRET_FILE(null),
    EPMPULSE_PAGERDUTY_KEY(null, true),
    EPMPULSE_PAGERDUTY_KEY_FILE(null),
    EPMPULSE_PAGERDUTY_URL("https://events.pagerduty.com/v2/enqueue"),
    EPMPULSE_ALERT_DIGEST(null),
    EPMPULSE_ALERT_REMINDER("4h"),
    EPMPULSE_QUIET(null),
    EPMPULSE_BOARD_URL(null),
    HTTPS_PROXY(null),
    HTTP_PROXY(null),
    NO_PROXY(null);

    /** Variables that are used only as {@code ${…}} in apps.json, and not checked. */
    static final List<Setting> FOR_APPS_FILE = List.of(
            SLACK_MAIN_CHANNEL_ID,
            SLACK_MAIN_CANVAS_ID,
            SLACK_ARCS_CHANNEL_ID,
            SLACK_ARCS_CANVAS_ID,
            EPM_TOKEN_URL,
            EPM_CLIENT_ID,
            EPM_CLIENT_SECRET);

    private final @Nullable String defaultText;
    private final boolean secret;

    Setting(@Nullable String defaultText) {
        this(defaultText, false);
    }

    Setting(@Nullable String defaultText, boolean secret) {
        this.defaultText = defaultText;
        this.secret = secret;
    }

    /** Null if there is no default. */
    public @Nullable String defaultText() {
        return defaultText;
    }

    /** Whether the value is never shown, not even in an error message. */
    public boolean secret() {
        return secret;
    }

    static List<String> names() {
        return Arrays.stream(values()).map(Setting::name).toList();
    }
}
