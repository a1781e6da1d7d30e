package org.epmpulse.cluster;

import java.io.IOException;
import java.util.Map;

/** What the active node shows, for the others to show the same: texts by name. Thread-safe. */
public interface SharedViews {

    /** For a single node, which shares nothing. */
    SharedViews NONE = new SharedViews() {
        @Override
        public void publish(String name, String json) {
            // There is nobody to read it.
        }

        @Override
        public Map<String, String> read() {
            return Map.of();
        }
    };

    /**
     * Replaces a view.
     *
     * @throws NotActiveException if this node is not the active one
     * @throws IOException if it cannot be written
     */
    void publish(String name, String json) throws IOException;

    /**
     * All views by name.
     *
     * @throws IOException if they cannot be read
     */
    Map<String, String> read() throws IOException;
}
