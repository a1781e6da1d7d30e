package org.epmpulse.board;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainNotes;
import org.jspecify.annotations.Nullable;

/**
 * The board as it is now, rendered once and kept until the next revision, or until time alone changes it. Thread-safe;
 * keeps one rendering.
 *
 * <p>One is rendered at a time, and all who come meanwhile share the next: however many ask, and however often it
 * changes.
 */
final class SharedBoard {

    private final BoardRenderer renderer;
    private final Supplier<Board> boards;
    private final Supplier<DomainNotes> remarks;
    private final InstantSource clock;
    private final Executor workers;
    private volatile @Nullable RenderedBoard latest;

    /** Who waits for a rendering that has not begun; null if nobody does. */
    private @Nullable CompletableFuture<RenderedBoard> pending;

    private boolean rendering;

    /** @param workers run what takes its time */
    SharedBoard(
            BoardRenderer renderer,
            Supplier<Board> boards,
            Supplier<DomainNotes> remarks,
            InstantSource clock,
            Executor workers) {
        this.renderer = renderer;
        this.boards = boards;
        this.remarks = remarks;
        this.clock = clock;
        this.workers = workers;
    }

    /** Null if it is still to be rendered. */
    @Nullable
    RenderedBoard rendered(Board board, DomainNotes remarked, Instant now) {
        RenderedBoard kept = latest;
        return kept != null && kept.shows(board, remarked, now) ? kept : null;
    }

    /** The board as it is after this call. */
    synchronized CompletableFuture<RenderedBoard> render() {
        CompletableFuture<RenderedBoard> next = pending == null ? new CompletableFuture<>() : pending;
        pending = next;
        if (!rendering) {
            rendering = true;
            workers.execute(this::renderPending);
        }
        return next;
    }

    private void renderPending() {
        complete(takePending(), this::renderNow);
        renderNext();
    }

    private RenderedBoard renderNow() {
        Board board = boards.get();
        DomainNotes remarked = remarks.get();
        Instant now = clock.instant();
        RenderedBoard kept = rendered(board, remarked, now);
        if (kept != null) {
            return kept;
        }
        // Goes before the next one is made: of many domains, two take more than a small heap has.
        latest = null;
        RenderedBoard made = renderer.render(board, remarked, now);
        latest = made;
        return made;
    }

    private synchronized CompletableFuture<RenderedBoard> takePending() {
        CompletableFuture<RenderedBoard> next = Objects.requireNonNull(pending, "somebody waits for a rendering");
        pending = null;
        return next;
    }

    /** As a task of its own, so that other work gets its turn. */
    private synchronized void renderNext() {
        rendering = pending != null;
        if (rendering) {
            workers.execute(this::renderPending);
        }
    }

    /** Completes with what is rendered, or with the failure. */
    static void complete(CompletableFuture<RenderedBoard> result, Supplier<RenderedBoard> render) {
        try {
            result.complete(render.get());
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }
}
