package org.epmpulse.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.vavr.collection.HashMap;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.epmpulse.alerts.AlertDeadlines.Endangered;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.DurationStatistics;
import org.epmpulse.status.Jobs;
import org.epmpulse.status.Source;
import org.epmpulse.status.StateWord;
import org.epmpulse.status.Status;
import org.epmpulse.window.CloseCalendar;
import org.epmpulse.window.Deadline;
import org.epmpulse.window.DomainRule;
import org.epmpulse.window.WindowPlan;
import org.epmpulse.window.WindowViews;
import org.junit.jupiter.api.Test;

/** Which deadlines of a close are in danger, and whose alert they are: at 23:00 of a window that began at 18:00. */
class WindowDeadlinesTest {

    private static final Instant NOW = Instant.parse("2026-03-10T23:00:00Z");
    private static final DomainId FIRST = new DomainId("A", "First");
    private static final DomainId LOAD = new DomainId("A", "Load");
    private static final DomainId RULES = new DomainId("A", "Rules");
    private static final DomainId OTHER = new DomainId("B", "Other");

    private final Map<DomainId, DomainRule> rules = new LinkedHashMap<>(Map.of(
            LOAD, rule("22:00", List.of(FIRST), "Close team"),
            RULES, rule("22:30", List.of(LOAD), null),
            OTHER, rule("23:30", List.of(), null)));
    private final Map<DomainId, DomainStatus> statuses = new LinkedHashMap<>();

    private static DomainRule rule(String by, List<DomainId> after, String owner) {
        return new DomainRule(Deadline.parse(by), after, owner, null);
    }

    private void report(DomainId id, Status status, String time) {
        Instant at = Instant.parse("2026-03-10T" + time + ":00Z");
        statuses.put(id, new DomainStatus(status, "J", null, at, null, null, at, null, Source.API, null, 1));
    }

    private WindowDeadlines deadlines() {
        CloseCalendar calendar = new CloseCalendar(
                LocalTime.of(18, 0), null, ZoneOffset.UTC, EnumSet.allOf(DayOfWeek.class), day -> false);
        WindowPlan plan = new WindowPlan(List.of(RULES, LOAD, FIRST, OTHER), rules, calendar);
        Map<DomainId, DurationStatistics> durations =
                Map.of(OTHER, DurationStatistics.of(new int[] {7_200, 7_200, 7_200, 7_200, 7_200}));
        Board board = new Board(1, 1, NOW, HashMap.ofAll(statuses), HashMap.ofAll(durations), Jobs.NONE);
        WindowViews windows = new WindowViews(plan, Duration.ofHours(4), () -> board, InstantSource.fixed(NOW));
        return new WindowDeadlines(windows, ZoneId.of("Europe/Berlin"));
    }

    private AlertDeadlines.Now now() {
        return deadlines().now();
    }

    /** For somebody who gets the alerts of all domains, and has got none. */
    private Map<DomainId, Endangered> endangered() {
        return now().endangered().apply(new AlertDeadlines.Recipient() {
            @Override
            public boolean gets(DomainId id) {
                return true;
            }

            @Override
            public boolean getsFailure(DomainId id) {
                return true;
            }

            @Override
            public boolean isTold(DomainId id) {
                return false;
            }
        });
    }

    @Test
    void aLateDomainAndWhatWaitsForItAreOneAlert() {
        report(OTHER, Status.OK, "20:00");
        report(FIRST, Status.OK, "19:00");

        assertThat(endangered())
                .containsExactly(Map.entry(
                        LOAD,
                        new Endangered(
                                true,
                                Instant.parse("2026-03-10T22:00:00Z"),
                                "deadline 23:00; A/Rules waits for it; owner Close team")));
        assertThat(now().done()).containsExactlyInAnyOrder(FIRST, OTHER);
    }

    @Test
    void aDeadlineThatWillBeMissedIsAtRisk() {
        report(FIRST, Status.OK, "19:00");
        report(LOAD, Status.OK, "20:00");
        report(RULES, Status.OK, "21:00");
        report(OTHER, Status.LOADING, "22:00");

        assertThat(endangered())
                .containsExactly(Map.entry(
                        OTHER,
                        new Endangered(
                                false, Instant.parse("2026-03-10T23:30:00Z"), "deadline 00:30; expected 01:00")));
        assertThat(now().done()).containsExactlyInAnyOrder(FIRST, LOAD, RULES);
    }

    @Test
    void aRunThatHangsIsTheCauseOfTheDeadlinesOfOthers() {
        report(OTHER, Status.OK, "20:00");
        report(FIRST, Status.LOADING, "18:30");

        assertThat(endangered())
                .containsExactly(Map.entry(
                        FIRST,
                        new Endangered(
                                true,
                                Instant.parse("2026-03-10T22:00:00Z"),
                                "deadline of A/Load 23:00; A/Rules, A/Load wait for it")));
    }

    @Test
    void aFailedDomainHasAnAlertOfItsOwn() {
        report(OTHER, Status.OK, "20:00");
        report(FIRST, Status.WARNING, "19:00");

        assertThat(endangered()).isEmpty();
        AlertCauses.Related related = deadlines().related(Set.of(FIRST));
        assertThat(related.affected()).isEqualTo(Map.of(FIRST, List.of(RULES, LOAD)));
        assertThat(related.causes()).isEmpty();
        assertThat(deadlines().waitingFor(RULES)).containsExactly(LOAD);
        assertThat(deadlines().upstream(RULES)).containsExactly(LOAD);
        assertThat(deadlines().upstream(FIRST)).isEmpty();
    }

    private AlertCause causeOfRules() {
        return deadlines().related(Set.of(RULES)).causes().get(RULES);
    }

    @Test
    void anAlertNamesTheRootCauseAndSinceWhen() {
        assertThat(causeOfRules())
                .isEqualTo(new AlertCause(
                        LOAD,
                        StateWord.LATE,
                        Instant.parse("2026-03-10T22:00:00Z"),
                        "waits for A/Load, late since 23:00"));

        report(FIRST, Status.LOADING, "18:30");
        assertThat(causeOfRules().text()).isEqualTo("waits for A/First, running since 19:30");
        assertThat(causeOfRules().label()).isEqualTo("stale");

        report(FIRST, Status.WARNING, "20:15");
        assertThat(causeOfRules().text()).isEqualTo("waits for A/First, failed since 21:15");
        assertThat(deadlines().related(Set.of(RULES, FIRST)).affected()).isEqualTo(Map.of(FIRST, List.of(RULES, LOAD)));

        report(FIRST, Status.OK, "20:30");
        report(LOAD, Status.OK, "21:30");
        assertThat(causeOfRules()).isNull();
    }

    @Test
    void aCauseThatIsOnlyAtRiskIsNamedWithItsExpectedEnd() {
        rules.put(RULES, rule("22:30", List.of(OTHER), null));
        report(OTHER, Status.BLANK, "18:00");
        report(FIRST, Status.OK, "19:00");

        assertThat(causeOfRules())
                .isEqualTo(
                        new AlertCause(OTHER, StateWord.AT_RISK, null, "waits for B/Other, at risk, expected 02:00"));
    }

    @Test
    void withoutDeadlinesThereIsNothing() {
        rules.clear();

        assertThat(now()).isEqualTo(AlertDeadlines.Now.NONE);
    }
}
