package org.epmpulse.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.epmpulse.status.AnswerRules;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.NoProblemException;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedAnswer;
import org.epmpulse.status.ValidatedUpdate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one commit. Each is decided against the board after the previous request. Not thread-safe.
 */
final class Group<P> {

    private static final Logger LOG = LoggerFactory.getLogger(Group.class);

    private final StatusRules rules;
    private final IdempotencyIndex<P> idempotency;
    private final Instant received;
    private final List<Entry> decided = new ArrayList<>();
    private final List<Entry> lines = new ArrayList<>();
    private final List<StatusChange> changes = new ArrayList<>();
    private final List<Recorded> recorded = new ArrayList<>();
    private final Map<Request, IdempotencyIndex.FirstRequest<P>> repeated = new LinkedHashMap<>();
    private final Map<Request, RuntimeException> failed = new LinkedHashMap<>();
    private Board board;

    /** A request that succeeds when the lines are durable, with its reply. */
    record Recorded(Request request, List<Entry> entries) {}

    Group(Board board, Instant received, StatusRules rules, IdempotencyIndex<P> idempotency) {
        this.board = board;
        this.received = received;
        this.rules = rules;
        this.idempotency = idempotency;
    }

    /** Decides a request. A request that cannot be decided does not affect the others. */
    void add(Request request) {
        Board boardBefore = board;
        int changesBefore = changes.size();
        try {
            if (request.idempotency() != null && isRepeat(request, request.idempotency())) {
                return;
            }
            List<Entry> entries = decide(request);
            addLines(entries);
            decided.addAll(entries);
            recorded.add(new Recorded(request, entries));
        } catch (NoProblemException | InvalidUpdateException e) {
            failed.put(request, e);
        } catch (RuntimeException e) {
            board = boardBefore;
            changes.subList(changesBefore, changes.size()).clear();
            LOG.error("Status rules: update failed: {}; its request fails and is not recorded", e.toString(), e);
            // Without the cause, because the routes unwrap it.
            failed.put(request, new IllegalStateException("the status rules failed: " + e));
        }
    }

    private List<Entry> decide(Request request) {
        ValidatedAnswer answer = request.answer();
        if (answer != null) {
            Entry entry = AnswerRules.decide(board, answer, received, request.idempotency());
            apply(entry);
            return List.of(entry);
        }
        Entry.Place unnumbered =
                request.batch() ? new Entry.Place(UUID.randomUUID().toString(), 0, 0) : null;
        List<Entry> entries = new ArrayList<>(request.updates().size());
        for (ValidatedUpdate update : request.updates()) {
            Entry entry = rules.decide(board, update, received, request.idempotency(), unnumbered);
            apply(entry);
            entries.add(entry);
        }
        return entries;
    }

    private void apply(Entry entry) {
        DomainStatus before = board.of(entry.id());
        board = isWritten(entry) ? board.apply(entry) : board;
        if (entry.outcome() == Outcome.RECORDED) {
            changes.add(new StatusChange(board.revision(), entry.id(), before, board.of(entry.id()), entry.answer()));
        }
    }

    /**
     * A duplicate changes nothing and is not written. With an idempotency key it is written, because a repeated request
     * must get the same reply after the board has changed.
     */
    private static boolean isWritten(Entry entry) {
        return entry.outcome() != Outcome.DUPLICATE || entry.idempotency() != null;
    }

    private void addLines(List<Entry> entries) {
        int first = lines.size();
        for (Entry entry : entries) {
            if (isWritten(entry)) {
                lines.add(entry);
            }
        }
        List<Entry> added = lines.subList(first, lines.size());
        String batch = added.isEmpty() ? null : added.get(0).batch();
        if (batch != null) {
            int count = added.size();
            for (int i = 0; i < count; i++) {
                added.set(i, added.get(i).withPlace(new Entry.Place(batch, i + 1, count)));
            }
        }
    }

    /** Whether the request was received before; if so, it gets the reply to the first one. */
    private boolean isRepeat(Request request, Idempotency key) {
        IdempotencyIndex.FirstRequest<P> first = idempotency.find(request.sender(), request.path(), key);
        if (first != null) {
            if (!conflicts(request, key, first.bodySha256())) {
                repeated.put(request, first);
            }
            return true;
        }
        for (Recorded other : recorded) {
            Idempotency otherKey = other.request().idempotency();
            if (otherKey != null
                    && otherKey.key().equals(key.key())
                    && other.request().hasSameScope(request)) {
                if (!conflicts(request, key, otherKey.bodySha256())) {
                    recorded.add(new Recorded(request, other.entries()));
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
        failed.put(request, new IdempotencyConflictException());
        return true;
    }

    /** The board after all decided entries. */
    Board board() {
        return board;
    }

    /** The entries to write. */
    List<Entry> lines() {
        return lines;
    }

    /** All decided entries, written or not. */
    List<Entry> decided() {
        return decided;
    }

    /** The changes for the listeners of the board. */
    List<StatusChange> changes() {
        return changes;
    }

    /** The requests that succeed when the lines are durable. */
    List<Recorded> recorded() {
        return recorded;
    }

    /** The repeated requests, with the position of the reply to the first one. */
    Map<Request, IdempotencyIndex.FirstRequest<P>> repeated() {
        return repeated;
    }

    /** The requests that fail independently of the commit. */
    Map<Request, RuntimeException> failed() {
        return failed;
    }
}
