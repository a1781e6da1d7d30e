package org.epmpulse.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.epmpulse.board.BoardReplies;
import org.epmpulse.http.Reply;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainNotes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The reply to {@code GET /api/v1/status}, cached or rendered. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BoardBeans {

    private static final Instant START = Instant.parse("2026-03-31T18:00:00Z");

    @Param({"15", "1000"})
    public int domains;

    private Board one = Board.EMPTY;
    private Board other = Board.EMPTY;
    private boolean first = true;
    private FixedStore store = new FixedStore(Board.EMPTY);
    private BoardReplies replies = replies(1, store);

    @Setup(Level.Trial)
    public void fill() {
        int updates = 3 * domains;
        one = GeneratedBoard.after(updates, domains, START);
        other = GeneratedBoard.next(one, updates, domains, START);
        store = new FixedStore(one);
        replies = replies(domains, store);
    }

    private static BoardReplies replies(int domains, FixedStore store) {
        return new BoardReplies(
                GeneratedJournal.catalog(domains),
                store,
                () -> DomainNotes.NONE,
                Duration.ofHours(2),
                () -> START.plusSeconds(600),
                Runnable::run);
    }

    @Benchmark
    public Reply sameRevision() {
        return replies.all(Map.of()).toCompletableFuture().join();
    }

    @Benchmark
    public Reply newRevision() {
        first = !first;
        store.show(first ? one : other);
        return replies.all(Map.of()).toCompletableFuture().join();
    }
}
