package org.epmpulse.cluster;

import java.io.IOException;
import java.util.UUID;

/**
 * Which alerts a sink has accepted, for the node that takes over. A claim is in the state of the alerts before the call;
 * its receipt is added after the call has succeeded. Thread-safe.
 */
public interface Receipts {

    /** For a single node, which needs none. */
    Receipts NONE = new Receipts() {
        @Override
        public void add(UUID claim) {
            // Nobody takes over.
        }

        @Override
        public boolean contains(UUID claim) {
            return false;
        }
    };

    /**
     * Adds a receipt, whichever node is active: the sink has accepted the message. Receipts are kept for a day.
     *
     * @throws IOException if it is not known to be durable
     */
    void add(UUID claim) throws IOException;

    /**
     * Whether there is a receipt.
     *
     * @throws IOException if that is unknown
     */
    boolean contains(UUID claim) throws IOException;
}
