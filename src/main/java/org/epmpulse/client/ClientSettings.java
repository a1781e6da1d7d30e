package org.epmpulse.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.epmpulse.config.ProxyRules;
import org.jspecify.annotations.Nullable;

/**
 * Where a status is sent, from the environment alone: the working folder is the job's.
 *
 * @param url {@code EPMPULSE_URL}, without a slash at its end; empty if {@code problem} says why
 * @param key {@code EPMPULSE_API_KEY}
 * @param deadline {@code EPMPULSE_DEADLINE}, how long a status may take
 * @param spool {@code EPMPULSE_SPOOL}, the folder of what could not be sent; null if that is lost
 * @param proxies as for all calls of the program
 * @param problem why nothing can be sent; null if it can
 */
public record ClientSettings(
        String url,
        String key,
        Duration deadline,
        @Nullable Path spool,
        ProxyRules proxies,
        @Nullable String problem) {

    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,5}(\\.[0-9]{1,3})?");
    private static final Pattern VISIBLE = Pattern.compile("[!-~]+");

    /** The settings of this environment. An invalid one never throws. */
    public static ClientSettings of(Map<String, String> environment) {
        String url = value(environment, "EPMPULSE_URL").replaceFirst("/+$", "");
        String key = value(environment, "EPMPULSE_API_KEY");
        String spool = value(environment, "EPMPULSE_SPOOL");
        Path folder = null;
        String problem = problem(url, key);
        try {
            folder = spool.isEmpty() ? null : Path.of(spool);
        } catch (InvalidPathException e) {
            problem = "EPMPULSE_SPOOL must be a folder";
        }
        return new ClientSettings(
                url,
                key,
                deadline(value(environment, "EPMPULSE_DEADLINE")),
                folder,
                ProxyRules.ofEnvironment(environment),
                problem);
    }

    private static String value(Map<String, String> environment, String name) {
        return environment.getOrDefault(name, "").strip();
    }

    private static @Nullable String problem(String url, String key) {
        try {
            URI uri = new URI(url);
            String scheme = String.valueOf(uri.getScheme());
            if (uri.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
                return "EPMPULSE_URL must be set to the address of EPMPulse, http:// or https://";
            }
        } catch (URISyntaxException e) {
            return "EPMPULSE_URL is not an address";
        }
        if (key.isEmpty()) {
            return "EPMPULSE_API_KEY is not set";
        }
        return VISIBLE.matcher(key).matches() ? null : "EPMPULSE_API_KEY must be visible ASCII characters";
    }

    private static Duration deadline(String seconds) {
        if (!SECONDS.matcher(seconds).matches() || Double.parseDouble(seconds) <= 0) {
            return DEFAULT_DEADLINE;
        }
        return Duration.ofMillis(Math.round(Double.parseDouble(seconds) * 1000));
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "ClientSettings[" + url + "]";
    }
}
