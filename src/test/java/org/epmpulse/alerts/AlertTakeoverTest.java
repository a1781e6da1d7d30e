package org.epmpulse.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.epmpulse.alerts.AlertFailure.Kind;
import org.epmpulse.cluster.NotActiveException;
import org.epmpulse.cluster.Receipts;
import org.epmpulse.cluster.TestingActivity;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.threads.TestingTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alerts when another node becomes the active one. */
class AlertTakeoverTest {

    private static final String CHANNEL = "C1";
    private static final DomainId ACTUAL = new DomainId("Planning", "Actual");
    private static final DomainId BUDGET = new DomainId("Planning", "Budget");

    private final StatusRules rules = new StatusRules(Duration.ofMinutes(10));
    private final TestingAlertStore documents = new TestingAlertStore();
    private final TestingReceipts receipts = new TestingReceipts();
    private final List<String> sent = new ArrayList<>();
    private Instant now = Instant.parse("2026-03-31T22:00:00Z");
    private Board board = Board.EMPTY;
    private final List<StatusChange> kept = new ArrayList<>();
    private String storeId = "store.1";
    private final Node a = new Node(1);
    private final Node b = new Node(0);

    private static final class TestingReceipts implements Receipts {

        private final Set<UUID> claims = new HashSet<>();
        private boolean available = true;

        private void require() throws IOException {
            if (!available) {
                throw new IOException("the database does not answer");
            }
        }

        @Override
        public void add(UUID claim) throws IOException {
            require();
            claims.add(claim);
        }

        @Override
        public boolean contains(UUID claim) throws IOException {
            require();
            return claims.contains(claim);
        }
    }

    /** A node with its sender; it sends what is due as the routes do. */
    private final class Node {

        private final TestingActivity activity;
        private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
        private final AlertSender sender;

        Node(long epoch) {
            activity = new TestingActivity(epoch);
            TestingSink sink = new TestingSink();
            sink.add(CHANNEL, List.of(ACTUAL, BUDGET));
            sender = new AlertSender(
                    sink,
                    documents,
                    AlertRules.SIMPLE,
                    new AlertParts(
                            new AlertRenderer(new Catalog(Map.of()), AlertCauses.NONE, null),
                            () -> board,
                            AlertDeadlines.NONE,
                            new TestingTime(() -> now, () -> Duration.ZERO),
                            new Random(1),
                            meters,
                            new AlertTakeover(activity, receipts, () -> storeId, this::changesAfter)));
        }

        /** Begins the messages that are due within this time; returns their channels. */
        List<String> begin(Duration time) {
            List<String> begun = new ArrayList<>();
            for (int second = 0; second <= time.toSeconds() && begun.isEmpty(); second++) {
                now = now.plusSeconds(second == 0 ? 0 : 1);
                for (String channel : sender.poll(10)) {
                    AlertMessage message = (AlertMessage) sender.begin(channel).body();
                    message.alerts().forEach(alert -> sent.add(alert.domain() + " " + TestingAlerts.kind(alert)));
                    begun.add(channel);
                }
            }
            return begun;
        }

        /** Sends what is due within this time, and all of it succeeds. */
        void send(Duration time) {
            Instant end = now.plus(time);
            while (now.isBefore(end)) {
                begin(Duration.between(now, end)).forEach(sender::succeeded);
            }
        }

        private List<StatusChange> changesAfter(long revision) {
            return kept.stream().filter(change -> change.revision() > revision).toList();
        }

        double count(String result) {
            return meters.get("epmpulse.alerts").tag("result", result).counter().count();
        }
    }

    @BeforeEach
    void start() {
        a.sender.takeOver();
        a.sender.save();
        a.send(Duration.ofSeconds(10));
    }

    private StatusChange post(DomainId id, Status status, String job) {
        DomainStatus before = board.of(id);
        board = board.apply(rules.decide(board, ValidatedUpdate.of(id, status, job, null, "k"), now, null, null));
        return new StatusChange(board.revision(), id, before, board.of(id));
    }

    /** The active node is gone without a trace, and the other has become active. */
    private void takeOver() {
        a.activity.set(0);
        now = now.plusSeconds(6);
        b.activity.set(2);
    }

    @Test
    void anAlertThatWasSentIsNotSentAgainByTheOtherNode() {
        a.sender.enqueue(List.of(post(ACTUAL, Status.WARNING, "J1")));
        a.send(Duration.ofSeconds(5));

        takeOver();
        b.send(Duration.ofMinutes(2));

        assertThat(sent).containsExactly("Actual WARNING");
    }

    @Test
    void anAlertThatWasQueuedIsSentByTheOtherNode() {
        a.sender.enqueue(List.of(post(ACTUAL, Status.WARNING, "J1")));
        a.sender.save();

        takeOver();
        b.send(Duration.ofSeconds(5));

        assertThat(sent).containsExactly("Actual WARNING");
        assertThat(b.count("repeated")).isZero();
    }

    @Test
    void aProblemThatCameAndWentDuringTheTakeoverIsSent() {
        a.activity.set(0);
        StatusChange warning = post(ACTUAL, Status.WARNING, "J1");
        now = now.plusSeconds(2);
        StatusChange ok = post(ACTUAL, Status.OK, "J2");
        takeOver();

        b.sender.takeOver();
        b.sender.enqueue(List.of(warning, ok));
        b.send(Duration.ofMinutes(1));

        assertThat(sent).containsExactly("Actual WARNING", "Actual OK");
    }

    @Test
    void aProblemThatTheOtherNodeProcessedButDidNotSaveIsSent() {
        kept.add(post(ACTUAL, Status.WARNING, "J1"));
        kept.add(post(ACTUAL, Status.LOADING, "J2"));
        documents.writable = false;
        a.sender.enqueue(kept);
        a.sender.save();
        documents.writable = true;

        takeOver();
        b.send(Duration.ofMinutes(1));

        assertThat(sent).containsExactly("Actual WARNING");
    }

    @Test
    void changesThatAreDeliveredTwiceCauseNoSecondAlert() {
        StatusChange warning = post(ACTUAL, Status.WARNING, "J1");
        StatusChange loading = post(ACTUAL, Status.LOADING, "J2");
        StatusChange again = post(ACTUAL, Status.WARNING, "J2");
        StatusChange ok = post(ACTUAL, Status.OK, "J3");
        a.sender.enqueue(List.of(warning, loading, again));
        a.send(Duration.ofSeconds(5));
        a.sender.enqueue(List.of(ok));
        a.send(Duration.ofSeconds(5));
        List<String> before = List.copyOf(sent);

        takeOver();
        b.sender.enqueue(List.of(warning, loading, again, ok));
        b.send(Duration.ofMinutes(2));

        assertThat(sent).isEqualTo(before);
    }

    @Test
    void aMessageInFlightWhoseReceiptComesIsNotSentAgain() {
        a.sender.enqueue(List.of(post(ACTUAL, Status.WARNING, "J1")));
        List<String> inFlight = a.begin(Duration.ofSeconds(5));
        takeOver();
        b.send(Duration.ofSeconds(3));

        inFlight.forEach(a.sender::succeeded);
        b.send(Duration.ofMinutes(2));

        assertThat(sent).containsExactly("Actual WARNING");
        assertThat(b.count("repeated")).isZero();
    }

    @Test
    void aMessageInFlightWithoutReceiptIsSentAgainAfterItsCallMustHaveEnded() {
        a.sender.enqueue(List.of(post(ACTUAL, Status.WARNING, "J1")));
        assertThat(a.begin(Duration.ofSeconds(5))).containsExactly(CHANNEL);
        takeOver();
        b.sender.enqueue(List.of(post(BUDGET, Status.WARNING, "J2")));

        b.send(AlertQueue.CALL_TIME.minusSeconds(1));
        List<String> early = List.copyOf(sent);
        b.send(Duration.ofSeconds(30));

        assertThat(early).containsExactly("Actual WARNING");
        assertThat(sent).containsExactly("Actual WARNING", "Actual WARNING", "Budget WARNING");
        assertThat(b.count("repeated")).isEqualTo(1);
    }

    @Test
    void aFailedMessageIsSentByTheOtherNodeWithoutWaiting() {
        a.sender.enqueue(List.of(post(ACTUAL, Status.WARNING, "J1")));
        a.begin(Duration.ofSeconds(5))
                .forEach(channel -> a.sender.failed(channel, TestingSink.Failed.of(Kind.UNAVAILABLE)));

        takeOver();
        b.send(Duration.ofSeconds(5));

        assertThat(sent).containsExactly("Actual WARNING", "Actual WARNING");
        assertThat(b.count("repeated")).isZero();
    }

    @Test
    void nothingIsSentIfTheClaimCannotBeSaved() {
        a.sender.enqueue(List.of(post(ACTUAL, Status.WARNING, "J1")));
        a.sender.save();
        documents.writable = false;
        now = now.plusSeconds(5);

        List<String> due = a.sender.poll(10);

        assertThat(due).containsExactly(CHANNEL);
        assertThatThrownBy(() -> a.sender.begin(CHANNEL)).satisfies(failure -> a.sender.failed(CHANNEL, failure));
        assertThat(a.sender.problem()).isNotNull();

        documents.writable = true;
        a.send(Duration.ofSeconds(30));
        assertThat(sent).containsExactly("Actual WARNING");
    }

    @Test
    void aNodeThatHasBecomePassiveBeginsNoMessage() {
        a.sender.enqueue(List.of(post(ACTUAL, Status.WARNING, "J1")));
        now = now.plusSeconds(5);
        assertThat(a.sender.poll(10)).containsExactly(CHANNEL);

        a.activity.set(0);

        assertThatThrownBy(() -> a.sender.begin(CHANNEL))
                .satisfies(failure ->
                        assertThat(NotActiveException.isCauseOf(failure)).isTrue());
    }

    @Test
    void aReceiptThatCannotBeSavedAtFirstIsSavedLater() {
        a.sender.enqueue(List.of(post(ACTUAL, Status.WARNING, "J1")));
        List<String> inFlight = a.begin(Duration.ofSeconds(5));
        receipts.available = false;
        inFlight.forEach(a.sender::succeeded);
        assertThat(receipts.claims).isEmpty();

        receipts.available = true;
        a.send(Duration.ofSeconds(2));

        assertThat(receipts.claims).hasSize(1);
    }

    @Test
    void anotherStateOfTheStoreIsComparedAnew() {
        for (int i = 0; i < 5; i++) {
            a.sender.enqueue(List.of(post(BUDGET, i % 2 == 0 ? Status.OK : Status.LOADING, "J" + i)));
        }
        a.sender.enqueue(List.of(post(ACTUAL, Status.WARNING, "J1"), post(ACTUAL, Status.OK, "J2")));
        a.send(Duration.ofSeconds(10));
        sent.clear();

        // Revisions restart, as after a restore.
        storeId = "store.2";
        board = Board.EMPTY;
        a.sender.enqueue(List.of(post(ACTUAL, Status.WARNING, "J9")));
        a.send(Duration.ofSeconds(10));

        assertThat(sent).containsExactly("Actual WARNING");
    }
}
