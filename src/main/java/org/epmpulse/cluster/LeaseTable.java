package org.epmpulse.cluster;

import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The row in the database that names the active node. */
public interface LeaseTable {

    /**
     * The row.
     *
     * @param holder id of the active node; null if it was released
     * @param epoch grows when the holder changes
     * @param renewals grows with every renewal
     */
    record Row(@Nullable UUID holder, long epoch, long renewals) {}

    /** Reads the row. */
    Row read() throws IOException;

    /** Renews the lease; false if the node does not hold it any more. */
    boolean renew(UUID node, long epoch) throws IOException;

    /** Takes the lease with the next epoch; false if the row has changed since it was read. */
    boolean take(UUID node, Row seen) throws IOException;

    /** Releases the lease, if the node holds it. */
    void release(UUID node, long epoch) throws IOException;
}
