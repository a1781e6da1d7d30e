package org.epmpulse.alerts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.epmpulse.alerts.AlertFailure.Kind;
import org.epmpulse.alerts.TestingSink.Failed;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.threads.TestingTime;
import org.epmpulse.threads.TimeSource;
import org.epmpulse.work.Work;

/**
 * A sender between a board and a sink that the test controls, with its own clock. It is polled as the {@code work}
 * consumer does: at the time that the sender names, when an alert becomes pending, and when a message ends; never on a
 * fixed period.
 */
final class TestingAlerts {

    static final String CHANNEL = "C1";
    static final List<DomainId> DOMAINS = domains(40);
    static final DomainId D0 = DOMAINS.get(0);
    static final DomainId D1 = DOMAINS.get(1);

    private static final int WORKERS = 10;

    /** More polls without progress of time are an endless loop. */
    private static final int MAX_POLLS_AT_ONCE = 1_000;

    /** What the sink does with the next messages. */
    enum Sink {
        ACCEPTS,
        FAILS,
        REFUSES_CHANNEL,
        REFUSES_CREDENTIAL,
        REFUSES_TEXT,
        RATE_LIMITS,
        /** The message arrives, but the process ends before it receives the response. */
        ACCEPTS_AND_CRASHES
    }

    /** The kind of the alert's event. */
    static DomainEvent.Kind kind(Alert alert) {
        return switch (alert.kind()) {
            case PROBLEM -> alert.again() ? DomainEvent.Kind.WARNING_AGAIN : DomainEvent.Kind.WARNING;
            case RECOVERED -> DomainEvent.Kind.OK;
            case REMINDER -> DomainEvent.Kind.REMINDER;
            case LATE -> DomainEvent.Kind.LATE;
            case AT_RISK -> DomainEvent.Kind.AT_RISK;
            case DIGEST -> throw new IllegalStateException(alert.toString());
        };
    }

    /** Of the domains of these tests. */
    Catalog catalog() {
        List<String> names = DOMAINS.stream().map(DomainId::domain).toList();
        return new Catalog(
                Map.of("Close", new Catalog.App("Close", "Close", new LinkedHashSet<>(names), List.of(), false)));
    }

    record Sent(Instant at, String channel, List<Alert> alerts, boolean digest) {

        List<String> sentEvents() {
            return alerts.stream()
                    .map(alert -> alert.domain() + " " + kind(alert) + " " + alert.job())
                    .toList();
        }
    }

    final List<Sent> sent = new ArrayList<>();
    final List<Instant> attempts = new ArrayList<>();
    final List<Boolean> plain = new ArrayList<>();
    final StatusRules rules = new StatusRules(Duration.ofMinutes(10));
    final Map<String, List<DomainId>> channels = new LinkedHashMap<>(Map.of(CHANNEL, DOMAINS));
    final TestingAlertStore store = new TestingAlertStore();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    AlertRules alertRules = AlertRules.SIMPLE;
    AlertLimits limits = TestingSink.LIMITS;
    Instant now = Instant.parse("2026-03-31T22:00:00Z");
    private Duration clockSet = Duration.ZERO;
    Board board = Board.EMPTY;
    AlertDeadlines.Now deadlines = AlertDeadlines.Now.NONE;
    AlertDeadlines deadlineSource = () -> deadlines;
    Sink sink = Sink.ACCEPTS;
    AlertSender sender;
    int polls;
    private Instant pollAt = Instant.MIN;
    private int jobs;

    private static List<DomainId> domains(int count) {
        List<DomainId> domains = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            domains.add(new DomainId("Close", "D" + i));
        }
        return domains;
    }

    /** The failures of these tests are intended and would be logged thousands of times. */
    static void logFrom(Level level) {
        Configurator.setLevel(SinkHealth.class, level);
    }

    TestingAlerts start() {
        TestingSink configured = new TestingSink();
        TimeSource time = new TestingTime(() -> now, () -> clockSet);
        channels.forEach(configured::add);
        configured.limits = limits;
        sender = new AlertSender(
                configured,
                store,
                alertRules,
                new AlertParts(
                        new AlertRenderer(catalog(), alertRules.causes(), null),
                        () -> board,
                        deadlineSource,
                        time,
                        new Random(1),
                        meters,
                        AlertTakeover.NONE));
        sender.open();
        sender.onPending(() -> pollAt = now);
        pollAt = now;
        return this;
    }

    /** As a stop and a start. */
    void restart() {
        sender.save();
        start();
    }

    /** As {@code kill -9} and a start: what was not saved is lost. */
    void crash() {
        start();
    }

    /** An update by a job of its own. */
    void post(DomainId id, Status status) {
        post(id, status, "J" + ++jobs);
    }

    void post(DomainId id, Status status, String jobId) {
        StatusChange change = record(id, status, jobId);
        sender.enqueue(List.of(change));
    }

    /** A change that the sender does not receive. */
    void postDropped(DomainId id, Status status, String jobId) {
        record(id, status, jobId);
    }

    /** Records an update on the board only. */
    StatusChange record(DomainId id, Status status, String jobId) {
        DomainStatus before = board.of(id);
        ValidatedUpdate update = ValidatedUpdate.of(id, status, jobId, null, "tester");
        Entry entry = rules.decide(board, update, now.plus(clockSet), null, null);
        if (entry.outcome() != Outcome.RECORDED) {
            throw new IllegalStateException("expected a recorded update: " + entry.outcome());
        }
        board = board.apply(entry);
        return new StatusChange(board.revision(), id, before, board.of(id));
    }

    /** Advances the clock and polls when a poll is due. */
    void advance(Duration duration) {
        Instant end = now.plus(duration);
        int pollsAtThisTime = 0;
        while (!pollAt.isAfter(end)) {
            pollsAtThisTime = pollAt.isAfter(now) ? 0 : pollsAtThisTime + 1;
            if (pollsAtThisTime > MAX_POLLS_AT_ONCE) {
                throw new IllegalStateException("endless polling");
            }
            now = pollAt.isAfter(now) ? pollAt : now;
            poll();
        }
        now = end;
    }

    /** Sets the wall clock forward or back; no time passes. */
    void setClock(Duration change) {
        clockSet = clockSet.plus(change);
    }

    private void poll() {
        polls++;
        List<String> due = sender.poll(WORKERS);
        pollAt = now.plus(sender.untilNextPoll());
        for (String channel : due) {
            Work work = sender.begin(channel);
            if (work == null) {
                continue;
            }
            AlertMessage message = (AlertMessage) work.body();
            attempts.add(now);
            plain.add(message.plain());
            send(message);
        }
    }

    private void send(AlertMessage message) {
        String channel = message.channel();
        switch (sink) {
            case ACCEPTS -> {
                sent.add(new Sent(now, channel, message.alerts(), message.digest()));
                sender.succeeded(channel);
            }
            case FAILS -> sender.failed(channel, Failed.of(Kind.UNAVAILABLE));
            case REFUSES_CHANNEL -> sender.failed(channel, Failed.of(Kind.CHANNEL_REFUSED));
            case REFUSES_CREDENTIAL -> sender.failed(channel, Failed.of(Kind.CREDENTIAL_REFUSED));
            case REFUSES_TEXT -> sender.failed(channel, Failed.of(Kind.CONTENT_REFUSED));
            case RATE_LIMITS -> sender.failed(channel, new Failed(AlertFailure.rateLimited(Duration.ofSeconds(30))));
            case ACCEPTS_AND_CRASHES -> {
                sent.add(new Sent(now, channel, message.alerts(), message.digest()));
                sink = Sink.ACCEPTS;
                crash();
            }
        }
    }

    /** The events of each message. */
    List<List<String>> sentEvents() {
        return sent.stream().map(Sent::sentEvents).toList();
    }
}
