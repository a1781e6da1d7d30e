package org.epmpulse.alerts;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.epmpulse.config.QuietHours;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;
import org.epmpulse.window.CloseCalendar;
import org.epmpulse.window.DomainRule;
import org.epmpulse.window.WindowPlan;
import org.epmpulse.window.WindowView;
import org.epmpulse.window.WindowViews;

/**
 * The alerts of a close with rules, in a window that began at 18:00. The board is compared 7 and 37 s after each full
 * minute, and steps of a test are 15 s later, so that what was decided is sent before the next step.
 */
final class TestingClose {

    private static final Duration AFTER_COMPARISON = Duration.ofSeconds(15);
    private static final Duration STALE_AFTER = Duration.ofHours(2);
    private static final Duration RUN = Duration.ofMinutes(30);

    final TestingAlerts alerts = new TestingAlerts();
    final TestingAnswers answers = new TestingAnswers();
    private final WindowViews windows;

    /** Each domain has run for half an hour on the days before. */
    TestingClose(List<DomainId> ids, Map<DomainId, DomainRule> rules, Set<AlertKind> kinds) {
        CloseCalendar calendar = new CloseCalendar(
                LocalTime.of(18, 0), null, ZoneOffset.UTC, EnumSet.allOf(DayOfWeek.class), day -> false);
        windows = new WindowViews(
                new WindowPlan(ids, rules, calendar), STALE_AFTER, () -> alerts.board, () -> alerts.now);
        WindowDeadlines deadlines = new WindowDeadlines(windows, ZoneOffset.UTC);
        alerts.alertRules =
                new AlertRules(kinds, true, Duration.ZERO, QuietHours.NONE, null, ZoneId.of("UTC"), answers, deadlines);
        alerts.deadlineSource = deadlines;
        alerts.channels.clear();
        for (int day = 6; day > 0; day--) {
            alerts.now = Instant.parse("2026-03-31T20:00:00Z").minus(Duration.ofDays(day));
            for (DomainId id : ids) {
                alerts.record(id, Status.LOADING, "run " + day);
            }
            alerts.now = alerts.now.plus(RUN);
            for (DomainId id : ids) {
                alerts.record(id, Status.OK, "run " + day);
            }
        }
    }

    /** Starts at a time of the evening of 31 March 2026, such as {@code 21:30}. */
    TestingClose start(String time) {
        alerts.now = Instant.parse("2026-03-31T" + time + ":07Z");
        alerts.start();
        alerts.advance(AFTER_COMPARISON);
        return this;
    }

    void pass(int minutes) {
        alerts.advance(Duration.ofMinutes(minutes));
    }

    /** Waits for the next comparison. */
    void passComparison() {
        alerts.advance(Duration.ofSeconds(30));
    }

    /** Waits until a time of the same evening. */
    void until(String time) {
        alerts.advance(Duration.between(alerts.now, Instant.parse("2026-03-31T" + time + ":22Z")));
    }

    void restart() {
        alerts.advance(AFTER_COMPARISON);
        alerts.restart();
        alerts.advance(AFTER_COMPARISON);
    }

    /** As {@code kill -9} and a start. */
    void crash() {
        alerts.advance(AFTER_COMPARISON);
        alerts.crash();
        alerts.advance(AFTER_COMPARISON);
    }

    WindowView view() {
        return windows.current();
    }
}
