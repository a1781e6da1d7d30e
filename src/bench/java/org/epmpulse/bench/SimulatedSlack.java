package org.epmpulse.bench;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;

/** A simulated Slack in this process, with channels that have a canvas each. It enforces Slack's limits. */
final class SimulatedSlack implements AutoCloseable {

    private final SlackSandbox slack;
    private final int channels;

    /** @param clock for the limits of Slack */
    SimulatedSlack(int channels, InstantSource clock) {
        this.slack = SlackSandbox.start(clock);
        this.channels = channels;
        for (int i = 0; i < channels; i++) {
            slack.put(SandboxChannel.of("C" + i, "channel-" + i));
            slack.addCanvas("F" + i, "EPM status");
        }
    }

    int channels() {
        return channels;
    }

    /** As {@link Program#apps}; every channel shows the application. */
    String apps(int domains) {
        return "{\"apps\": {\"App\": {\"domains\": [%s], \"channels\": [%s]}}, \"channels\": {%s}}"
                .formatted(
                        Program.domains(domains),
                        join("\"C%1$d\""),
                        join("\"C%1$d\": {\"name\": \"channel-%1$d\", \"canvas_id\": \"F%1$d\"}"));
    }

    private String join(String format) {
        return IntStream.range(0, channels).mapToObj(format::formatted).collect(Collectors.joining(","));
    }

    /** The settings with which a program uses it, and others. */
    Map<String, String> settings(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(others);
        settings.put("SLACK_BOT_TOKEN", slack.botToken());
        settings.put("SLACK_API_URL", slack.apiUrl().toString());
        return settings;
    }

    /** Number of canvas edits until now, also of refused ones. */
    int edits() {
        return slack.calls("canvases.edit").size();
    }

    @Override
    public void close() {
        slack.close();
    }
}
