package org.epmpulse.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.epmpulse.cluster.Activity;
import org.epmpulse.http.WireJson;
import org.epmpulse.slack.canvas.CanvasState;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only the active node knows: notes of EPM polls, the health of Slack and EPM, the states of the canvases. A passive
 * node shows what the active one has published; before it has read that, and with a single node, its own. Thread-safe.
 */
public final class NodeViews {

    private static final Logger LOG = LoggerFactory.getLogger(NodeViews.class);

    private static final String NOTES = "remarks";
    private static final String CANVASES = "canvases";
    private static final String HEALTH = "health";

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Activity activity;
    private final Own own;
    private volatile Shared shared = Shared.NONE;
    private volatile @Nullable Rendered rendered;

    /**
     * What this node knows.
     *
     * @param notes returns a new object after each change
     * @param alertsProblem why alerts are not sent, beside those to Slack; null if they are
     */
    public record Own(
            Supplier<DomainNotes> notes,
            Supplier<String> slackHealth,
            Supplier<String> epmHealth,
            Supplier<List<CanvasState>> canvases,
            Supplier<@Nullable String> alertsProblem) {}

    /** What another node has published; null for what it has not. The texts tell what has changed. */
    private record Shared(
            Map<String, String> texts,
            @Nullable DomainNotes notes,
            @Nullable Health health,
            @Nullable Map<String, Canvas> canvases) {

        static final Shared NONE = new Shared(Map.of(), null, null, null);
    }

    private record Reason(String app, String domain, String reason) {}

    private record Notes(List<Reason> reasons, Map<String, String> outages) {}

    /** @param alerts null if there is no problem */
    private record Health(
            String slack, String epm, @Nullable String alerts) {}

    /** @param publishedAt ISO 8601; null if unknown */
    private record Canvas(
            String channel,
            @Nullable String canvasId,
            @Nullable Long publishedRevision,
            @Nullable String publishedAt,
            boolean pending,
            @Nullable String lastError,
            String lastResult) {

        static Canvas of(CanvasState state) {
            Instant at = state.publishedAt();
            return new Canvas(
                    state.channel().id(),
                    state.channel().canvasId(),
                    state.publishedRevision(),
                    at == null ? null : at.toString(),
                    state.pending(),
                    state.lastError(),
                    state.lastResult());
        }

        CanvasState appliedTo(CanvasState state) {
            return new CanvasState(
                    state.channel().withCanvas(canvasId),
                    publishedRevision,
                    publishedAt == null ? null : Instant.parse(publishedAt),
                    pending,
                    lastError,
                    lastResult);
        }
    }

    private record Canvases(List<Canvas> canvases) {}

    /** What this node's own views show. */
    private record Known(DomainNotes notes, Health health, List<CanvasState> canvases) {

        boolean isSame(Known other) {
            return notes.equals(other.notes()) && health.equals(other.health()) && canvases.equals(other.canvases());
        }
    }

    /** This node's own views, which are rendered again only after a change. */
    private record Rendered(Known known, Map<String, String> texts) {}

    public NodeViews(Activity activity, Own own) {
        this.activity = activity;
        this.own = own;
    }

    /** The same object until they change. */
    public DomainNotes notes() {
        DomainNotes notes = shared.notes();
        return notes == null || activity.active() ? own.notes().get() : notes;
    }

    /** The health of Slack, as the health endpoint shows it. */
    public String slackHealth() {
        Health health = shared.health();
        return health == null || activity.active() ? own.slackHealth().get() : health.slack();
    }

    /** The health of EPM, as the health endpoint shows it. */
    public String epmHealth() {
        Health health = shared.health();
        return health == null || activity.active() ? own.epmHealth().get() : health.epm();
    }

    /** Why alerts are not sent, beside those to Slack; null if they are. */
    public @Nullable String alertsProblem() {
        Health health = shared.health();
        return health == null || activity.active() ? own.alertsProblem().get() : health.alerts();
    }

    /** The states of the canvases, in the order of this node's configuration. */
    public List<CanvasState> canvases() {
        Map<String, Canvas> canvases = shared.canvases();
        List<CanvasState> states = own.canvases().get();
        if (canvases == null || activity.active()) {
            return states;
        }
        return states.stream()
                .map(state -> {
                    Canvas canvas = canvases.get(state.channel().id());
                    return canvas == null ? state : canvas.appliedTo(state);
                })
                .toList();
    }

    /** This node's own views as JSON, by name. */
    public Map<String, String> own() {
        Known known = new Known(
                own.notes().get(),
                new Health(
                        own.slackHealth().get(),
                        own.epmHealth().get(),
                        own.alertsProblem().get()),
                own.canvases().get());
        Rendered last = rendered;
        if (last == null || !last.known().isSame(known)) {
            last = new Rendered(known, render(known));
            rendered = last;
        }
        return last.texts();
    }

    private static Map<String, String> render(Known known) {
        List<Reason> reasons = known.notes().reasons().entrySet().stream()
                .map(entry -> new Reason(entry.getKey().app(), entry.getKey().domain(), entry.getValue()))
                .sorted((one, other) ->
                        (one.app() + '\n' + one.domain()).compareTo(other.app() + '\n' + other.domain()))
                .toList();
        return Map.of(
                NOTES,
                WireJson.text(new Notes(reasons, new TreeMap<>(known.notes().outages()))),
                HEALTH,
                WireJson.text(known.health()),
                CANVASES,
                WireJson.text(
                        new Canvases(known.canvases().stream().map(Canvas::of).toList())));
    }

    /** Takes the views of the active node, by name. A view that cannot be read, as of another version, is ignored. */
    public void share(Map<String, String> texts) {
        Shared before = shared;
        if (texts.equals(before.texts())) {
            return;
        }
        shared = new Shared(
                Map.copyOf(texts),
                isSame(texts, before, NOTES) ? before.notes() : notes(texts.get(NOTES)),
                isSame(texts, before, HEALTH) ? before.health() : read(texts.get(HEALTH), Health.class),
                isSame(texts, before, CANVASES) ? before.canvases() : canvases(texts.get(CANVASES)));
    }

    private static boolean isSame(Map<String, String> texts, Shared before, String name) {
        String text = texts.get(name);
        return text != null && text.equals(before.texts().get(name));
    }

    private static @Nullable DomainNotes notes(@Nullable String text) {
        Notes notes = read(text, Notes.class);
        if (notes == null) {
            return null;
        }
        Map<DomainId, String> reasons = new HashMap<>();
        notes.reasons().forEach(reason -> reasons.put(new DomainId(reason.app(), reason.domain()), reason.reason()));
        return new DomainNotes(reasons, notes.outages());
    }

    private static @Nullable Map<String, Canvas> canvases(@Nullable String text) {
        Canvases canvases = read(text, Canvases.class);
        if (canvases == null) {
            return null;
        }
        Map<String, Canvas> byChannel = new HashMap<>();
        canvases.canvases().forEach(canvas -> byChannel.put(canvas.channel(), canvas));
        return byChannel;
    }

    private static <T> @Nullable T read(@Nullable String text, Class<T> type) {
        if (text == null) {
            return null;
        }
        try {
            JsonNode json = JSON.readTree(text);
            return JSON.treeToValue(json, type);
        } catch (JsonProcessingException e) {
            LOG.warn("Cluster: a view of the active node cannot be read: {}; ignoring it", e.getOriginalMessage());
            return null;
        }
    }
}
