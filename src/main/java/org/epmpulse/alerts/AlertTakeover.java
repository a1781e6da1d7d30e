package org.epmpulse.alerts;

import java.util.function.Supplier;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.Receipts;

/**
 * What the senders of several nodes need to continue each other's work.
 *
 * @param receipts of all sinks
 * @param storeId id of the store, which changes whenever revisions may restart
 */
public record AlertTakeover(Activity activity, Receipts receipts, Supplier<String> storeId) {

    /** For a single node. */
    public static final AlertTakeover NONE = new AlertTakeover(Activity.ALWAYS, Receipts.NONE, () -> "");

    /** A time in which a node is active and revisions grow. */
    record Period(long epoch, String storeId) {

        /** The node is passive. */
        static final Period NONE = new Period(0, "");
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
