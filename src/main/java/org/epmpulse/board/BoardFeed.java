package org.epmpulse.board;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Status;

/**
 * The latest event of each domain, in the order in which they happened: whoever has everything up to a {@link Position}
 * lacks exactly what comes {@link #after} it. It compares one board with the next, so that it does not matter which
 * changes it was told of. For one thread; holds at most one event for each domain.
 */
final class BoardFeed {

    /** How many events go out at once, which bounds what may wait for one reader: about 100 KB. */
    static final int SLICE = 200;

    /**
     * A place in the order of events.
     *
     * @param revision of the board then: the event's id
     * @param tick 0 if the revision is the domain's own; counts what time alone changed while the board stood there
     */
    record Position(long revision, long tick) implements Comparable<Position> {

        @Override
        public int compareTo(Position other) {
            int order = Long.compare(revision, other.revision);
            return order != 0 ? order : Long.compare(tick, other.tick);
        }
    }

    /**
     * Some events, as they are sent; empty if there are none.
     *
     * @param end up to where nothing is lacking then
     */
    record Slice(String text, Position end) {}

    private record Event(Position at, DomainId domain, long revision, DomainEntry entry) {}

    private final NavigableMap<Position, Event> events = new TreeMap<>();
    private final Map<DomainId, Event> latest = new HashMap<>();
    private final List<DomainId> domains;
    private final BoardReplies replies;
    private Board board;
    private long tick;

    /**
     * Begins with a board.
     *
     * @param domains that the board shows
     */
    BoardFeed(List<DomainId> domains, BoardReplies replies, Board board, Instant now) {
        this.domains = domains;
        this.replies = replies;
        this.board = board;
        compare(board, now);
    }

    /** Goes on to this board; free if it is there already. */
    void follow(Board next, Instant now) {
        if (!isSame(next, board)) {
            compare(next, now);
        }
    }

    /** Goes on to this board, and finds what time alone has changed. */
    void compare(Board next, Instant now) {
        long known = board.revision();
        tick = next.revision() > known ? 0 : tick;
        board = next;
        for (DomainId domain : domains) {
            DomainStatus status = next.of(domain);
            Event last = latest.get(domain);
            boolean isNew = status.revision() != (last == null ? 0 : last.revision());
            boolean loading = status.status() == Status.LOADING;
            if (isNew || loading) {
                DomainEntry entry = replies.entry(next, domain, now);
                if (isNew || last == null || !entry.equals(last.entry())) {
                    // Nobody knows what time had changed when the feed began, so a load counts as changed then.
                    boolean byTime = loading && status.revision() <= known;
                    Position at = byTime ? new Position(next.revision(), ++tick) : new Position(status.revision(), 0);
                    put(new Event(at, domain, status.revision(), entry));
                }
            }
        }
    }

    /** Where the feed stands. */
    Position end() {
        return new Position(board.revision(), tick);
    }

    private void put(Event event) {
        Event before = latest.put(event.domain(), event);
        if (before != null) {
            events.remove(before.at());
        }
        events.put(event.at(), event);
    }

    /** The next events after a position, each domain with its latest. */
    Slice after(Position position) {
        StringBuilder text = new StringBuilder();
        int count = 0;
        for (Event event : events.tailMap(position, false).values()) {
            if (++count > SLICE) {
                break;
            }
            position = event.at();
            text.append("event: status\nid: ")
                    .append(position.revision())
                    .append("\ndata: ")
                    .append(BoardReplies.json(event.domain(), event.entry()))
                    .append("\n\n");
        }
        return new Slice(text.toString(), count > SLICE ? position : end());
    }

    @SuppressWarnings("ReferenceEquality") // a store makes a new board for each change
    private static boolean isSame(Board one, Board other) {
        return one == other;
    }
}
