package org.epmpulse.cluster;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.epmpulse.store.Documents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Positions of durable listeners in a document. Thread-safe. */
public final class DocumentPositions implements ListenerPositions {

    /** The name of the document: a JSON object with a revision for each listener. */
    public static final String NAME = "listeners/positions.json";

    private static final Logger LOG = LoggerFactory.getLogger(DocumentPositions.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Documents documents;
    private final LongSupplier revision;
    private @Nullable TreeMap<String, Long> positions;

    /** @param revision of the board; after a restore it may be lower than a position */
    public DocumentPositions(Documents documents, LongSupplier revision) {
        this.documents = documents;
        this.revision = revision;
    }

    /**
     * The positions in a document.
     *
     * @throws IOException if it is damaged
     */
    public static TreeMap<String, Long> parse(byte[] document) throws IOException {
        TreeMap<String, Long> positions = JSON.readValue(document, new TypeReference<>() {});
        if (positions == null || positions.containsValue(null)) {
            throw new IOException("each listener must have a revision");
        }
        return positions;
    }

    /** The document with these positions. */
    public static byte[] render(Map<String, Long> positions) throws IOException {
        return JSON.writeValueAsBytes(new TreeMap<>(positions));
    }

    @Override
    public OptionalLong read(String listener) throws IOException {
        return readDurable(listener);
    }

    @Override
    public synchronized OptionalLong readDurable(String listener) throws IOException {
        Long position = all().get(listener);
        if (position == null) {
            return OptionalLong.empty();
        }
        long known = revision.getAsLong();
        if (position <= known) {
            return OptionalLong.of(position);
        }
        // Otherwise it would count again when the journal has reached it.
        write(listener, known);
        return OptionalLong.of(known);
    }

    @Override
    public synchronized void write(String listener, long newPosition) throws IOException {
        TreeMap<String, Long> next = new TreeMap<>(all());
        if (!Objects.equals(next.put(listener, newPosition), newPosition)) {
            documents.write(NAME, render(next));
            positions = next;
        }
    }

    private TreeMap<String, Long> all() throws IOException {
        TreeMap<String, Long> known = positions;
        if (known == null) {
            byte[] document = documents.read(NAME).orElse(null);
            known = document == null ? new TreeMap<>() : parseOrSetAside(document);
            positions = known;
        }
        return known;
    }

    private TreeMap<String, Long> parseOrSetAside(byte[] document) throws IOException {
        try {
            return parse(document);
        } catch (IOException e) {
            LOG.error(
                    "Durable listeners: {} is damaged; they continue with the next change and may have missed earlier"
                            + " ones",
                    NAME);
            documents.setAside(NAME, "the positions of durable listeners cannot be read");
            return new TreeMap<>();
        }
    }
}
