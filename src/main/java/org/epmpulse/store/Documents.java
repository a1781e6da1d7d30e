package org.epmpulse.store;

import java.io.IOException;
import java.util.Optional;

/**
 * Small documents that outlive the process, such as which alerts were sent: files of the data folder, or rows of the
 * database, which only the active node may write. Thread-safe.
 */
public interface Documents {

    /** Keeps nothing, for routes that are only checked. */
    Documents NONE = new Documents() {
        @Override
        public Optional<byte[]> read(String name) {
            return Optional.empty();
        }

        @Override
        public void write(String name, byte[] content) {
            // Nothing is kept.
        }

        @Override
        public void setAside(String name, String reason) {
            // There is nothing to be set aside.
        }
    };

    /**
     * Reads a document.
     *
     * @param name its path below the data folder, such as {@code slack/alerts.json}
     * @return empty if there is none
     * @throws IOException if it is damaged
     * @throws StoreUnavailableException if the database does not answer; the document may be intact
     */
    Optional<byte[]> read(String name) throws IOException;

    /**
     * Replaces a document; it is durable when this method returns.
     *
     * @throws IOException if it was not written, also because this node is not the active one; the former content is
     *     then unchanged
     */
    void write(String name, byte[] content) throws IOException;

    /**
     * Keeps a damaged document under another name for a person to look at, and removes it under its own.
     *
     * @param reason for people
     */
    void setAside(String name, String reason) throws IOException;
}
