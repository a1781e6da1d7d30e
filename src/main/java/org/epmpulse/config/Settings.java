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
 * What the service was told, typed and checked. Immutable; its text holds no secret.
 *
 * @param apiKeys write keys; empty if none is set
 * @param apiKeysFile further keys; null if there is no such file
 * @param port 0 for any free one
 * @param trustedProxies whose word about the client's address counts
 * @param rateLimit updates per key and minute, 0 for no limit
 * @param pollInterval from one look at running EPM jobs to the next
 * @param canvasMinInterval from Slack's answer to an edit to the next edit of the same canvas, 0 for none
 * @param canvasHeartbeat unchanged canvases are sent again this often, 0 for never
 * @param historyMaxSize bytes
 * @param slackBotToken null if canvases are only previewed
 * @param slackApiUrl ends with a slash
 */
public record Settings(
        List<String> apiKeys,
        @Nullable Path apiKeysFile,
        Environment environment,
        String host,
        int port,
        List<AddressRange> trustedProxies,
        Path dataDir,
        Path appsConfig,
        Path routesDir,
        boolean routesReload,
        LogLevel logLevel,
        LogFormat logFormat,
        ZoneId timezone,
        int rateLimit,
        Duration pollInterval,
        Duration canvasMinInterval,
        int canvasEditsPerMinute,
        Duration canvasHeartbeat,
        Duration staleAfter,
        Duration duplicateWindow,
        int historyDays,
        long historyMaxSize,
        @Nullable String slackBotToken,
        URI slackApiUrl) {

    public Settings {
        apiKeys = List.copyOf(apiKeys);
        trustedProxies = List.copyOf(trustedProxies);
    }

    /**
     * Settings of these variables alone, without any file.
     *
     * @param folder what relative paths begin at
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

    /** Whether strict rules hold because others may reach the service, or it is meant for production. */
    public boolean needsStrongKeys() {
        return environment == Environment.PRODUCTION || !AddressRange.isLoopback(host);
    }

    /** Whether this peer's {@code X-Forwarded-For} counts. */
    public boolean trusts(InetAddress peer) {
        return trustedProxies.stream().anyMatch(range -> range.contains(peer));
    }

    /** With what apps.json says about intervals, where no variable does. */
    Settings withIntervals(Duration poll, Duration canvasMin) {
        return new Settings(
                apiKeys,
                apiKeysFile,
                environment,
                host,
                port,
                trustedProxies,
                dataDir,
                appsConfig,
                routesDir,
                routesReload,
                logLevel,
                logFormat,
                timezone,
                rateLimit,
                poll,
                canvasMin,
                canvasEditsPerMinute,
                canvasHeartbeat,
                staleAfter,
                duplicateWindow,
                historyDays,
                historyMaxSize,
                slackBotToken,
                slackApiUrl);
    }

    @Override
    public String toString() {
        return "Settings[" + environment + " " + host + ":" + port + ", " + apiKeys.size() + " keys, data " + dataDir
                + ", apps " + appsConfig + ", routes " + routesDir + ", Slack "
                + (slackBotToken == null ? "without" : "with") + " token]";
    }
}
