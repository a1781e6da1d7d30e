package org.epmpulse.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.apache.logging.log4j.Level;
import org.epmpulse.alerts.TestingAlerts.Sent;
import org.epmpulse.alerts.TestingAlerts.Sink;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;
import org.epmpulse.window.Deadline;
import org.epmpulse.window.DeadlineState;
import org.epmpulse.window.DomainRule;
import org.epmpulse.window.DomainState;
import org.epmpulse.window.WindowDomain;
import org.epmpulse.window.WindowView;

/** Random domains that wait for each other, and random recipients of some of them, in one window of a close. */
@StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
class AlertRecipientProperties {

    private static final int DOMAINS = 9;
    private static final int STEPS = 30;

    @BeforeContainer
    static void disableLogging() {
        TestingAlerts.logFrom(Level.OFF);
    }

    @AfterContainer
    static void enableLogging() {
        TestingAlerts.logFrom(Level.WARN);
    }

    /** A close, its recipients, and what they know by the alerts that they got. */
    private static final class Scenario {

        final Random random;
        final List<DomainId> ids = new ArrayList<>(TestingAlerts.DOMAINS.subList(0, DOMAINS));
        final Map<DomainId, DomainRule> rules = new HashMap<>();
        final Set<AlertKind> kinds;
        final TestingClose close;
        final TestingAlerts alerts;
        final Map<String, Known> known = new LinkedHashMap<>();
        int read;
        int jobs;

        /** @param open the alerts that are not over, the last one of each problem by its id */
        record Known(Map<String, Alert> open, Map<DomainId, Integer> late, Map<DomainId, Integer> atRisk) {}

        Scenario(long seed) {
            random = new Random(seed);
            Collections.shuffle(ids, random);
            List<DomainId> order = new ArrayList<>(ids);
            Collections.shuffle(order, random);
            for (int i = 0; i < DOMAINS; i++) {
                List<DomainId> after = new ArrayList<>();
                for (int up = 0; up < i; up++) {
                    if (random.nextInt(3) == 0) {
                        after.add(order.get(up));
                    }
                }
                Deadline by = random.nextInt(3) == 0
                        ? null
                        : new Deadline(0, LocalTime.of(21, 0).plusMinutes(10L * random.nextInt(36)));
                rules.put(order.get(i), new DomainRule(by, after, null, null));
            }
            kinds = EnumSet.complementOf(EnumSet.of(AlertKind.REMINDER, AlertKind.DIGEST));
            switch (random.nextInt(3)) {
                case 0 -> kinds.remove(AlertKind.PROBLEM);
                case 1 -> kinds.remove(AlertKind.AT_RISK);
                default -> {}
            }
            close = new TestingClose(ids, rules, kinds);
            alerts = close.alerts;
            for (String channel : List.of("C1", "C2", "C3")) {
                List<DomainId> domains = ids.stream()
                        .filter(id -> channel.equals("C3") || random.nextInt(2) == 0)
                        .toList();
                alerts.channels.put(channel, domains);
                known.put(channel, new Known(new HashMap<>(), new HashMap<>(), new HashMap<>()));
            }
            if (random.nextInt(3) == 0) {
                ids.stream().filter(id -> random.nextInt(4) == 0).forEach(close.answers.muted::add);
            }
            close.start("20:30");
        }

        void post() {
            DomainId id = ids.get(random.nextInt(DOMAINS));
            Status now = alerts.board.of(id).status();
            Status next = now == Status.LOADING
                    ? random.nextInt(3) == 0 ? Status.WARNING : Status.OK
                    : random.nextInt(5) == 0 ? Status.WARNING : Status.LOADING;
            alerts.post(id, next, "J" + ++jobs);
        }

        /** A sink gets the ends of failures also if it gets no failures. */
        void over(Known recipient, Alert recovery) {
            Alert ended = recipient.open().remove(recovery.id());
            assertThat(ended != null || !kinds.contains(AlertKind.PROBLEM))
                    .as("%s was reported before its end", recovery.domainId())
                    .isTrue();
        }

        /** Reads the messages since the last call. */
        List<Sent> takeSent() {
            List<Sent> sent = List.copyOf(alerts.sent.subList(read, alerts.sent.size()));
            read = alerts.sent.size();
            return sent;
        }

        /** Whether a domain waits for another one now, directly or by others. */
        boolean waits(DomainId id, DomainId cause) {
            WindowView view = close.view();
            return domain(view, id).waitingFor().stream().anyMatch(up -> up.equals(cause) || waits(up, cause));
        }

        /** The same by the rules. */
        boolean isAfter(DomainId id, DomainId cause) {
            return Objects.requireNonNull(rules.get(id)).after().stream()
                    .anyMatch(up -> up.equals(cause) || isAfter(up, cause));
        }

        boolean isRelated(DomainId one, DomainId other) {
            return one.equals(other) || waits(one, other) || waits(other, one);
        }

        boolean isProblem(DomainId id) {
            WindowDomain domain = domain(close.view(), id);
            return domain.state() == DomainState.FAILED || domain.state() == DomainState.STALE || isEndangered(domain);
        }
    }

    private static WindowDomain domain(WindowView view, DomainId id) {
        return Objects.requireNonNull(view.domain(id));
    }

    private static boolean isEndangered(WindowDomain domain) {
        return domain.isLateNow() || domain.deadlineState() == DeadlineState.AT_RISK;
    }

    private static boolean isDeadline(Alert alert) {
        return alert.kind() == AlertKind.LATE || alert.kind() == AlertKind.AT_RISK;
    }

    @Property(tries = 150)
    void aRecipientGetsEachLateDomainOrACauseOfItAndNeverTwoThatWaitForEachOther(@ForAll long seed) {
        Scenario scenario = new Scenario(seed);
        for (int step = 0; step < STEPS; step++) {
            if (scenario.random.nextInt(8) == 0) {
                scenario.close.restart();
            } else if (scenario.random.nextInt(12) == 0) {
                scenario.close.crash();
            }
            if (scenario.random.nextBoolean()) {
                scenario.post();
            }
            // One comparison at a time, so that the alerts are compared with the state in which they were made.
            for (int comparisons = 1 + scenario.random.nextInt(40); comparisons > 0; comparisons--) {
                scenario.close.passComparison();
                scenario.takeSent().forEach(sent -> check(scenario, sent));
            }
            scenario.known.forEach((channel, known) -> assertComplete(scenario, channel, known));
        }
        Statistics.label("two recipients differ")
                .collect(!scenario.known
                        .get("C1")
                        .late()
                        .equals(scenario.known.get("C2").late()));
        Statistics.label("two recipients differ")
                .coverage(coverage -> coverage.check(true).percentage(share -> share > 20));
    }

    private static void check(Scenario scenario, Sent sent) {
        Scenario.Known known = Objects.requireNonNull(scenario.known.get(sent.channel()));
        for (Alert alert : sent.alerts()) {
            DomainId id = alert.domainId();
            boolean isNew = !known.open().containsKey(alert.id());
            if (alert.kind() == AlertKind.RECOVERED) {
                scenario.over(known, alert);
                continue;
            }
            assertThat(scenario.alerts.channels.get(sent.channel())).contains(id);
            assertThat(scenario.close.answers.muted).doesNotContain(id);
            if (isDeadline(alert)) {
                Map<DomainId, Integer> counts = alert.kind() == AlertKind.LATE ? known.late() : known.atRisk();
                counts.merge(id, 1, Integer::sum);
                if (isNew) {
                    assertThat(known.open().values())
                            .as("%s: %s of %s", sent.channel(), alert.kind(), id)
                            .noneMatch(other -> isDeadline(other)
                                    && scenario.isProblem(other.domainId())
                                    && scenario.isRelated(other.domainId(), id))
                            .noneMatch(other -> other.kind() == AlertKind.PROBLEM
                                    && domain(scenario.close.view(), other.domainId())
                                                    .state()
                                            == DomainState.FAILED
                                    && scenario.waits(id, other.domainId()));
                }
            }
            known.open().put(alert.id(), alert);
        }
    }

    /** Each deadline in danger of which the recipient gets alerts is reported. */
    private static void assertComplete(Scenario scenario, String channel, Scenario.Known known) {
        WindowView view = scenario.close.view();
        for (DomainId id : scenario.alerts.channels.get(channel)) {
            WindowDomain domain = domain(view, id);
            boolean late = domain.isLateNow();
            boolean reported = isEndangered(domain)
                    && !scenario.close.answers.muted.contains(id)
                    && (late || scenario.kinds.contains(AlertKind.AT_RISK));
            if (reported) {
                assertThat(known.open().values())
                        .as("%s of %s at %s", channel, id, view.asOf())
                        .anyMatch(alert -> isDeadline(alert)
                                ? (alert.kind() == AlertKind.LATE || !late) && scenario.isRelated(alert.domainId(), id)
                                : alert.domainId().equals(id) || scenario.isAfter(id, alert.domainId()));
            }
        }
    }

    @Property(tries = 150)
    void eachDeadlineIsReportedOnceAndItsEndToo(@ForAll long seed) {
        Scenario scenario = new Scenario(seed);
        for (int step = 0; step < STEPS; step++) {
            switch (scenario.random.nextInt(6)) {
                case 0 -> scenario.alerts.restart();
                case 1 ->
                    scenario.alerts.sink = List.of(Sink.FAILS, Sink.RATE_LIMITS, Sink.REFUSES_CHANNEL)
                            .get(scenario.random.nextInt(3));
                case 2 -> scenario.alerts.sink = Sink.ACCEPTS;
                default -> scenario.post();
            }
            scenario.close.pass(scenario.random.nextInt(15));
        }
        scenario.alerts.sink = Sink.ACCEPTS;
        scenario.close.pass(60);
        scenario.ids.forEach(id -> scenario.alerts.post(id, Status.OK, "end"));
        scenario.close.pass(5);

        for (Sent sent : scenario.takeSent()) {
            Scenario.Known known = Objects.requireNonNull(scenario.known.get(sent.channel()));
            for (Alert alert : sent.alerts()) {
                if (alert.kind() == AlertKind.RECOVERED) {
                    scenario.over(known, alert);
                } else {
                    Alert before = known.open().put(alert.id(), alert);
                    assertThat(before == null || !isDeadline(alert) || before.kind() != alert.kind())
                            .as("%s %s comes once", alert.domainId(), alert.kind())
                            .isTrue();
                }
            }
        }
        scenario.known.forEach(
                (channel, known) -> assertThat(known.open()).as(channel).isEmpty());
    }
}
