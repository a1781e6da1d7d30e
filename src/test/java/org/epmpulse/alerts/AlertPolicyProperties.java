package org.epmpulse.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.apache.logging.log4j.Level;
import org.epmpulse.alerts.DomainEvent.Kind;
import org.epmpulse.alerts.TestingAlerts.Sink;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;

/** Random updates and sink failures: each problem is sent once and within the rate limits. */
class AlertPolicyProperties {

    private static final List<DomainId> DOMAINS = TestingAlerts.DOMAINS.subList(0, 8);

    @BeforeContainer
    static void disableLogging() {
        TestingAlerts.logFrom(Level.OFF);
    }

    @AfterContainer
    static void enableLogging() {
        TestingAlerts.logFrom(Level.WARN);
    }

    /** A step of a random scenario. */
    sealed interface Step {
        record Post(int domain, Status status) implements Step {}

        record DroppedChange(int domain, Status status) implements Step {}

        record Pass(int millis) implements Step {}

        record SinkIs(Sink sink) implements Step {}

        record Restart() implements Step {}

        record Crash() implements Step {}
    }

    /** The expected alerts of each domain, computed from the posts only. */
    private static final class Model {
        private final Map<DomainId, Status> statuses = new HashMap<>();
        private final Map<DomainId, Boolean> open = new HashMap<>();
        private final Map<DomainId, Integer> failedRuns = new HashMap<>();
        private final Map<DomainId, Kind> lastKind = new HashMap<>();

        void post(DomainId id, Status status) {
            Status before = statuses.put(id, status);
            boolean wasOpen = open.getOrDefault(id, false);
            if (status == Status.WARNING) {
                if (!wasOpen || before == Status.LOADING) {
                    failedRuns.merge(id, 1, Integer::sum);
                    lastKind.put(id, Kind.WARNING);
                }
                open.put(id, true);
            } else if (status == Status.OK) {
                if (wasOpen) {
                    lastKind.put(id, Kind.OK);
                }
                open.put(id, false);
            } else if (status == Status.BLANK) {
                open.put(id, false);
            }
        }
    }

    @Property(tries = 400)
    @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
    void eachFailedRunIsSentOnceDespiteRestartsAndOutages(@ForAll("stepsWithoutLoss") List<Step> steps) {
        TestingAlerts alerts = new TestingAlerts().start();
        Model model = new Model();

        run(alerts, model, steps);

        Map<DomainId, Integer> sentRuns = new HashMap<>();
        events(alerts).forEach((id, events) -> events.stream()
                .filter(Alert::isProblem)
                .forEach(event -> sentRuns.merge(id, event.runs(), Integer::sum)));
        assertThat(sentRuns).isEqualTo(model.failedRuns);
        assertThat(lastKinds(alerts)).isEqualTo(model.lastKind);
        assertPace(alerts);
        Statistics.label("problems").collect(!sentRuns.isEmpty());
        Statistics.label("combined")
                .collect(alerts.sent.stream().anyMatch(sent -> sent.alerts().size() > 1));
        Statistics.label("coalesced").collect(alerts.sent.stream().anyMatch(sent -> sent.alerts().stream()
                .anyMatch(alert -> alert.runs() > 1)));

        // The samples must contain enough of each case.
        for (String label : List.of("problems", "combined", "coalesced")) {
            Statistics.label(label).coverage(coverage -> coverage.check(true).percentage(share -> share > 20));
        }
    }

    @Property(tries = 400)
    void afterDroppedChangesAndCrashesTheChannelKnowsTheCurrentStatus(@ForAll("allSteps") List<Step> steps) {
        TestingAlerts alerts = new TestingAlerts().start();
        Model model = new Model();

        run(alerts, model, steps);

        Map<DomainId, Kind> lastKinds = lastKinds(alerts);
        model.statuses.forEach((id, status) -> {
            if (status == Status.WARNING) {
                assertThat(lastKinds.get(id)).as("%s is in Warning", id).isEqualTo(Kind.WARNING);
            }
            if (status == Status.OK && lastKinds.containsKey(id) && !wasEverBlank(steps, id)) {
                assertThat(lastKinds.get(id)).as("%s is OK", id).isEqualTo(Kind.OK);
            }
        });
        assertThat(alerts.store.stored.channels().get(TestingAlerts.CHANNEL))
                .as("nothing stays pending")
                .allSatisfy(domain -> assertThat(domain.pending()).isEmpty());
    }

    private static void run(TestingAlerts alerts, Model model, List<Step> steps) {
        for (Step step : steps) {
            if (step instanceof Step.Post post) {
                DomainId id = DOMAINS.get(post.domain());
                alerts.post(id, post.status());
                model.post(id, post.status());
            } else if (step instanceof Step.DroppedChange dropped) {
                DomainId id = DOMAINS.get(dropped.domain());
                alerts.postDropped(id, dropped.status(), "dropped " + alerts.board.revision());
                model.post(id, dropped.status());
            } else if (step instanceof Step.Pass pass) {
                alerts.advance(Duration.ofMillis(pass.millis()));
            } else if (step instanceof Step.SinkIs sinkIs) {
                alerts.sink = sinkIs.sink();
            } else if (step instanceof Step.Restart) {
                alerts.restart();
            } else {
                alerts.crash();
            }
        }
        alerts.sink = Sink.ACCEPTS;
        alerts.advance(Duration.ofMinutes(20));
    }

    private static Map<DomainId, List<Alert>> events(TestingAlerts alerts) {
        Map<DomainId, List<Alert>> events = new HashMap<>();
        alerts.sent.forEach(
                sent -> sent.alerts().forEach(alert -> events.computeIfAbsent(alert.domainId(), id -> new ArrayList<>())
                        .add(alert)));
        return events;
    }

    private static Map<DomainId, Kind> lastKinds(TestingAlerts alerts) {
        Map<DomainId, Kind> kinds = new HashMap<>();
        events(alerts)
                .forEach((id, events) ->
                        kinds.put(id, events.get(events.size() - 1).isProblem() ? Kind.WARNING : Kind.OK));
        return kinds;
    }

    private static boolean wasEverBlank(List<Step> steps, DomainId id) {
        return steps.stream()
                .anyMatch(step -> (step instanceof Step.Post post
                                && post.status() == Status.BLANK
                                && DOMAINS.get(post.domain()).equals(id))
                        || (step instanceof Step.DroppedChange dropped
                                && dropped.status() == Status.BLANK
                                && DOMAINS.get(dropped.domain()).equals(id)));
    }

    private static void assertPace(TestingAlerts alerts) {
        for (int i = 1; i < alerts.attempts.size(); i++) {
            assertThat(alerts.attempts.get(i))
                    .isAfterOrEqualTo(alerts.attempts.get(i - 1).plus(TestingSink.LIMITS.channelInterval()));
        }
    }

    @Provide
    Arbitrary<List<Step>> stepsWithoutLoss() {
        return Arbitraries.<Step>frequencyOf(
                        weighted(12, posts()),
                        weighted(5, passes()),
                        weighted(2, sinkIs(Sink.ACCEPTS, Sink.FAILS, Sink.RATE_LIMITS, Sink.REFUSES_CREDENTIAL)),
                        weighted(1, Arbitraries.of(new Step.Restart())))
                .list()
                .ofMinSize(20)
                .ofMaxSize(80);
    }

    @Provide
    Arbitrary<List<Step>> allSteps() {
        return Arbitraries.<Step>frequencyOf(
                        weighted(10, posts()),
                        weighted(3, Combinators.combine(domains(), statuses()).as(Step.DroppedChange::new)),
                        weighted(5, passes()),
                        weighted(2, sinkIs(Sink.ACCEPTS, Sink.FAILS, Sink.ACCEPTS_AND_CRASHES, Sink.REFUSES_CHANNEL)),
                        weighted(1, Arbitraries.of(new Step.Restart(), new Step.Crash())))
                .list()
                .ofMinSize(20)
                .ofMaxSize(80);
    }

    private static Tuple.Tuple2<Integer, Arbitrary<? extends Step>> weighted(
            int weight, Arbitrary<? extends Step> steps) {
        return Tuple.of(weight, steps);
    }

    private static Arbitrary<Integer> domains() {
        return Arbitraries.integers().between(0, DOMAINS.size() - 1);
    }

    private static Arbitrary<Status> statuses() {
        return Arbitraries.frequency(
                Tuple.of(6, Status.WARNING),
                Tuple.of(4, Status.OK),
                Tuple.of(4, Status.LOADING),
                Tuple.of(1, Status.BLANK));
    }

    private static Arbitrary<Step.Post> posts() {
        return Combinators.combine(domains(), statuses()).as(Step.Post::new);
    }

    private static Arbitrary<Step.Pass> passes() {
        return Arbitraries.integers().between(100, 12_000).map(Step.Pass::new);
    }

    private static Arbitrary<Step.SinkIs> sinkIs(Sink... modes) {
        return Arbitraries.of(modes).map(Step.SinkIs::new);
    }
}
