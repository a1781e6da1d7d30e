package org.epmpulse.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code channels}. Without a token nothing is sent to Slack, so variables may be unset; with a token every
 * canvas id must be valid or absent.
 */
final class ChannelsReader {

    private final boolean hasToken;

    ChannelsReader(boolean hasToken) {
        this.hasToken = hasToken;
    }

    /**
     * The channels that apps use, without invalid ones.
     *
     * @param used the first use of each channel id, in the order of the apps
     */
    Map<String, AppsConfig.Channel> channels(Field channels, Map<String, Field> used) {
        Section section = hasToken ? channels.section() : channels.sectionOfResolvedKeys();
        Map<String, AppsConfig.Channel> result = new LinkedHashMap<>();
        Map<String, String> canvasPointers = new HashMap<>();
        used.forEach((id, use) -> {
            if (hasToken && !SlackIds.isChannel(id)) {
                use.warning(
                        "\"" + id + "\" is not a channel id (C or G and capital letters and digits, in the details of"
                                + " the channel); it gets no alerts and no canvas");
            }
            Field entry = section == null ? null : section.get(id);
            if (entry != null && !entry.isAbsent()) {
                AppsConfig.Channel channel = channel(entry, canvasPointers);
                if (channel != null) {
                    result.put(id, channel);
                }
                return;
            }
            if (section != null) {
                use.warning("channel \"" + id + "\" is not listed under channels."
                        + Problems.didYouMean(
                                id, section.fields().stream().map(Field::key).toList()));
            }
            result.put(id, new AppsConfig.Channel(id, id, null, true));
        });
        if (section != null) {
            NameChecks names = new NameChecks("channel");
            section.fields().forEach(entry -> names.check(entry.key(), entry));
            section.fields().stream()
                    .filter(entry -> !used.containsKey(entry.key()))
                    .forEach(ChannelsReader::checkUnused);
        }
        return result;
    }

    private AppsConfig.@Nullable Channel channel(Field entry, Map<String, String> canvasPointers) {
        Section section = entry.section();
        if (section == null) {
            return null;
        }
        section.expectKeys("name", "canvas_id", "alerts");
        Field canvas = section.get("canvas_id");
        String canvasId = canvasId(canvas);
        if (canvasId != null) {
            String other = canvasPointers.putIfAbsent(canvasId, canvas.pointer());
            if (other != null) {
                canvas.error("canvas is also used by " + other + " (each channel needs its own canvas)");
            }
        }
        if (hasToken && canvasId == null && !entry.keyTemplate().defaulted().isEmpty()) {
            entry.warning(
                    entry.keyTemplate().defaulted().get(0) + " is not set; nothing is sent to its default channel");
            return null;
        }
        String name = section.get("name").name();
        return new AppsConfig.Channel(
                entry.key(),
                Objects.requireNonNullElse(name, entry.key()),
                canvasId,
                !Boolean.FALSE.equals(section.get("alerts").flag()));
    }

    private @Nullable String canvasId(Field canvas) {
        String id = hasToken ? canvas.text() : canvas.textIfSet();
        if (id == null || id.isBlank()) {
            return null;
        }
        if (!id.toLowerCase(Locale.ROOT).contains("placeholder")) {
            if (hasToken && !SlackIds.isCanvas(id)) {
                canvas.error("must be a canvas id: F and capital letters and digits, as at the end of the canvas's link"
                        + " (or remove canvas_id: EPMPulse then creates a canvas)");
                return null;
            }
            return canvas.isName(id) ? id : null;
        }
        if (hasToken) {
            canvas.error(
                    "placeholder instead of a canvas id (write the id F…, or remove canvas_id: EPMPulse then creates"
                            + " a canvas)");
        }
        return null;
    }

    /** A channel without apps needs no canvas; only the types of its values are checked. */
    private static void checkUnused(Field entry) {
        Section section = entry.section();
        if (section != null) {
            section.expectKeys("name", "canvas_id", "alerts");
            section.get("name").textIfSet();
            section.get("canvas_id").textIfSet();
            section.get("alerts").flag();
        }
    }
}
