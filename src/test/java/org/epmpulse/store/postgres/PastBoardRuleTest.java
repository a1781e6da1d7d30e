package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.epmpulse.status.Board;
import org.junit.jupiter.api.Test;

/** After which rows a board is stored for the past. */
class PastBoardRuleTest {

    private static final Instant NOON = Instant.parse("2026-03-30T12:00:00Z");

    private final PastBoardRule rule = new PastBoardRule(7, NOON);

    private static Board at(String time) {
        return new Board(1, 1, Instant.parse(time), Board.EMPTY.domains(), Board.EMPTY.durations(), Board.EMPTY.jobs());
    }

    @Test
    void theFirstRowOfADayIsDue() {
        assertThat(rule.isDue(at("2026-03-30T23:59:59.999Z"), 8)).isFalse();
        assertThat(rule.isDue(at("2026-03-31T00:00:00Z"), 8)).isTrue();

        rule.stored(at("2026-03-31T00:00:00Z"), 8);

        assertThat(rule.isDue(at("2026-03-31T00:00:01Z"), 9)).isFalse();
    }

    @Test
    void aDayWithManyRowsHasSeveral() {
        assertThat(rule.isDue(at("2026-03-30T13:00:00Z"), 100_006)).isFalse();
        assertThat(rule.isDue(at("2026-03-30T13:00:00Z"), 100_007)).isTrue();
    }

    @Test
    void afterRowsWereLostTheNextOneIsDue() {
        assertThat(rule.isDue(at("2026-03-30T13:00:00Z"), 6)).isTrue();
    }

    @Test
    void aBoardWithoutUpdatesIsNeverDue() {
        assertThat(rule.isDue(Board.EMPTY, 500_000)).isFalse();
    }
}
