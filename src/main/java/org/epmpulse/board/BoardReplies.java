package org.epmpulse.board;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.epmpulse.http.BadRequestException;
import org.epmpulse.http.EntityTag;
import org.epmpulse.http.NotFoundException;
import org.epmpulse.http.Reply;
import org.epmpulse.http.RequestHeaders;
import org.epmpulse.http.WireJson;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.Names;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.StatusStore;
import org.epmpulse.store.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Shows the board: {@code GET /api/v1/status}, and each entry of {@code GET /api/v1/events}. Thread-safe.
 *
 * <p>{@link SharedBoard} keeps the whole board as it is now; what is asked of the past is rendered each time.
 */
public final class BoardReplies {

    private record One(
            String app,
            String displayName,
            Map<String, DomainEntry> domains,
            @Nullable Instant lastUpdated) {}

    private record Named(
            String app, String domain, @JsonUnwrapped DomainEntry entry) {}

    private final Catalog catalog;
    private final StatusStore store;
    private final Supplier<DomainNotes> remarks;
    private final InstantSource clock;
    private final Executor workers;
    private final BoardRenderer renderer;
    private final SharedBoard current;

    /**
     * @param remarks another object whenever they change
     * @param staleAfter a domain that has been Loading for longer than this is stale
     * @param workers run what takes its time
     */
    public BoardReplies(
            Catalog catalog,
            StatusStore store,
            Supplier<DomainNotes> remarks,
            Duration staleAfter,
            InstantSource clock,
            Executor workers) {
        this.catalog = catalog;
        this.store = store;
        this.remarks = remarks;
        this.clock = clock;
        this.workers = workers;
        this.renderer = new BoardRenderer(catalog, store.id(), staleAfter);
        this.current = new SharedBoard(renderer, store::board, remarks, clock, workers);
    }

    /**
     * Every configured domain, now or as it was, or 304 if the sender has this version already. Returns at once; what
     * must be rendered is rendered by the workers.
     *
     * @return fails with {@link HistoryGoneException} if the board of that time is not known any more, or with {@link
     *     StoreUnavailableException} if the files cannot be read
     * @throws BadRequestException if {@code at} is no time
     */
    public CompletionStage<Reply> all(Map<String, Object> headers) {
        Instant at = past(headers);
        RenderedBoard rendered = at == null ? current.rendered(store.board(), remarks.get(), clock.instant()) : null;
        if (rendered != null) {
            return CompletableFuture.completedStage(rendered.unlessKnown(headers));
        }
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        (at == null ? current.render() : renderPast(at)).whenComplete((made, failure) -> {
            if (made != null) {
                reply.complete(made.unlessKnown(headers));
            } else {
                reply.completeExceptionally(failure);
            }
        });
        return reply;
    }

    private CompletableFuture<RenderedBoard> renderPast(Instant at) {
        CompletableFuture<RenderedBoard> past = new CompletableFuture<>();
        workers.execute(
                () -> SharedBoard.complete(past, () -> renderer.render(store.boardAt(at), DomainNotes.NONE, at)));
        return past;
    }

    /** The time in the past that is asked for; null for now, and for what is yet to come. */
    private @Nullable Instant past(Map<String, Object> headers) {
        Instant at = RequestHeaders.instant(headers, "at");
        return at == null || at.isAfter(clock.instant()) ? null : at;
    }

    /**
     * The domains of one application, now or as they were, or 304 if the sender has this version already.
     *
     * @throws BadRequestException if {@code at} is no time
     * @throws NotFoundException if the application is not configured
     * @throws HistoryGoneException if the board of that time is not known any more
     */
    public Reply app(Map<String, Object> headers) {
        String id = RequestHeaders.text(headers, "app");
        Catalog.App app = catalog.app(id);
        if (app == null) {
            throw new NotFoundException("No such app is configured." + hint(id), Map.of());
        }
        Instant at = past(headers);
        Board board = at == null ? store.board() : store.boardAt(at);
        DomainNotes remarked = at == null ? remarks.get() : DomainNotes.NONE;
        Instant now = at == null ? clock.instant() : at;
        RenderedBoard rendered = at == null ? current.rendered(board, remarked, now) : null;
        EntityTag tag = rendered == null ? renderer.tag(board, remarked, now) : rendered.tag();
        Instant lastUpdated = app.domainIds().values().stream()
                .map(domain -> board.of(domain).received())
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElse(null);
        One one = new One(app.id(), app.displayName(), renderer.domains(board, remarked, app, now), lastUpdated);
        return tag.unlessKnown(headers, Reply.ok(one));
    }

    /** What is shown of a domain. Time and EPM's state change that of a load only: the event stream looks at no others. */
    public DomainEntry entry(Board board, DomainId id, Instant now) {
        return renderer.entry(board, remarks.get(), id, now);
    }

    /** A domain's entry with its {@code app} and {@code domain}, in one line. */
    public static String json(DomainId id, DomainEntry entry) {
        return WireJson.text(new Named(id.app(), id.domain(), entry));
    }

    /** Names what revisions count: they say nothing to another store, or about another configuration. */
    public String lineage() {
        return renderer.lineage();
    }

    private String hint(@Nullable String name) {
        Collection<String> known = catalog.apps().keySet();
        String nearest = name == null ? null : Names.nearest(name, known);
        return nearest == null ? "" : " Did you mean \"" + nearest + "\"?";
    }
}
