package org.epmpulse.board;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.epmpulse.http.AsOf;
import org.epmpulse.http.BadRequestException;
import org.epmpulse.http.EntityTag;
import org.epmpulse.http.NotFoundException;
import org.epmpulse.http.Reply;
import org.epmpulse.http.RequestHeaders;
import org.epmpulse.http.WireJson;
import org.epmpulse.status.Answer;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.Names;
import org.epmpulse.status.StatusChange;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.StatusStore;
import org.epmpulse.store.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * The replies of {@code GET /api/v1/status}, and the entries of {@code GET /api/v1/events}. Thread-safe.
 *
 * <p>{@link RenderedBoardCache} keeps the current board. A board of the past is rendered for each request.
 */
public final class BoardReplies {

    private record AppBoard(
            String app,
            String displayName,
            Map<String, DomainEntry> domains,
            @Nullable Instant lastUpdated) {}

    /** A change: the data of its event, and what the stream has elsewhere. */
    private record ChangeData(
            String app,
            String domain,
            @JsonUnwrapped DomainEntry entry,
            long revision,
            String previousStatus,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            AnswerData answer) {}

    private record AnswerData(
            String kind,
            @Nullable Instant until,
            @Nullable String reason,
            @Nullable String by) {

        static @Nullable AnswerData of(@Nullable Answer answer) {
            return answer == null
                    ? null
                    : new AnswerData(answer.kind().label(), answer.until(), answer.reason(), answer.by());
        }
    }

    private record EventData(
            String app, String domain, @JsonUnwrapped DomainEntry entry) {}

    /**
     * The current board with the header of {@link AsOf}.
     *
     * @param source the reply without the header
     */
    private record Marked(Reply source, Instant asOf, Reply reply) {}

    /** Boards with more domains are rendered one at a time, because each needs some 300 bytes a domain. */
    private static final int MANY_DOMAINS = 5_000;

    private final Object manyDomainsLock = new Object();
    private final Catalog catalog;
    private final StatusStore store;
    private final Supplier<DomainNotes> notes;
    private final InstantSource clock;
    private final Executor workers;
    private final BoardRenderer renderer;
    private final RenderedBoardCache cache;

    /** The last marked board, so that all clients share it; null if nodes know all. */
    private volatile @Nullable Marked marked;

    /**
     * @param notes returns a new object after each change
     * @param staleAfter a domain that has been Loading for longer than this is stale
     * @param workers run the rendering
     */
    public BoardReplies(
            Catalog catalog,
            StatusStore store,
            Supplier<DomainNotes> notes,
            Duration staleAfter,
            InstantSource clock,
            Executor workers) {
        this.catalog = catalog;
        this.store = store;
        this.notes = notes;
        this.clock = clock;
        this.workers = workers;
        this.renderer = new BoardRenderer(catalog, store::id, staleAfter);
        this.cache = new RenderedBoardCache(renderer, store::board, notes, clock, workers);
    }

    /**
     * Every configured domain, now or at a time in the past, or 304 if {@code If-None-Match} names this version.
     * Returns at once; the workers render.
     *
     * @return fails with {@link HistoryGoneException} if no board is stored for that time, or with {@link
     *     StoreUnavailableException} if the files cannot be read
     * @throws BadRequestException if {@code at} is not ISO 8601
     */
    public CompletionStage<Reply> all(Map<String, Object> headers) {
        Instant at = past(headers);
        if (at != null) {
            Instant asOf = AsOf.at(store, at);
            return reply(renderPast(at), found -> AsOf.mark(found.replyOrNotModified(headers), asOf));
        }
        CompletableFuture<Board> latest = store.latest();
        // A store that fails has a board that it knows.
        return latest.isDone()
                ? current(headers)
                : latest.handle((board, failure) -> headers).thenCompose(this::current);
    }

    private CompletionStage<Reply> current(Map<String, Object> headers) {
        Instant asOf = store.asOf();
        RenderedBoard rendered = cache.rendered(store.board(), notes.get(), clock.instant());
        return rendered == null
                ? reply(cache.render(), found -> mark(found.replyOrNotModified(headers), asOf))
                : CompletableFuture.completedStage(mark(rendered.replyOrNotModified(headers), asOf));
    }

    private static CompletionStage<Reply> reply(
            CompletableFuture<RenderedBoard> rendered, Function<RenderedBoard, Reply> toReply) {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        rendered.whenComplete((board, failure) -> {
            if (board != null) {
                reply.complete(toReply.apply(board));
            } else {
                reply.completeExceptionally(failure);
            }
        });
        return reply;
    }

    /** Adds the header of {@link AsOf} while the store does not know all; a shared reply stays shared. */
    private Reply mark(Reply reply, @Nullable Instant asOf) {
        Marked known = marked;
        if (asOf == null) {
            if (known != null) {
                marked = null;
            }
            return reply;
        }
        if (!reply.shared()) {
            return AsOf.mark(reply, asOf);
        }
        if (known == null || known.source() != reply || !known.asOf().equals(asOf)) {
            known = new Marked(reply, asOf, AsOf.mark(reply, asOf).asShared());
            marked = known;
        }
        return known.reply();
    }

    private CompletableFuture<RenderedBoard> renderPast(Instant at) {
        CompletableFuture<RenderedBoard> past = new CompletableFuture<>();
        long domains = catalog.domainIds().count();
        workers.execute(() -> RenderedBoardCache.complete(
                past, () -> render(domains, () -> renderer.render(store.boardAt(at), DomainNotes.NONE, at))));
        return past;
    }

    /** Renders at once, or one after the other if there are many domains. */
    private <T> T render(long domains, Supplier<T> rendering) {
        if (domains <= MANY_DOMAINS) {
            return rendering.get();
        }
        synchronized (manyDomainsLock) {
            return rendering.get();
        }
    }

    /** The requested time in the past; null for now and for the future. */
    private @Nullable Instant past(Map<String, Object> headers) {
        Instant at = RequestHeaders.instant(headers, "at");
        return at == null || !at.isBefore(clock.instant()) ? null : at;
    }

    /**
     * The domains of one application, now or at a time in the past, or 304 if {@code If-None-Match} names this version.
     * Blocks: for workers.
     *
     * @throws BadRequestException if {@code at} is not ISO 8601
     * @throws NotFoundException if the application is not configured
     * @throws HistoryGoneException if no board is stored for that time
     */
    public Reply app(Map<String, Object> headers) {
        String id = RequestHeaders.pathParameter(headers, "app");
        Catalog.App app = catalog.app(id);
        if (app == null) {
            throw new NotFoundException("Unknown app." + hint(id), Map.of());
        }
        Instant at = past(headers);
        Instant asOf = AsOf.await(store, at);
        return AsOf.mark(render(app.domainIds().size(), () -> app(app, at, headers)), asOf);
    }

    private Reply app(Catalog.App app, @Nullable Instant at, Map<String, Object> headers) {
        Board board = at == null ? store.board() : store.boardAt(at);
        DomainNotes shownNotes = at == null ? notes.get() : DomainNotes.NONE;
        Instant now = at == null ? clock.instant() : at;
        RenderedBoard rendered = at == null ? cache.rendered(board, shownNotes, now) : null;
        EntityTag tag = rendered == null ? renderer.tag(board, shownNotes, now) : rendered.tag();
        Instant lastUpdated = app.domainIds().values().stream()
                .map(domain -> board.of(domain).received())
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElse(null);
        AppBoard appBoard =
                new AppBoard(app.id(), app.displayName(), renderer.domains(board, shownNotes, app, now), lastUpdated);
        return tag.replyOrNotModified(headers, Reply.ok(appBoard));
    }

    /**
     * The entry of a domain. The state of EPM changes only the entries of running loads; time changes those, and those
     * with answers to alerts.
     */
    public DomainEntry entry(Board board, DomainId id, Instant now) {
        return renderer.entry(board, notes.get(), id, now);
    }

    /** A domain's entry with its {@code app} and {@code domain}, in one line. */
    public static String json(DomainId id, DomainEntry entry) {
        return WireJson.text(new EventData(id.app(), id.domain(), entry));
    }

    /**
     * A change of the board in one line: as the data of {@code GET /api/v1/events}, with {@code revision}, {@code
     * previous_status} and, if it is one, the {@code answer} to alerts. What depends on time is as of now.
     */
    public String json(StatusChange change) {
        DomainEntry entry = renderer.entry(change.after(), store.board(), notes.get(), change.id(), clock.instant());
        return WireJson.text(new ChangeData(
                change.app(),
                change.domain(),
                entry,
                change.revision(),
                change.before().status().label(),
                AnswerData.of(change.answer())));
    }

    /** Identifies the store and the configuration that revisions belong to. */
    public String lineage() {
        return renderer.lineage();
    }

    private String hint(@Nullable String name) {
        String hint = name == null ? "" : Names.hint(name, catalog.apps().keySet());
        return hint.isEmpty() ? " GET /api/v1/status lists the configured apps." : hint;
    }
}
