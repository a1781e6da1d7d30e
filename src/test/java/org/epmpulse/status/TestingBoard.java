package org.epmpulse.status;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A board without a store, to which tests post updates. Times are seconds after {@link #START}. */
final class TestingBoard {

    static final Instant START = Instant.parse("2026-02-16T00:00:00Z");
    static final DomainId D1 = new DomainId("Planning", "Actual");
    static final DomainId D2 = new DomainId("Planning", "Budget");

    private final StatusRules rules = new StatusRules(Duration.ofMinutes(10));
    private final List<Entry> entries = new ArrayList<>();
    private Board board = Board.EMPTY;

    /** An update of {@link #D1} with neither message nor timestamp, from key {@code k}. */
    static ValidatedUpdate update(Status status, String jobId) {
        return ValidatedUpdate.of(D1, status, jobId, null, "k");
    }

    static ValidatedUpdate loading(String jobId) {
        return update(Status.LOADING, jobId);
    }

    static ValidatedUpdate ok(String jobId) {
        return update(Status.OK, jobId);
    }

    static ValidatedUpdate warning(String jobId) {
        return update(Status.WARNING, jobId);
    }

    static ValidatedUpdate blank(String jobId) {
        return update(Status.BLANK, jobId);
    }

    static ValidatedUpdate inDomain(DomainId id, ValidatedUpdate u) {
        return copy(u, id, u.message(), u.key());
    }

    static ValidatedUpdate withMessage(String message, ValidatedUpdate u) {
        return copy(u, u.id(), message, u.key());
    }

    static ValidatedUpdate withTimestamp(long second, ValidatedUpdate u) {
        return u.withTimestamp(at(second));
    }

    static ValidatedUpdate fromKey(String key, ValidatedUpdate u) {
        return copy(u, u.id(), u.message(), key);
    }

    static ValidatedUpdate withEpmJob(String epmJobId, ValidatedUpdate u) {
        return u.withJob(u.jobId(), epmJobId);
    }

    private static ValidatedUpdate copy(ValidatedUpdate u, DomainId id, String message, String key) {
        return new ValidatedUpdate(
                id, u.status(), u.jobId(), message, u.timestamp(), u.epmJobId(), u.source(), key, u.url(), u.route());
    }

    /** An update from a poll of EPM. */
    static ValidatedUpdate polled(String epmJobId, ValidatedUpdate u) {
        return new ValidatedUpdate(
                u.id(), u.status(), u.jobId(), u.message(), null, epmJobId, Source.EPM, null, null, null);
    }

    static Instant at(long second) {
        return START.plusSeconds(second);
    }

    /** Applies an update that is received at this second, and returns its entry. */
    Entry post(long second, ValidatedUpdate update) {
        Entry entry = rules.decide(board, update, at(second), null, null);
        board = board.apply(entry);
        entries.add(entry);
        return entry;
    }

    Board board() {
        return board;
    }

    DomainStatus shown() {
        return board.of(D1);
    }

    Job job(String id) {
        return board.jobs().get(id);
    }

    /** The board after applying all entries again. */
    Board replayed() {
        Board replayed = Board.EMPTY;
        for (Entry entry : entries) {
            replayed = replayed.apply(entry);
        }
        return replayed;
    }
}
