package org.epmpulse.alerts;

import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.Receipts;
import org.epmpulse.status.StatusChange;
import org.jspecify.annotations.Nullable;

/**
 * What the senders of several nodes need to continue each other's work.
 *
 * @param receipts of all sinks
 * @param storeId id of the store, which changes whenever revisions may restart
 * @param changesAfter the changes after a revision, as far as this node has kept them
 */
public record AlertTakeover(
        Activity activity, Receipts receipts, Supplier<String> storeId, LongFunction<List<StatusChange>> changesAfter) {

    /** For a single node. */
    public static final AlertTakeover NONE =
            new AlertTakeover(Activity.ALWAYS, Receipts.NONE, () -> "", revision -> List.of());

    /** A time in which a node is active and revisions grow. */
    record Period(long epoch, String storeId) {

        /** The node is passive. */
        static final Period NONE = new Period(0, "");
    }

    /**
     * The changes that are not in the state that another node saved. The position of its listener says nothing: it is
     * saved apart from this state, and may be ahead of it.
     *
     * @param state null if none was saved
     * @param store id of the store now
     */
    List<StatusChange> changesMissingIn(@Nullable AlertState state, String store) {
        AlertState.Position position = state == null ? null : state.position();
        return position != null && position.store().equals(store) ? changesAfter.apply(position.revision()) : List.of();
    }

    /** Whether there can be another node. */
    boolean isPossible() {
        return !activity.single();
    }

    /** The current period; {@link Period#NONE} while this node is passive. */
    Period period() {
        long epoch = activity.epoch();
        return epoch == 0 ? Period.NONE : new Period(epoch, storeId.get());
    }
}
