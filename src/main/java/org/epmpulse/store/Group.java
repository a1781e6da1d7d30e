package org.epmpulse.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedUpdate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests that one commit records, each decided against the board that those before it leave.
 * Not thread-safe.
 */
final class Group<P> {

    private static final Logger LOG = LoggerFactory.getLogger(Group.class);

    private final StatusRules rules;
    private final IdempotencyIndex<P> idempotency;
    private final Instant received;
    private final List<Entry> decided = new ArrayList<>();
    private final List<Entry> lines = new ArrayList<>();
    private final List<StatusChange> changes = new ArrayList<>();
    private final Map<Request, List<Entry>> recorded = new LinkedHashMap<>();
    private final Map<Request, IdempotencyIndex.First<P>> repeats = new LinkedHashMap<>();
    private final Map<Request, RuntimeException> refused = new LinkedHashMap<>();
    private Board board;

    Group(Board board, Instant received, StatusRules rules, IdempotencyIndex<P> idempotency) {
        this.board = board;
        this.received = received;
        this.rules = rules;
        this.idempotency = idempotency;
    }

    /** Decides a request. One that cannot be decided leaves no trace in the others'. */
    void add(Request request) {
        Board undecided = board;
        int undecidedChanges = changes.size();
        try {
            if (request.idempotency() != null && isRepeat(request, request.idempotency())) {
                return;
            }
            List<Entry> entries = decide(request);
            lines.addAll(lines(entries));
            decided.addAll(entries);
            recorded.put(request, entries);
        } catch (RuntimeException e) {
            board = undecided;
            changes.subList(undecidedChanges, changes.size()).clear();
            LOG.error("An update cannot be decided: {}; its request fails, nothing of it is recorded", e.toString(), e);
            // Without the cause, which the routes would take for the failure itself.
            refused.put(request, new IllegalStateException("an update could not be decided: " + e));
        }
    }

    private List<Entry> decide(Request request) {
        Entry.Place uncounted =
                request.batch() ? new Entry.Place(UUID.randomUUID().toString(), 0, 0) : null;
        List<Entry> entries = new ArrayList<>(request.updates().size());
        for (ValidatedUpdate update : request.updates()) {
            Entry entry = rules.decide(board, update, received, request.idempotency(), uncounted);
            DomainStatus before = board.of(entry.id());
            board = isWritten(entry) ? board.apply(entry) : board;
            if (entry.outcome() == Outcome.RECORDED) {
                changes.add(new StatusChange(board.revision(), entry.id(), before, board.of(entry.id())));
            }
            entries.add(entry);
        }
        return entries;
    }

    /**
     * A duplicate changes nothing, so nothing is written; but a request with an idempotency key must get the same reply
     * when the board has moved on, so of such a request every item is.
     */
    private static boolean isWritten(Entry entry) {
        return entry.outcome() != Outcome.DUPLICATE || entry.idempotency() != null;
    }

    private static List<Entry> lines(List<Entry> entries) {
        List<Entry> lines = entries.stream().filter(Group::isWritten).toList();
        String batch = lines.isEmpty() ? null : lines.get(0).batch();
        if (batch == null) {
            return lines;
        }
        List<Entry> numbered = new ArrayList<>(lines.size());
        for (Entry line : lines) {
            numbered.add(line.withPlace(new Entry.Place(batch, numbered.size() + 1, lines.size())));
        }
        return numbered;
    }

    /** Whether the request came before; if so, it gets what the first one got. */
    private boolean isRepeat(Request request, Idempotency key) {
        IdempotencyIndex.First<P> first = idempotency.find(request.sender(), request.batch(), key, received);
        if (first != null) {
            if (!conflicts(request, key, first.bodySha256())) {
                repeats.put(request, first);
            }
            return true;
        }
        for (Map.Entry<Request, List<Entry>> other : recorded.entrySet()) {
            Idempotency otherKey = other.getKey().idempotency();
            if (otherKey != null
                    && otherKey.key().equals(key.key())
                    && other.getKey().isOfSameScope(request)) {
                if (!conflicts(request, key, otherKey.bodySha256())) {
                    recorded.put(request, other.getValue());
                }
                return true;
            }
        }
        return false;
    }

    private boolean conflicts(Request request, Idempotency key, String firstBodySha256) {
        if (key.bodySha256().equals(firstBodySha256)) {
            return false;
        }
        refused.put(request, new IdempotencyConflictException());
        return true;
    }

    /** The board with all that was decided. */
    Board board() {
        return board;
    }

    /** What is to be written. */
    List<Entry> lines() {
        return lines;
    }

    /** All that was decided, whether it is written or not. */
    List<Entry> decided() {
        return decided;
    }

    /** What the board's listeners are to get. */
    List<StatusChange> changes() {
        return changes;
    }

    /** The requests that are fulfilled once the lines are durable, with their replies. */
    Map<Request, List<Entry>> recorded() {
        return recorded;
    }

    /** The requests that came before, with where the reply to the first one is. */
    Map<Request, IdempotencyIndex.First<P>> repeats() {
        return repeats;
    }

    /** The requests that fail whatever becomes of the others. */
    Map<Request, RuntimeException> refused() {
        return refused;
    }
}
