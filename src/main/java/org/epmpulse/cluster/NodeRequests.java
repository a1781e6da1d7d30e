package org.epmpulse.cluster;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Requests of any node to the active one. A request that is older than five minutes is removed. Thread-safe.
 */
public interface NodeRequests {

    /** For a single node, which asks nobody. */
    NodeRequests NONE = new NodeRequests() {
        @Override
        public UUID add(Kind kind, @Nullable String channel) {
            return new UUID(0, 0);
        }

        @Override
        public @Nullable String reply(UUID id) {
            return null;
        }

        @Override
        public List<Request> open() {
            return List.of();
        }

        @Override
        public void reply(UUID id, String text) {
            // There is no request.
        }
    };

    /** What is requested. */
    enum Kind {
        /** Publish a canvas, or all, and reply how that ended. */
        SYNC("sync"),
        /** Publish a canvas again: an edit of another node may have come after the latest one. */
        LATE_EDIT("late-edit");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** The name in the database. */
        public String label() {
            return label;
        }
    }

    /**
     * A request.
     *
     * @param channel null for all channels
     */
    record Request(UUID id, Kind kind, @Nullable String channel) {}

    /**
     * Adds a request.
     *
     * @param channel null for all channels
     * @return the id of the request
     * @throws IOException if it was not added
     */
    UUID add(Kind kind, @Nullable String channel) throws IOException;

    /**
     * The reply to a request; null while there is none.
     *
     * @throws IOException if it cannot be read
     */
    @Nullable
    String reply(UUID id) throws IOException;

    /**
     * The requests without a reply, the oldest first.
     *
     * @throws IOException if they cannot be read
     */
    List<Request> open() throws IOException;

    /**
     * Replies to a request.
     *
     * @throws NotActiveException if this node is not the active one
     * @throws IOException if the reply was not written
     */
    void reply(UUID id, String text) throws IOException;
}
