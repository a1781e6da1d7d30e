package org.epmpulse.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code channels}. Without a token nothing is sent, so variables may be missing; with one, every canvas must be
 * known or left to be made.
 */
final class ChannelsReader {

    private final boolean token;

    ChannelsReader(boolean token) {
        this.token = token;
    }

    /**
     * The channels that apps use and that can be shown.
     *
     * @param used where each channel's id is first used, in the order of the apps
     */
    Map<String, AppsConfig.Channel> channels(Field channels, Map<String, Field> used) {
        Section section = token ? channels.section() : channels.sectionOfSetKeys();
        Map<String, AppsConfig.Channel> result = new LinkedHashMap<>();
        Map<String, String> whereCanvas = new HashMap<>();
        used.forEach((id, use) -> {
            Field entry = section == null ? null : section.get(id);
            if (entry != null && !entry.isAbsent()) {
                AppsConfig.Channel channel = channel(entry, whereCanvas);
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
            section.fields().stream()
                    .filter(entry -> !used.containsKey(entry.key()))
                    .forEach(ChannelsReader::checkUnused);
        }
        return result;
    }

    private AppsConfig.@Nullable Channel channel(Field entry, Map<String, String> whereCanvas) {
        Section section = entry.section();
        if (section == null) {
            return null;
        }
        section.knowing("name", "canvas_id", "alerts");
        Field canvas = section.get("canvas_id");
        String canvasId = canvasId(canvas);
        if (canvasId != null) {
            String other = whereCanvas.putIfAbsent(canvasId, canvas.pointer());
            if (other != null) {
                canvas.error("is the canvas of " + other + " too; every channel needs its own");
            }
        }
        if (token && canvasId == null && !entry.keyTemplate().defaulted().isEmpty()) {
            entry.warning(entry.keyTemplate().defaulted().get(0)
                    + " is not set: nothing is sent to the channel of its default");
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
        String id = token ? canvas.text() : canvas.textIfSet();
        if (id == null || id.isBlank()) {
            return null;
        }
        if (!id.toLowerCase(Locale.ROOT).contains("placeholder")) {
            return canvas.isName(id) ? id : null;
        }
        if (token) {
            canvas.error("is a placeholder: write the id of the canvas (F…) or ${SLACK_MAIN_CANVAS_ID} and set that,"
                    + " or leave canvas_id out to have a canvas made");
        }
        return null;
    }

    /** A channel that shows nothing needs no canvas, but its form is checked. */
    private static void checkUnused(Field entry) {
        Section section = entry.section();
        if (section != null) {
            section.knowing("name", "canvas_id", "alerts");
            section.get("name").textIfSet();
            section.get("canvas_id").textIfSet();
            section.get("alerts").flag();
        }
    }
}
