package org.epmpulse.store.postgres;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.epmpulse.status.Board;
import org.jspecify.annotations.Nullable;

/**
 * After which rows a past board is stored: after the first one of each UTC day, and after {@value #ROWS} rows and one
 * more for each domain. So a board of the past is computed from the rows of a day at most. Not thread-safe.
 */
final class PastBoardRule {

    private static final long ROWS = 100_000;

    private long seq;
    private @Nullable LocalDate day;

    /**
     * @param seq number of the row with the last stored board; 0 if there is none
     * @param time of the last update of that board; null if there is none
     */
    PastBoardRule(long seq, @Nullable Instant time) {
        this.seq = seq;
        this.day = day(time);
    }

    /** Whether the board after a row is to be stored. False for a board without any update. */
    boolean isDue(Board board, long rowSeq) {
        LocalDate boardDay = day(board.lastUpdated());
        long rows = rowSeq - seq;
        // After rows were lost, the stored board is one of the future.
        return boardDay != null && (!boardDay.equals(day) || rows < 0 || rows >= rowsBetween(board));
    }

    void stored(Board board, long rowSeq) {
        seq = rowSeq;
        day = day(board.lastUpdated());
    }

    /** The most rows between two stored boards of a day. */
    static long rowsBetween(Board board) {
        return ROWS + board.domains().size();
    }

    static @Nullable LocalDate day(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC).toLocalDate();
    }
}
