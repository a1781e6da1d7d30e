package org.epmpulse.store.postgres;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Sha256;
import org.epmpulse.store.IdempotencyIndex;
import org.epmpulse.store.journal.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * What one of two equal journals holds: its entries, the state that a start makes of them, and its documents. Not
 * thread-safe.
 */
final class JournalCopy {

    /** Keys that are almost too old are not compared: the two clocks may differ. */
    private static final Duration KEYS = IdempotencyIndex.MAX_AGE.minusHours(1);

    private final Instant keysSince;
    private final List<Entry> keyed = new ArrayList<>();
    private long entries;
    private long chain;
    private Board board = Board.EMPTY;
    private @Nullable IdempotencyIndex<?> keys;
    private Map<String, byte[]> documents = Map.of();

    /** @param now by the wall clock */
    JournalCopy(Instant now) {
        this.keysSince = now.minus(KEYS);
    }

    /** Adds the next entry; returns its chain value, where the first entry follows the value 0. */
    long add(Entry entry) {
        chain = EntryRows.chain(chain, entry);
        entries++;
        if (entry.idempotency() != null && entry.received().isAfter(keysSince)) {
            keyed.add(entry);
        }
        return chain;
    }

    /** Sets what a start makes of the entries. */
    void setState(Board newBoard, IdempotencyIndex<?> newKeys, Map<String, byte[]> newDocuments) {
        board = newBoard;
        keys = newKeys;
        documents = newDocuments;
    }

    long entries() {
        return entries;
    }

    Board board() {
        return board;
    }

    Map<String, byte[]> documents() {
        return documents;
    }

    /**
     * Compares with another one.
     *
     * @throws IOException if they differ, with the first difference as its message
     */
    void requireEqual(JournalCopy other) throws IOException {
        if (entries != other.entries) {
            throw new IOException("there are " + entries + " entries here and " + other.entries + " there");
        }
        require(chain == other.chain, "the entries");
        require(board.revision() == other.board.revision(), "the revisions");
        require(digest(board).equals(digest(other.board)), "the boards or jobs");
        require(documents.keySet().equals(other.documents.keySet()), "the names of the documents");
        for (Map.Entry<String, byte[]> document : documents.entrySet()) {
            require(
                    Arrays.equals(document.getValue(), other.documents.get(document.getKey())),
                    "the documents " + document.getKey());
        }
        for (Entry entry : keyed) {
            require(Objects.equals(find(keys, entry), find(other.keys, entry)), "the idempotency keys");
        }
    }

    private static void require(boolean equal, String what) throws IOException {
        if (!equal) {
            throw new IOException(what + " differ");
        }
    }

    /** The first request with the key of an entry, without its position. */
    private static @Nullable List<Object> find(@Nullable IdempotencyIndex<?> keys, Entry entry) {
        IdempotencyIndex.FirstRequest<?> first = Objects.requireNonNull(keys, "the state is set")
                .find(
                        entry.key(),
                        IdempotencyIndex.path(entry.place() != null, entry.answer(), entry.id()),
                        Objects.requireNonNull(entry.idempotency()));
        return first == null ? null : List.of(first.bodySha256(), first.count(), first.received());
    }

    /** Of the board with its jobs and durations, in the form of the state file. */
    private static String digest(Board board) throws IOException {
        MessageDigest digest = Sha256.digest();
        try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            new Snapshot("", Instant.EPOCH, board, null).writeWithChecksum(new Catalog(Map.of()), out);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
