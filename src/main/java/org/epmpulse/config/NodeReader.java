package org.epmpulse.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@link NodeSettings}; reports an invalid value and uses its default. For one thread. */
final class NodeReader {

    /** Longer than idle connections of the proxy are kept, so that no request meets a connection that is being closed. */
    private static final String SHARED_STOP_DELAY = "6s";

    private static final String ALONE_STOP_DELAY = "0s";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,63}");

    private final Variables variables;
    private final Problems problems;
    private final Map<Setting, SettingValue> values = new LinkedHashMap<>();

    NodeReader(Variables variables, Problems problems) {
        this.variables = variables;
        this.problems = problems;
    }

    NodeSettings read() {
        boolean shared = variables.get(Setting.EPMPULSE_DATABASE_URL.name()) != null;
        return new NodeSettings(name(shared), shared, stopDelay(shared));
    }

    /** The settings with their values in effect; complete after the reading. */
    Map<Setting, SettingValue> values() {
        return values;
    }

    private String name(boolean shared) {
        String set = variables.get(Setting.EPMPULSE_NODE.name());
        boolean valid = set == null || NAME.matcher(set).matches();
        // The name of the host is looked up only if it is used.
        String name = set != null && valid ? set : shared ? hostName() : "";
        show(Setting.EPMPULSE_NODE, valid, name.isEmpty() ? "-" : name);
        if (!valid) {
            reject(Setting.EPMPULSE_NODE, "must be 1 to 63 letters, digits, dots, underscores or hyphens", set);
        }
        return name;
    }

    private Duration stopDelay(boolean shared) {
        String set = variables.get(Setting.EPMPULSE_STOP_DELAY.name());
        String text = set != null ? set : shared ? SHARED_STOP_DELAY : ALONE_STOP_DELAY;
        Duration delay = Quantities.duration(text);
        boolean valid = delay != null && delay.compareTo(NodeSettings.MAX_STOP_DELAY) <= 0;
        show(Setting.EPMPULSE_STOP_DELAY, valid, text);
        if (delay != null && valid) {
            return delay;
        }
        reject(Setting.EPMPULSE_STOP_DELAY, "must be a duration such as 6s, from 0s to 5m", set);
        return Duration.ZERO;
    }

    private void show(Setting setting, boolean valid, String text) {
        values.put(setting, new SettingValue(setting, valid ? text : "(invalid)", variables.origin(setting.name())));
    }

    private void reject(Setting setting, String rule, @Nullable String set) {
        problems.error(variables.where(setting.name()), rule + ", is \"" + set + "\"");
    }

    /** The name of this host, as far as it may be in the name of a node. */
    private static String hostName() {
        String name;
        try {
            name = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // The name is known, but has no address: the message begins with it.
            name = String.valueOf(e.getMessage()).replaceFirst(":.*", "");
        }
        String allowed = name.replaceAll("[^A-Za-z0-9._-]", "-");
        return allowed.isEmpty() ? "node" : allowed.substring(0, Math.min(63, allowed.length()));
    }
}
