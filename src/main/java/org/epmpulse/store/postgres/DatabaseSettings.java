package org.epmpulse.store.postgres;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where the database is.
 *
 * @param url {@code jdbc:postgresql:} with one or more hosts
 * @param user null for the user of the URL
 * @param password asked at every connect; its text never appears in a message
 * @param node name of this node, for the rows that it writes and for the connections
 * @param migrate whether to create and upgrade the tables; otherwise they are only checked
 */
public record DatabaseSettings(
        String url, @Nullable String user, PasswordSource password, String node, boolean migrate) {

    /** The password. */
    @FunctionalInterface
    public interface PasswordSource {

        /**
         * The current password; null if there is none.
         *
         * @throws IOException if it cannot be read, with a message for the operator
         */
        @Nullable
        String get() throws IOException;
    }

    @Override
    public String toString() {
        return "DatabaseSettings[node " + node + "]";
    }
}
