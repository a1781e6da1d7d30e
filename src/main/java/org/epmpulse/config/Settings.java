package org.epmpulse.config;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parsed settings. Immutable; its text holds no secret.
 *
 * @param apiKeys write keys; empty if none is set
 * @param apiKeysFile file of named keys; null if not set
 * @param port 0 for any free port
 * @param trustedProxies proxies whose {@code X-Forwarded-For} is used
 * @param frameAncestors which pages may show the board in a frame: {@code 'none'} or origins separated by spaces, as in
 *     a content security policy
 * @param rateLimit updates per key and minute, 0 for no limit
 * @param maxConnections open connections of HTTP clients; see {@link ConnectionLimit} for what the process can hold
 * @param pollInterval interval between two polls of the running EPM jobs
 * @param canvasMinInterval from Slack's response to an edit until the next edit of the same canvas, 0 for no wait
 * @param canvasHeartbeat interval at which unchanged canvases are published again, 0 for never
 * @param historyMaxSize bytes
 * @param slackBotToken null if canvases are only previewed
 * @param slackApiUrl ends with a slash
 * @param node this process as one of several
 * @param database null if the journal is in files of the data folder
 * @param slackSocket null if there are no buttons and commands in Slack
 * @param alerts where alerts are sent beside Slack
 */
public record Settings(
        List<String> apiKeys,
        @Nullable Path apiKeysFile,
        DeploymentMode mode,
        String host,
        int port,
        List<AddressRange> trustedProxies,
        String frameAncestors,
        Path dataDir,
        Path appsConfig,
        Path routesDir,
        boolean routesReload,
        LogLevel logLevel,
        LogFormat logFormat,
        ZoneId timezone,
        int rateLimit,
        int maxConnections,
        Duration pollInterval,
        Duration canvasMinInterval,
        int canvasEditsPerMinute,
        Duration canvasHeartbeat,
        Duration staleAfter,
        Duration duplicateWindow,
        int historyDays,
        long historyMaxSize,
        @Nullable String slackBotToken,
        URI slackApiUrl,
        NodeSettings node,
        @Nullable DatabaseAccess database,
        @Nullable SlackSocketSettings slackSocket,
        AlertSettings alerts) {

    public Settings {
        apiKeys = List.copyOf(apiKeys);
        trustedProxies = List.copyOf(trustedProxies);
    }

    /**
     * Parses settings from variables only, without {@code .env}.
     *
     * @param folder base of relative paths
     * @throws ConfigurationException if a value breaks its rule
     */
    public static Settings of(Path folder, Map<String, String> variables) {
        Problems problems = new Problems();
        Settings settings = new SettingsReader(folder, Variables.of(variables, Map.of()), problems).read();
        if (problems.list().stream().anyMatch(Problem::isError)) {
            throw new ConfigurationException(problems.list());
        }
        return settings;
    }

    /** These settings, but no part of the service connects to a database, to Slack or to receivers of alerts. */
    Settings withoutConnections() {
        return with(pollInterval, canvasMinInterval, null, null, null, alerts.withoutReceivers());
    }

    /** Whether weak keys are errors: in production, or if other hosts can reach the service. */
    public boolean needsStrongKeys() {
        return mode == DeploymentMode.PRODUCTION || !AddressRange.isLoopback(host);
    }

    /** Whether this peer's {@code X-Forwarded-For} is used. */
    public boolean trusts(InetAddress peer) {
        return trustedProxies.stream().anyMatch(range -> range.contains(peer));
    }

    /** Returns a copy with these intervals. */
    Settings withIntervals(Duration poll, Duration canvasMin) {
        return with(poll, canvasMin, slackBotToken, database, slackSocket, alerts);
    }

    private Settings with(
            Duration poll,
            Duration canvasMin,
            @Nullable String botToken,
            @Nullable DatabaseAccess shared,
            @Nullable SlackSocketSettings socket,
            AlertSettings receivers) {
        return new Settings(
                apiKeys,
                apiKeysFile,
                mode,
                host,
                port,
                trustedProxies,
                frameAncestors,
                dataDir,
                appsConfig,
                routesDir,
                routesReload,
                logLevel,
                logFormat,
                timezone,
                rateLimit,
                maxConnections,
                poll,
                canvasMin,
                canvasEditsPerMinute,
                canvasHeartbeat,
                staleAfter,
                duplicateWindow,
                historyDays,
                historyMaxSize,
                botToken,
                slackApiUrl,
                node,
                shared,
                socket,
                receivers);
    }

    @Override
    public String toString() {
        return "Settings[" + mode + " " + host + ":" + port + ", " + apiKeys.size() + " keys, data " + dataDir
                + ", apps " + appsConfig + ", routes " + routesDir + ", Slack "
                + (slackBotToken == null ? "without" : "with") + " token, " + (database == null ? "files" : database)
                + "]";
    }
}
