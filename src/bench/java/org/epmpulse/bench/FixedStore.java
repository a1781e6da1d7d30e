package org.epmpulse.bench;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.epmpulse.status.Board;
import org.epmpulse.status.DailyRunCounts;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.ValidatedAnswer;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.ChangeReader;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/** A store with a given board; all other operations are unsupported. */
final class FixedStore implements StatusStore {

    private volatile Board board;

    FixedStore(Board board) {
        this.board = board;
    }

    void show(Board next) {
        board = next;
    }

    @Override
    public Board board() {
        return board;
    }

    @Override
    public String id() {
        return "5f0c7a52-0d3d-4d4e-8c3f-6d3f6b1f2a10";
    }

    @Override
    public CompletableFuture<List<Entry>> record(
            List<ValidatedUpdate> updates, boolean batch, @Nullable Idempotency idempotency) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Entry> answer(ValidatedAnswer answer, @Nullable Idempotency idempotency) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Board boardAt(Instant at) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChangeReader changesAfter(long revision) {
        throw new UnsupportedOperationException();
    }

    @Override
    public HistoryPage history(HistoryQuery query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DailyRunCounts dailyRunCounts(Collection<DomainId> ids, LocalDate today, ZoneId zone) {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable String problem() {
        return null;
    }

    @Override
    public int quarantined() {
        return 0;
    }

    @Override
    public void close() {}
}
