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

/** Whatever the board and the sink do, each problem is told, once, and never too fast. */
class AlertPolicyProperties {

    private static final List<DomainId> DOMAINS = TestingAlerts.DOMAINS.subList(0, 8);

    @BeforeContainer
    static void logNothing() {
        TestingAlerts.logFrom(Level.OFF);
    }

    @AfterContainer
    static void logAgain() {
        TestingAlerts.logFrom(Level.WARN);
    }

    /** Something that happens. */
    sealed interface Step {
        record Post(int domain, Status status) implements Step {}

        record Unheard(int domain, Status status) implements Step {}

        record Pass(int millis) implements Step {}

        record SinkIs(Sink sink) implements Step {}

        record Restart() implements Step {}

        record Crash() implements Step {}
    }

    /** What each domain did, from the posts alone. */
    private static final class Model {
        private final Map<DomainId, Status> statuses = new HashMap<>();
        private final Map<DomainId, Boolean> open = new HashMap<>();
        private final Map<DomainId, Integer> failedRuns = new HashMap<>();
        private final Map<DomainId, Kind> lastWord = new HashMap<>();

        void post(DomainId id, Status status) {
            Status before = statuses.put(id, status);
            boolean wasOpen = open.getOrDefault(id, false);
            if (status == Status.WARNING) {
                if (!wasOpen || before == Status.LOADING) {
                    failedRuns.merge(id, 1, Integer::sum);
                    lastWord.put(id, Kind.WARNING);
                }
                open.put(id, true);
            } else if (status == Status.OK) {
                if (wasOpen) {
                    lastWord.put(id, Kind.OK);
                }
                open.put(id, false);
            } else if (status == Status.BLANK) {
                open.put(id, false);
            }
        }
    }

    @Property(tries = 400)
    @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
    void eachFailedRunIsToldOnceOverRestartsAndOutages(@ForAll("orderlySteps") List<Step> steps) {
        TestingAlerts alerts = new TestingAlerts().start();
        Model model = new Model();

        run(alerts, model, steps);

        Map<DomainId, Integer> told = new HashMap<>();
        events(alerts).forEach((id, events) -> events.stream()
                .filter(event -> event.kind().isProblem())
                .forEach(event -> told.merge(id, event.runs(), Integer::sum)));
        assertThat(told).isEqualTo(model.failedRuns);
        assertThat(lastWords(alerts)).isEqualTo(model.lastWord);
        assertPace(alerts);
        Statistics.label("problems").collect(!told.isEmpty());
        Statistics.label("together")
                .collect(alerts.sent.stream().anyMatch(sent -> sent.alerts().size() > 1));
        Statistics.label("coalesced").collect(alerts.sent.stream().anyMatch(sent -> sent.alerts().stream()
                .anyMatch(alert -> alert.event().runs() > 1)));

        // Samples in which little goes wrong would prove little.
        for (String label : List.of("problems", "together", "coalesced")) {
            Statistics.label(label).coverage(coverage -> coverage.check(true).percentage(share -> share > 20));
        }
    }

    @Property(tries = 400)
    void whateverIsLostOnTheWayTheChannelLearnsHowItIsNow(@ForAll("anySteps") List<Step> steps) {
        TestingAlerts alerts = new TestingAlerts().start();
        Model model = new Model();

        run(alerts, model, steps);

        Map<DomainId, Kind> lastWords = lastWords(alerts);
        model.statuses.forEach((id, status) -> {
            if (status == Status.WARNING) {
                assertThat(lastWords.get(id)).as("%s is in Warning", id).isEqualTo(Kind.WARNING);
            }
            if (status == Status.OK && lastWords.containsKey(id) && !wasEverBlank(steps, id)) {
                assertThat(lastWords.get(id)).as("%s is OK", id).isEqualTo(Kind.OK);
            }
        });
        assertThat(alerts.log.kept.channels().get(TestingAlerts.CHANNEL))
                .as("nothing waits for ever")
                .allSatisfy(domain -> assertThat(domain.pending()).isEmpty());
    }

    private static void run(TestingAlerts alerts, Model model, List<Step> steps) {
        for (Step step : steps) {
            if (step instanceof Step.Post post) {
                DomainId id = DOMAINS.get(post.domain());
                alerts.post(id, post.status());
                model.post(id, post.status());
            } else if (step instanceof Step.Unheard unheard) {
                DomainId id = DOMAINS.get(unheard.domain());
                alerts.postUnheard(id, unheard.status(), "unheard " + alerts.board.revision());
                model.post(id, unheard.status());
            } else if (step instanceof Step.Pass pass) {
                alerts.pass(Duration.ofMillis(pass.millis()));
            } else if (step instanceof Step.SinkIs is) {
                alerts.sink = is.sink();
            } else if (step instanceof Step.Restart) {
                alerts.restart();
            } else {
                alerts.crash();
            }
        }
        alerts.sink = Sink.TAKES;
        alerts.pass(Duration.ofMinutes(20));
    }

    private static Map<DomainId, List<DomainEvent>> events(TestingAlerts alerts) {
        Map<DomainId, List<DomainEvent>> events = new HashMap<>();
        alerts.sent.forEach(
                sent -> sent.alerts().forEach(alert -> events.computeIfAbsent(alert.id(), id -> new ArrayList<>())
                        .add(alert.event())));
        return events;
    }

    private static Map<DomainId, Kind> lastWords(TestingAlerts alerts) {
        Map<DomainId, Kind> words = new HashMap<>();
        events(alerts)
                .forEach((id, events) ->
                        words.put(id, events.get(events.size() - 1).kind().isProblem() ? Kind.WARNING : Kind.OK));
        return words;
    }

    private static boolean wasEverBlank(List<Step> steps, DomainId id) {
        return steps.stream()
                .anyMatch(step -> (step instanceof Step.Post post
                                && post.status() == Status.BLANK
                                && DOMAINS.get(post.domain()).equals(id))
                        || (step instanceof Step.Unheard unheard
                                && unheard.status() == Status.BLANK
                                && DOMAINS.get(unheard.domain()).equals(id)));
    }

    private static void assertPace(TestingAlerts alerts) {
        for (int i = 1; i < alerts.tries.size(); i++) {
            assertThat(alerts.tries.get(i))
                    .isAfterOrEqualTo(alerts.tries.get(i - 1).plus(TestingSink.LIMITS.channelInterval()));
        }
    }

    @Provide
    Arbitrary<List<Step>> orderlySteps() {
        return Arbitraries.<Step>frequencyOf(
                        weighted(12, posts()),
                        weighted(5, passes()),
                        weighted(2, sinkIs(Sink.TAKES, Sink.FAILS, Sink.ASKS_TO_WAIT, Sink.REFUSES_CREDENTIAL)),
                        weighted(1, Arbitraries.of(new Step.Restart())))
                .list()
                .ofMinSize(20)
                .ofMaxSize(80);
    }

    @Provide
    Arbitrary<List<Step>> anySteps() {
        return Arbitraries.<Step>frequencyOf(
                        weighted(10, posts()),
                        weighted(3, Combinators.combine(domains(), statuses()).as(Step.Unheard::new)),
                        weighted(5, passes()),
                        weighted(2, sinkIs(Sink.TAKES, Sink.FAILS, Sink.TAKES_AND_CRASHES, Sink.REFUSES_CHANNEL)),
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
