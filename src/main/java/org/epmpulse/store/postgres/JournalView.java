package org.epmpulse.store.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.StatusChange;
import org.epmpulse.store.IdempotencyIndex;
import org.epmpulse.store.NameInterner;
import org.epmpulse.store.RecordedElsewhere;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows of the journal: its rows, applied in their order. Several threads may offer the same rows; each
 * row is applied once, and its change goes to the listeners once. Thread-safe.
 */
final class JournalView {

    private final IdempotencyIndex<Long> idempotency;
    private final NameInterner names;
    private final Consumer<StatusChange> changes;
    private final String node;
    private final RecordedElsewhere elsewhere;
    private final RecentRows recent = new RecentRows();
    private volatile SqlState state;
    private volatile Runnable updated = () -> {};

    /**
     * The state after a row.
     *
     * @param chain chain value of the row; 0 before the first row
     * @param lastReceived time of receipt of the row; null before the first row
     * @param generation of the store, see {@link Lineage}
     */
    record SqlState(Board board, long chain, @Nullable Instant lastReceived, long generation) {

        /** Number of the row; 0 before the first row. */
        long seq() {
            return board.sequence();
        }

        private SqlState withGeneration(long other) {
            return new SqlState(board, chain, lastReceived, other);
        }
    }

    /**
     * @param changes receives every change in the order of the revisions; it must not block
     * @param node name of this node
     * @param elsewhere receives the keys of rows that other nodes wrote
     */
    JournalView(
            SqlState loaded,
            IdempotencyIndex<Long> idempotency,
            NameInterner names,
            Consumer<StatusChange> changes,
            String node,
            RecordedElsewhere elsewhere) {
        this.state = loaded;
        this.idempotency = idempotency;
        this.names = names;
        this.changes = changes;
        this.node = node;
        this.elsewhere = elsewhere;
        recent.add(loaded.seq(), loaded.chain(), loaded.board().revision());
    }

    SqlState state() {
        return state;
    }

    /** Sets the listener that is called after each change of the state; it must not block. */
    void onUpdate(Runnable listener) {
        updated = listener;
    }

    private void become(SqlState next) {
        state = next;
        updated.run();
    }

    IdempotencyIndex<Long> idempotency() {
        return idempotency;
    }

    /**
     * Applies rows of a query.
     *
     * @return how many there were
     */
    synchronized int apply(ResultSet rows) throws SQLException {
        int count = 0;
        while (rows.next()) {
            apply(EntryRows.read(rows, names));
            count++;
        }
        return count;
    }

    /**
     * A committed group of this node.
     *
     * @param rows at least one
     * @param before the state that the group was decided after
     * @param board after the rows
     * @param changes of the rows
     */
    record Group(List<EntryRows.Row> rows, SqlState before, Board board, List<StatusChange> changes) {

        EntryRows.Row first() {
            return rows.get(0);
        }

        EntryRows.Row last() {
            return rows.get(rows.size() - 1);
        }
    }

    /** Takes over the board of a committed group. If other threads have already read some of its rows, applies the rest. */
    synchronized void apply(Group group) throws SQLException {
        SqlState before = state;
        if (before.seq() != group.before().seq()
                || before.chain() != group.before().chain()) {
            for (EntryRows.Row row : group.rows()) {
                apply(row);
            }
            return;
        }
        long revision = before.board().revision();
        for (EntryRows.Row row : group.rows()) {
            Entry entry = row.entry();
            idempotency.add(entry, row.seq());
            revision = entry.outcome() == Outcome.RECORDED && entry.revision() != null ? entry.revision() : revision;
            recent.add(row.seq(), row.chain(), revision);
        }
        EntryRows.Row last = group.last();
        become(new SqlState(group.board(), last.chain(), last.entry().received(), before.generation()));
        group.changes().forEach(changes);
    }

    private void apply(EntryRows.Row row) throws SQLException {
        SqlState before = state;
        if (row.seq() <= before.seq()) {
            return;
        }
        if (row.seq() != before.seq() + 1) {
            throw new MissingRowException(before.seq() + 1);
        }
        Entry entry = row.entry();
        Board after = before.board().apply(entry);
        idempotency.add(entry, row.seq());
        recent.add(row.seq(), row.chain(), after.revision());
        become(new SqlState(after, row.chain(), entry.received(), before.generation()));
        String key = entry.key();
        if (key != null && !row.node().equals(node)) {
            elsewhere.recorded(key, 1);
        }
        if (entry.outcome() == Outcome.RECORDED) {
            DomainStatus old = before.board().of(entry.id());
            changes.accept(new StatusChange(after.revision(), entry.id(), old, after.of(entry.id()), entry.answer()));
        }
    }

    /** Continues with the same rows in another generation of the store. */
    synchronized void keep(long generation) {
        become(state.withGeneration(generation));
    }

    /** Replaces everything, because the database has lost rows that this node knew. */
    synchronized void replace(SqlBoards.Loaded loaded) {
        idempotency.clear();
        loaded.addKeysTo(idempotency);
        become(loaded.state());
        recent.add(state.seq(), state.chain(), state.board().revision());
    }

    /** The last rows that were applied. */
    RecentRows recent() {
        return recent;
    }
}
