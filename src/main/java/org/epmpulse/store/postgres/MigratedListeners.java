package org.epmpulse.store.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.epmpulse.cluster.DocumentPositions;

/** The positions of listeners: a document of the data folder, rows of the table {@code listener}. */
final class MigratedListeners {

    private MigratedListeners() {}

    /** The documents of a data folder as {@link #addTo} shows them after the copy. */
    static Map<String, byte[]> normalize(Map<String, byte[]> documents) throws IOException {
        Map<String, byte[]> normalized = new TreeMap<>(documents);
        byte[] positions = normalized.get(DocumentPositions.NAME);
        if (positions != null) {
            normalized.put(DocumentPositions.NAME, DocumentPositions.render(DocumentPositions.parse(positions)));
        }
        return normalized;
    }

    /** Writes the document into the table. */
    static void insert(Connection connection, byte[] document) throws SQLException, IOException {
        for (Map.Entry<String, Long> position :
                DocumentPositions.parse(document).entrySet()) {
            Database.update(
                    connection,
                    "INSERT INTO listener (name, revision, generation, epoch) VALUES (?, ?, 1, 0)",
                    position.getKey(),
                    position.getValue());
        }
    }

    /** Adds the table as a document; without rows there is none. */
    static void addTo(Map<String, byte[]> documents, Connection connection) throws SQLException, IOException {
        Map<String, Long> positions = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT name, revision FROM listener");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                positions.put(row.getString(1), row.getLong(2));
            }
        }
        if (!positions.isEmpty()) {
            documents.put(DocumentPositions.NAME, DocumentPositions.render(positions));
        }
    }
}
