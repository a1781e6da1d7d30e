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
 * The latest event of each domain, in the order in which they happened. A client that has all events up to a {@link
 * Position} needs exactly those {@link #eventsAfter} it. The feed compares each board with the previous one, so it
 * finds all changes between them. Not thread-safe. Holds at most one event per domain.
 */
final class BoardFeed {

    /** The most events that are sent at once. */
    static final int MAX_EVENTS_PER_SLICE = 200;

    /** After so many characters a slice ends with the current event. It limits the buffer of a reader. */
    private static final int MAX_CHARS_PER_SLICE = 32 * 1024;

    /**
     * A position in the order of events.
     *
     * @param revision of the board, which is the event's id
     * @param tick 0 for an update; counts the events that time alone caused at this revision
     */
    record Position(long revision, long tick) implements Comparable<Position> {

        @Override
        public int compareTo(Position other) {
            int order = Long.compare(revision, other.revision);
            return order != 0 ? order : Long.compare(tick, other.tick);
        }
    }

    /**
     * Consecutive events in the format of the stream; empty if there are none.
     *
     * @param end the position of a client that has received the slice
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
     * Starts the feed at a board.
     *
     * @param domains that the board shows
     */
    BoardFeed(List<DomainId> domains, BoardReplies replies, Board board, Instant now) {
        this.domains = domains;
        this.replies = replies;
        this.board = board;
        compare(board, now);
    }

    /** Reads this board, unless it was the last one read. */
    void advance(Board next, Instant now) {
        if (!isSame(next, board)) {
            compare(next, now);
        }
    }

    /** Reads this board, and finds entries that changed with time alone. */
    void compare(Board next, Instant now) {
        long previous = board.revision();
        tick = next.revision() > previous ? 0 : tick;
        board = next;
        for (DomainId domain : domains) {
            DomainStatus status = next.of(domain);
            Event last = latest.get(domain);
            long revision = next.revision(domain);
            boolean isNew = revision != (last == null ? 0 : last.revision());
            boolean timed =
                    status.status() == Status.LOADING || next.answers(domain).revision() > 0;
            if (isNew || timed) {
                DomainEntry entry = replies.entry(next, domain, now);
                if (isNew || last == null || !entry.equals(last.entry())) {
                    // At the start of the feed it is unknown what time has changed, so each running load, and each
                    // answer, is an event.
                    boolean byTime = timed && revision <= previous;
                    Position at = byTime ? new Position(next.revision(), ++tick) : new Position(revision, 0);
                    put(new Event(at, domain, revision, entry));
                }
            }
        }
    }

    /** The position after the last event. */
    Position end() {
        return new Position(board.revision(), tick);
    }

    private void put(Event event) {
        Event replaced = latest.put(event.domain(), event);
        if (replaced != null) {
            events.remove(replaced.at());
        }
        events.put(event.at(), event);
    }

    /** The next events after a position, at most one per domain. */
    Slice eventsAfter(Position position) {
        StringBuilder text = new StringBuilder();
        int count = 0;
        for (Event event : events.tailMap(position, false).values()) {
            if (++count > MAX_EVENTS_PER_SLICE || text.length() > MAX_CHARS_PER_SLICE) {
                return new Slice(text.toString(), position);
            }
            position = event.at();
            text.append("event: status\nid: ")
                    .append(position.revision())
                    .append("\ndata: ")
                    .append(BoardReplies.json(event.domain(), event.entry()))
                    .append("\n\n");
        }
        return new Slice(text.toString(), end());
    }

    @SuppressWarnings("ReferenceEquality") // a store creates a new board for each change
    private static boolean isSame(Board one, Board other) {
        return one == other;
    }
}
