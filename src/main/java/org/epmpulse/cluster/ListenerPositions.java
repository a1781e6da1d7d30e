package org.epmpulse.cluster;

import java.io.IOException;
import java.util.OptionalLong;

/**
 * How far the listeners of changes have got, for the next start or the node that takes over. Thread-safe.
 */
public interface ListenerPositions {

    /** Keeps nothing. */
    ListenerPositions NONE = new ListenerPositions() {
        @Override
        public OptionalLong read(String listener) {
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong readDurable(String listener) {
            return OptionalLong.empty();
        }

        @Override
        public void write(String listener, long revision) {
            // Nobody takes over.
        }
    };

    /**
     * The position of a listener.
     *
     * @return the revision of the last change that it has processed; empty if none is known, also after revisions have
     *     restarted
     * @throws IOException if it cannot be read
     */
    OptionalLong read(String listener) throws IOException;

    /**
     * The position of a listener that misses no change, also after revisions have restarted: changes up to it are not
     * in the journal any more, or the listener has processed them.
     *
     * @return empty only if the listener has never run
     * @throws IOException if it cannot be read
     */
    OptionalLong readDurable(String listener) throws IOException;

    /**
     * Replaces the position of a listener.
     *
     * @throws NotActiveException if this node is not the active one
     * @throws IOException if it cannot be written
     */
    void write(String listener, long revision) throws IOException;
}
