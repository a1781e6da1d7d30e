package org.epmpulse.status;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A board to which a test posts, without a store. Times are seconds after {@link #START}. */
final class TestingBoard {

    static final Instant START = Instant.parse("2026-02-16T00:00:00Z");
    static final DomainId D1 = new DomainId("Planning", "Actual");
    static final DomainId D2 = new DomainId("Planning", "Budget");

    private final StatusRules rules = new StatusRules(Duration.ofMinutes(10));
    private final List<Entry> entries = new ArrayList<>();
    private Board board = Board.EMPTY;

    /** An update of {@link #D1} with neither message nor timestamp, from key {@code k}. */
    static CheckedUpdate update(Status status, String jobId) {
        return new CheckedUpdate(D1, status, jobId, null, null, null, Source.API, "k");
    }

    static CheckedUpdate loading(String jobId) {
        return update(Status.LOADING, jobId);
    }

    static CheckedUpdate ok(String jobId) {
        return update(Status.OK, jobId);
    }

    static CheckedUpdate warning(String jobId) {
        return update(Status.WARNING, jobId);
    }

    static CheckedUpdate blank(String jobId) {
        return update(Status.BLANK, jobId);
    }

    static CheckedUpdate in(DomainId id, CheckedUpdate u) {
        return new CheckedUpdate(
                id, u.status(), u.jobId(), u.message(), u.timestamp(), u.epmJobId(), u.source(), u.key());
    }

    static CheckedUpdate saying(String message, CheckedUpdate u) {
        return new CheckedUpdate(
                u.id(), u.status(), u.jobId(), message, u.timestamp(), u.epmJobId(), u.source(), u.key());
    }

    static CheckedUpdate stamped(long second, CheckedUpdate u) {
        return new CheckedUpdate(
                u.id(), u.status(), u.jobId(), u.message(), at(second), u.epmJobId(), u.source(), u.key());
    }

    static CheckedUpdate by(String key, CheckedUpdate u) {
        return new CheckedUpdate(
                u.id(), u.status(), u.jobId(), u.message(), u.timestamp(), u.epmJobId(), u.source(), key);
    }

    static CheckedUpdate ofEpmJob(String epmJobId, CheckedUpdate u) {
        return new CheckedUpdate(
                u.id(), u.status(), u.jobId(), u.message(), u.timestamp(), epmJobId, u.source(), u.key());
    }

    /** What EPM said of its job. */
    static CheckedUpdate polled(String epmJobId, CheckedUpdate u) {
        return new CheckedUpdate(u.id(), u.status(), u.jobId(), u.message(), null, epmJobId, Source.EPM, null);
    }

    static Instant at(long second) {
        return START.plusSeconds(second);
    }

    /** What becomes of an update that is received at this second. */
    Entry post(long second, CheckedUpdate update) {
        Entry entry = rules.decide(board, update, at(second), null, null);
        board = board.after(entry);
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

    /** The board that the entries give once more. */
    Board replayed() {
        Board replayed = Board.EMPTY;
        for (Entry entry : entries) {
            replayed = replayed.after(entry);
        }
        return replayed;
    }
}
