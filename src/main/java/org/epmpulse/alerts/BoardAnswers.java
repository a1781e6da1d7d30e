package org.epmpulse.alerts;

import java.time.Instant;
import java.util.function.Supplier;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;

/** The answers on the current board. Thread-safe. */
public final class BoardAnswers implements AlertAnswers {

    private final Supplier<Board> board;

    public BoardAnswers(Supplier<Board> board) {
        this.board = board;
    }

    @Override
    public boolean isMuted(DomainId domain, Instant now) {
        return board.get().answers(domain).mute(now) != null;
    }

    @Override
    public boolean isAcknowledged(DomainId domain, Instant now) {
        return board.get().answers(domain).acknowledgement(now) != null;
    }
}
