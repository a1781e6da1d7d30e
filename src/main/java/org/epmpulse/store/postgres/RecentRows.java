package org.epmpulse.store.postgres;

import org.jspecify.annotations.Nullable;

/** Chain values and revisions of the last {@value #SIZE} rows that this node has applied. Thread-safe. */
final class RecentRows {

    /** A power of two. */
    static final int SIZE = 8_192;

    private final long[] seqs = new long[SIZE];
    private final long[] chains = new long[SIZE];
    private final long[] revisions = new long[SIZE];

    synchronized void add(long seq, long chain, long revision) {
        int slot = (int) (seq & (SIZE - 1));
        seqs[slot] = seq;
        chains[slot] = chain;
        revisions[slot] = revision;
    }

    /**
     * The last revision at a row.
     *
     * @return null if the row is not known or has another chain value
     */
    synchronized @Nullable Long revision(long seq, long chain) {
        int slot = (int) (seq & (SIZE - 1));
        return seqs[slot] == seq && chains[slot] == chain ? (Long) revisions[slot] : null;
    }
}
