package org.epmpulse.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.epmpulse.status.Board;
import org.epmpulse.status.CheckedUpdate;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusRules;

/** The policy between a board and a Slack that a test controls, in a time of its own. */
final class TestingAlerts {

    static final String CHANNEL = "C1";
    static final List<DomainId> DOMAINS = domains(40);
    static final DomainId D0 = DOMAINS.get(0);
    static final DomainId D1 = DOMAINS.get(1);

    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration COMPARE_EVERY = Duration.ofSeconds(30);

    /** What Slack does with the next messages. */
    enum Slack {
        TAKES,
        FAILS,
        REFUSES_CHANNEL,
        REFUSES_TOKEN,
        REFUSES_TEXT,
        ASKS_TO_WAIT,
        /** The message arrives, and the process ends before it hears so. */
        TAKES_AND_CRASHES
    }

    record Sent(Instant at, String channel, List<Alert> alerts) {

        List<String> said() {
            return alerts.stream()
                    .map(alert -> alert.id().domain() + " " + alert.event().kind() + " "
                            + alert.event().jobId())
                    .toList();
        }
    }

    final List<Sent> sent = new ArrayList<>();
    final List<Instant> tries = new ArrayList<>();
    final StatusRules rules = new StatusRules(Duration.ofMinutes(10));
    final Map<String, List<DomainId>> channels = new LinkedHashMap<>(Map.of(CHANNEL, DOMAINS));
    Instant now = Instant.parse("2026-03-31T22:00:00Z");
    Board board = Board.EMPTY;
    Slack slack = Slack.TAKES;
    AlertState kept;
    AlertPolicy policy;
    private Instant compareAt = Instant.MIN;
    private int jobs;

    private static List<DomainId> domains(int count) {
        List<DomainId> domains = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            domains.add(new DomainId("Close", "D" + i));
        }
        return domains;
    }

    TestingAlerts start() {
        policy = new AlertPolicy(channels, new Random(1), now);
        policy.begin(kept, board, now);
        compareAt = now.plus(COMPARE_EVERY);
        save();
        return this;
    }

    private void save() {
        if (policy.takeMore()) {
            kept = policy.state();
        }
    }

    /** As a stop and a start. */
    void restart() {
        save();
        start();
    }

    /** As {@code kill -9} and a start: what was not kept is forgotten. */
    void crash() {
        start();
    }

    /** An update by a job of its own. */
    void post(DomainId id, Status status) {
        post(id, status, "J" + ++jobs);
    }

    void post(DomainId id, Status status, String jobId) {
        StatusChange change = record(id, status, jobId);
        policy.changed(change, now);
    }

    /** A change that nobody is told of. */
    void postUnheard(DomainId id, Status status, String jobId) {
        record(id, status, jobId);
    }

    private StatusChange record(DomainId id, Status status, String jobId) {
        DomainStatus before = board.of(id);
        CheckedUpdate update = new CheckedUpdate(id, status, jobId, null, null, null, Source.API, "tester");
        Entry entry = rules.decide(board, update, now, null, null, 0, 0);
        if (entry.outcome() != Outcome.RECORDED) {
            throw new IllegalStateException("a test's updates are recorded, this is " + entry.outcome());
        }
        board = board.after(entry);
        return new StatusChange(board.revision(), id, before, board.of(id));
    }

    /** Lets time go by. */
    void pass(Duration duration) {
        Instant end = now.plus(duration);
        while (now.isBefore(end)) {
            now = now.plus(TICK);
            tick();
        }
    }

    private void tick() {
        if (!now.isBefore(compareAt)) {
            policy.compare(board, now);
            compareAt = now.plus(COMPARE_EVERY);
        }
        String due = policy.due(now);
        save();
        if (due != null) {
            tries.add(now);
            send(due, policy.message(due));
            save();
        }
    }

    private void send(String channel, List<Alert> alerts) {
        switch (slack) {
            case TAKES -> {
                sent.add(new Sent(now, channel, alerts));
                policy.sent(channel, now);
            }
            case FAILS -> policy.unavailable(channel, now);
            case REFUSES_CHANNEL -> policy.refused(channel, now);
            case REFUSES_TOKEN -> policy.suspended(channel, now);
            case REFUSES_TEXT -> policy.contentRefused(channel, now);
            case ASKS_TO_WAIT -> policy.rateLimited(channel, Duration.ofSeconds(30), now);
            case TAKES_AND_CRASHES -> {
                sent.add(new Sent(now, channel, alerts));
                slack = Slack.TAKES;
                crash();
            }
        }
    }

    /** What the messages said, a list for each. */
    List<List<String>> said() {
        return sent.stream().map(Sent::said).toList();
    }
}
