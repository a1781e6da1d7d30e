package org.epmpulse.bench;

import java.time.Duration;
import java.time.Instant;
import org.epmpulse.status.Board;
import org.epmpulse.status.StatusRules;

/** Generates boards as they are after many updates. */
final class GeneratedBoard {

    private static final StatusRules RULES = new StatusRules(Duration.ofMinutes(10));

    private GeneratedBoard() {}

    /** The board after this number of updates of {@link GeneratedJournal#update}, a millisecond apart. */
    static Board after(int updates, int domains, Instant start) {
        Board board = Board.EMPTY;
        for (int i = 0; i < updates; i++) {
            board = next(board, i, domains, start);
        }
        return board;
    }

    /** The board after one more update. */
    static Board next(Board board, int number, int domains, Instant start) {
        return board.apply(
                RULES.decide(board, GeneratedJournal.update(number, domains), start.plusMillis(number), null, null));
    }
}
