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
 * Caches the current board as JSON until the next revision, or until time alone changes it. Thread-safe; holds one
 * board.
 *
 * <p>Renders one board at a time. All requests that arrive during a rendering share the next one, so the CPU time does
 * not depend on the number of requests or changes.
 */
final class RenderedBoardCache {

    private final BoardRenderer renderer;
    private final Supplier<Board> boards;
    private final Supplier<DomainNotes> notes;
    private final InstantSource clock;
    private final Executor workers;
    private volatile @Nullable RenderedBoard latest;

    /** The next rendering, which has not started; null if none was requested. */
    private @Nullable CompletableFuture<RenderedBoard> pending;

    private boolean rendering;

    /** @param workers run the rendering */
    RenderedBoardCache(
            BoardRenderer renderer,
            Supplier<Board> boards,
            Supplier<DomainNotes> notes,
            InstantSource clock,
            Executor workers) {
        this.renderer = renderer;
        this.boards = boards;
        this.notes = notes;
        this.clock = clock;
        this.workers = workers;
    }

    /** The cached board; null if it must be rendered. */
    @Nullable
    RenderedBoard rendered(Board board, DomainNotes currentNotes, Instant now) {
        RenderedBoard cached = latest;
        return cached != null && cached.isCurrent(board, currentNotes, now) ? cached : null;
    }

    /** Renders the board in a state not older than this call. */
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
        DomainNotes currentNotes = notes.get();
        Instant now = clock.instant();
        RenderedBoard cached = rendered(board, currentNotes, now);
        if (cached != null) {
            return cached;
        }
        // Release the old one first: with many domains, two boards do not fit into a small heap.
        latest = null;
        RenderedBoard rendered = renderer.render(board, currentNotes, now);
        latest = rendered;
        return rendered;
    }

    private synchronized CompletableFuture<RenderedBoard> takePending() {
        CompletableFuture<RenderedBoard> next = Objects.requireNonNull(pending, "a rendering is pending");
        pending = null;
        return next;
    }

    /** Starts a new task, so that other tasks of the workers run in between. */
    private synchronized void renderNext() {
        rendering = pending != null;
        if (rendering) {
            workers.execute(this::renderPending);
        }
    }

    /** Completes with the rendered board, or with the failure. */
    static void complete(CompletableFuture<RenderedBoard> result, Supplier<RenderedBoard> render) {
        try {
            result.complete(render.get());
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }
}
