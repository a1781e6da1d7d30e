package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Channels, canvases, users and the latest {@value #MAX_MESSAGES} messages. Not thread-safe: callers must hold its
 * monitor.
 */
final class SlackWorkspace {

    static final String TEAM = "T0SANDBOX";
    static final String BOT_USER = "U0SANDBOXBOT";
    static final String PERSON = "U0PERSON";

    static final int MAX_MESSAGES = 1_000;

    private final InstantSource clock;
    private final Map<String, SandboxChannel> channels = new LinkedHashMap<>();
    private final Map<String, StoredCanvas> canvases = new LinkedHashMap<>();
    private final Set<String> users = new HashSet<>(Set.of(BOT_USER, PERSON));
    private final EnumSet<SlackQuirk> quirks = EnumSet.noneOf(SlackQuirk.class);
    private final RecentEntries<SandboxMessage> messages = new RecentEntries<>(MAX_MESSAGES);
    private SlackPlan plan = SlackPlan.PAID;
    private int created;
    private long lastTs;

    SlackWorkspace(InstantSource clock) {
        this.clock = clock;
    }

    Instant now() {
        return clock.instant();
    }

    SlackPlan plan() {
        return plan;
    }

    void plan(SlackPlan newPlan) {
        plan = newPlan;
    }

    Set<SlackQuirk> quirks() {
        return quirks;
    }

    Set<String> users() {
        return users;
    }

    void put(SandboxChannel channel) {
        channels.put(channel.id(), channel);
    }

    Collection<SandboxChannel> channels() {
        return channels.values();
    }

    /**
     * A channel that the bot can see.
     *
     * @throws SlackRefusal if there is none
     */
    SandboxChannel requireChannel(String id) {
        SandboxChannel channel = channels.get(id);
        if (channel == null || (channel.isPrivate() && !channel.botMember())) {
            throw new SlackRefusal("channel_not_found");
        }
        return channel;
    }

    /**
     * A channel that the bot can write to.
     *
     * @throws SlackRefusal if there is none
     */
    SandboxChannel requireOpenChannel(String id) {
        SandboxChannel channel = requireChannel(id);
        if (!channel.botMember()) {
            throw new SlackRefusal("not_in_channel");
        }
        if (channel.archived()) {
            throw new SlackRefusal("is_archived");
        }
        return channel;
    }

    StoredCanvas create(@Nullable String channel, String title, String markdown) {
        created++;
        return put(new StoredCanvas("F0SANDBOX%03d".formatted(created), BOT_USER, channel, title, markdown));
    }

    StoredCanvas put(StoredCanvas canvas) {
        canvases.put(canvas.id(), canvas);
        return canvas;
    }

    void delete(String canvasId) {
        canvases.remove(canvasId);
    }

    Collection<StoredCanvas> canvases() {
        return canvases.values();
    }

    @Nullable
    StoredCanvas canvas(String id) {
        return canvases.get(id);
    }

    /** The tabs of a channel, in the order of creation. */
    List<StoredCanvas> tabs(String channel) {
        return canvases.values().stream()
                .filter(canvas -> channel.equals(canvas.channel()))
                .toList();
    }

    /**
     * A canvas that the bot can see.
     *
     * @throws SlackRefusal if it is unknown, deleted or not shared; Slack does not distinguish these cases
     */
    StoredCanvas requireCanvas(String id) {
        StoredCanvas canvas = canvases.get(id);
        if (canvas == null || access(canvas).equals("none")) {
            throw new SlackRefusal("canvas_not_found");
        }
        return canvas;
    }

    /** The bot's access to the canvas: {@code owner}, {@code write}, {@code read} or {@code none}. */
    String access(StoredCanvas canvas) {
        if (canvas.owner().equals(BOT_USER)) {
            return "owner";
        }
        String tab = canvas.channel();
        if (tab != null && isMember(tab)) {
            return "write";
        }
        Set<String> levels = new HashSet<>();
        canvas.shares().forEach((who, level) -> {
            if (who.equals(BOT_USER) || isMember(who)) {
                levels.add(level);
            }
        });
        return List.of("owner", "write", "read").stream()
                .filter(levels::contains)
                .findFirst()
                .orElse("none");
    }

    private boolean isMember(String channel) {
        SandboxChannel known = channels.get(channel);
        return known != null && known.botMember();
    }

    /** @param thread the {@code ts} of the message that it answers; null if it answers none */
    SandboxMessage post(
            String channel,
            String text,
            List<LiveMarkup> live,
            @Nullable String thread,
            boolean broadcast,
            List<JsonNode> buttons) {
        Instant now = now();
        lastTs = Math.max(lastTs + 1, now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000);
        String ts = "%d.%06d".formatted(lastTs / 1_000_000, lastTs % 1_000_000);
        SandboxMessage message =
                new SandboxMessage(channel, ts, now, text, text, live, thread, broadcast, false, 0, buttons);
        messages.add(message);
        return message;
    }

    /** The message with this {@code ts}; null if there is none. */
    @Nullable
    SandboxMessage message(String channel, String ts) {
        return messages.all().stream()
                .filter(message ->
                        message.channel().equals(channel) && message.ts().equals(ts))
                .findFirst()
                .orElse(null);
    }

    void change(SandboxMessage message, String text, List<LiveMarkup> live, boolean blocks, List<JsonNode> buttons) {
        messages.replace(
                message,
                new SandboxMessage(
                        message.channel(),
                        message.ts(),
                        message.time(),
                        text,
                        message.posted(),
                        live,
                        message.thread(),
                        message.broadcast(),
                        message.edited() || !blocks,
                        message.changes() + 1,
                        buttons));
    }

    List<SandboxMessage> messages() {
        return messages.all();
    }
}
