package org.epmpulse.sandbox;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A canvas of the simulated workspace. Guarded by the workspace's monitor. */
final class StoredCanvas {

    static final int MAX_EDITS = 1_000;

    private final String id;
    private final String owner;
    private final @Nullable String channel;
    private final Map<String, String> shares = new HashMap<>();
    private final RecentEntries<Instant> edits = new RecentEntries<>(MAX_EDITS);
    private String title;
    private String markdown;
    private long revision;

    StoredCanvas(String id, String owner, @Nullable String channel, String title, String markdown) {
        this.id = id;
        this.owner = owner;
        this.channel = channel;
        this.title = title;
        this.markdown = markdown;
    }

    String id() {
        return id;
    }

    String owner() {
        return owner;
    }

    /** The channel that has the canvas as a tab, or null. */
    @Nullable
    String channel() {
        return channel;
    }

    String title() {
        return title;
    }

    /** Access level by channel or user. */
    Map<String, String> shares() {
        return shares;
    }

    CanvasSections sections() {
        return CanvasSections.of(id, revision, markdown);
    }

    String markdown() {
        return markdown;
    }

    void write(String newMarkdown, Instant now) {
        markdown = newMarkdown;
        recordEdit(now);
    }

    void rename(String newTitle, Instant now) {
        title = newTitle;
        recordEdit(now);
    }

    private void recordEdit(Instant now) {
        revision++;
        edits.add(now);
    }

    SandboxCanvas snapshot() {
        return new SandboxCanvas(id, title, channel, Map.copyOf(shares), markdown, revision, edits.all());
    }
}
