package org.epmpulse.bench;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.epmpulse.api.WindowReplies;
import org.epmpulse.http.Reply;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.window.CloseCalendar;
import org.epmpulse.window.Deadline;
import org.epmpulse.window.DomainRule;
import org.epmpulse.window.Holidays;
import org.epmpulse.window.WindowPlan;
import org.epmpulse.window.WindowView;
import org.epmpulse.window.WindowViews;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The close window after an update, and the reply to {@code GET /api/v1/window}; each domain has 20 runs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WindowBeans {

    private static final Instant START = Instant.parse("2026-03-31T18:00:00Z");

    /** Each domain of a group waits for the one before it. */
    private static final int CHAIN = 10;

    @Param({"15", "5000"})
    public int domains;

    private Board one = Board.EMPTY;
    private Board other = Board.EMPTY;
    private boolean first = true;
    private FixedStore store = new FixedStore(Board.EMPTY);
    private WindowViews views = views(1, store);
    private WindowReplies replies = replies(views, store);

    @Setup(Level.Trial)
    public void fill() {
        int updates = 41 * domains;
        one = GeneratedBoard.after(updates, domains, START);
        other = GeneratedBoard.next(one, updates, domains, START);
        store = new FixedStore(one);
        views = views(domains, store);
        replies = replies(views, store);
    }

    private static WindowViews views(int domains, FixedStore store) {
        List<DomainId> ids = GeneratedJournal.catalog(domains).domainIds().toList();
        Map<DomainId, DomainRule> rules = new HashMap<>();
        for (int i = 0; i < ids.size(); i++) {
            List<DomainId> after = i % CHAIN == 0 ? List.of() : List.of(ids.get(i - 1));
            rules.put(ids.get(i), new DomainRule(Deadline.parse("21:30"), after, "owner", null));
        }
        CloseCalendar calendar = new CloseCalendar(
                LocalTime.of(18, 0), null, ZoneOffset.UTC, EnumSet.allOf(DayOfWeek.class), Holidays.NONE);
        return new WindowViews(
                new WindowPlan(ids, rules, calendar), Duration.ofHours(2), store::board, () -> START.plusSeconds(600));
    }

    private static WindowReplies replies(WindowViews views, FixedStore store) {
        return new WindowReplies(views, store, () -> DomainNotes.NONE, () -> START.plusSeconds(600));
    }

    private void showOtherRevision() {
        first = !first;
        store.show(first ? one : other);
    }

    @Benchmark
    public WindowView newRevision() {
        showOtherRevision();
        return views.current();
    }

    @Benchmark
    public Reply replyOfNewRevision() {
        showOtherRevision();
        return replies.show(Map.of());
    }

    @Benchmark
    public Reply replyOfSameRevision() {
        return replies.show(Map.of());
    }
}
