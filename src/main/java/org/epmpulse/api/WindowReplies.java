package org.epmpulse.api;

import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.epmpulse.http.AsOf;
import org.epmpulse.http.BadRequestException;
import org.epmpulse.http.Envelope;
import org.epmpulse.http.Reply;
import org.epmpulse.http.RequestHeaders;
import org.epmpulse.http.WireJson;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.StatusStore;
import org.epmpulse.window.DeadlineState;
import org.epmpulse.window.WindowDomain;
import org.epmpulse.window.WindowView;
import org.epmpulse.window.WindowViews;
import org.jspecify.annotations.Nullable;

/** Shows all domains in the close window: {@code GET /api/v1/window}. Thread-safe; holds the last reply. */
public final class WindowReplies {

    /** The domains are created one by one while they are written. */
    private record Window(
            Instant starts,
            Instant ends,
            Instant asOf,
            long revision,
            @Nullable String version,
            boolean complete,
            @Nullable Instant expectedEnd,
            @Nullable Instant pessimisticEnd,
            @Nullable Instant usualEnd,
            Map<String, Integer> counts,
            Iterator<WindowEntry> domains) {}

    /** @param reply with all domains; null until it is requested */
    private record Rendered(
            WindowVersions versions, @Nullable Reply reply) {}

    private final WindowViews views;
    private final StatusStore store;
    private final Supplier<DomainNotes> notes;
    private final InstantSource clock;
    private final Object pastLock = new Object();

    /** Soft, because with many domains it needs some 600 bytes a domain, and nobody may need it again. */
    private SoftReference<@Nullable Rendered> latest = new SoftReference<>(null);

    /** Bytes of the last reply; an estimate for the next one. */
    private volatile int lastSize;

    /** @param notes returns a new object after each change */
    public WindowReplies(WindowViews views, StatusStore store, Supplier<DomainNotes> notes, InstantSource clock) {
        this.views = views;
        this.store = store;
        this.notes = notes;
        this.clock = clock;
    }

    /**
     * The window now, or at a time in the past; with {@code trends=true} with the durations of the last runs; with {@code
     * after} only the domains that changed after that version of the current window, if it is known. Waits for the
     * store, on a worker.
     *
     * @throws BadRequestException if {@code at} is not ISO 8601, or {@code trends} is not {@code true} or {@code false}
     * @throws HistoryGoneException if no board is stored for that time
     */
    public Reply show(Map<String, Object> headers) {
        Instant at = past(headers, clock);
        boolean trends = RequestHeaders.flag(headers, "trends");
        Instant asOf = AsOf.await(store, at);
        if (at != null) {
            return AsOf.mark(past(at, trends), asOf);
        }
        return AsOf.mark(trends ? withTrends() : current(RequestHeaders.text(headers, "after")), asOf);
    }

    /** The requested time in the past; null for now and for the future. */
    static @Nullable Instant past(Map<String, Object> headers, InstantSource clock) {
        Instant at = RequestHeaders.instant(headers, "at");
        return at == null || !at.isBefore(clock.instant()) ? null : at;
    }

    /** One at a time, so that the cost of all domains does not depend on the number of requests. */
    private synchronized Reply current(@Nullable String after) {
        WindowView view = views.current();
        DomainNotes currentNotes = notes.get();
        Rendered cached = latest.get();
        if (cached == null || !cached.versions().isOf(view, currentNotes)) {
            latest.clear();
            cached = new Rendered(
                    cached == null
                            ? WindowVersions.first(view, currentNotes)
                            : cached.versions().next(view, currentNotes),
                    null);
            latest = new SoftReference<>(cached);
        }
        WindowVersions versions = cached.versions();
        Integer known = after == null ? null : versions.numberOf(after);
        if (known != null) {
            return render(view, currentNotes, false, versions.name(), versions.changedAfter(known));
        }
        Reply reply = cached.reply();
        if (reply == null) {
            reply = render(view, currentNotes, false, versions.name(), null).asShared();
            latest = new SoftReference<>(new Rendered(versions, reply));
        }
        return reply;
    }

    /** One at a time, because a view with many domains needs much memory. */
    private Reply past(Instant at, boolean trends) {
        synchronized (pastLock) {
            return render(views.past(store.boardAt(at), at), DomainNotes.NONE, trends, null, null);
        }
    }

    private Reply withTrends() {
        synchronized (pastLock) {
            return render(views.current(), notes.get(), true, null, null);
        }
    }

    /**
     * @param version of the current window; null if it has none
     * @param changed the domains of the reply; null for all
     */
    private Reply render(
            WindowView view,
            DomainNotes shownNotes,
            boolean trends,
            @Nullable String version,
            @Nullable List<WindowDomain> changed) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        view.counts().forEach((state, count) -> counts.put(state.label(), count));
        for (DeadlineState state : new DeadlineState[] {DeadlineState.LATE, DeadlineState.AT_RISK}) {
            counts.put(state.label(), view.count(state));
        }
        Window window = new Window(
                view.window().starts(),
                view.window().ends(),
                view.asOf(),
                view.board().revision(),
                version,
                changed == null,
                view.expectedEnd(),
                view.pessimisticEnd(),
                view.usualEnd(),
                counts,
                (changed == null ? view.domains().values() : changed)
                        .stream()
                                .map(domain -> WindowEntry.of(domain, view, shownNotes, trends))
                                .iterator());
        ByteBuffer json = WireJson.buffer(new Envelope.Success(window), changed == null ? lastSize : 0);
        if (changed == null) {
            lastSize = json.remaining();
        }
        return new Reply(200, Map.of(), json);
    }
}
