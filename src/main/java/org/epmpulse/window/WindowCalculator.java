package org.epmpulse.window;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.DurationStatistics;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/**
 * Computes a {@link WindowView} from one board. Not thread-safe: it keeps the usual ends of the last view, because most
 * domains have not changed since then.
 */
final class WindowCalculator {

    private final WindowPlan plan;
    private final Duration staleAfter;
    private final UsualEnds[] usualEnds;
    private final Map<Deadline, Optional<Instant>> deadlines = new HashMap<>();
    private long[] starts = new long[0];

    /** @param staleAfter a domain that has been Loading for longer than this is stale */
    WindowCalculator(WindowPlan plan, Duration staleAfter) {
        this.plan = plan;
        this.staleAfter = staleAfter;
        this.usualEnds = new UsualEnds[plan.ids().size()];
    }

    /** The window at a time, which counts in milliseconds like the times of the board. */
    WindowView view(Board board, Instant time) {
        Instant now = time.truncatedTo(ChronoUnit.MILLIS);
        CloseCalendar calendar = plan.calendar();
        Window window = calendar == null ? Window.before(now) : calendar.windowAt(now);
        if (calendar != null && !isLastStart(window)) {
            starts = calendar.startsUpTo(window, UsualEnds.WINDOWS);
            deadlines.clear();
        }
        @Nullable WindowDomain[] domains = new WindowDomain[plan.ids().size()];
        for (int i : plan.order()) {
            domains[i] = new Calculation(i, board, window, now, domains).domain();
        }
        return WindowView.of(window, now, board, Arrays.asList(domains));
    }

    private boolean isLastStart(Window window) {
        return starts.length > 0 && starts[starts.length - 1] == window.starts().getEpochSecond();
    }

    /** Null if there is none in this window. */
    private @Nullable Instant deadline(@Nullable Deadline by, Window window) {
        CloseCalendar calendar = plan.calendar();
        return calendar == null || by == null
                ? null
                : deadlines
                        .computeIfAbsent(by, each -> Optional.ofNullable(calendar.deadline(each, window)))
                        .orElse(null);
    }

    /** Null without a calendar, or if the end is not known. */
    private @Nullable Instant usualEnd(int domain, DurationStatistics statistics, Window window) {
        if (window.day() == null || statistics.lastEnd() == null) {
            return null;
        }
        UsualEnds usual = usualEnds[domain];
        if (usual == null || !usual.isFor(statistics, window.starts().getEpochSecond())) {
            usual = UsualEnds.of(statistics, starts);
            usualEnds[domain] = usual;
        }
        return usual.isKnown() ? window.starts().plusSeconds(usual.offsetSec()) : null;
    }

    /**
     * The estimated start or end of a run.
     *
     * @param moves whether it becomes later with time as long as nothing is reported
     */
    private record End(Instant time, boolean moves) {

        static End notBefore(Instant now, Instant time) {
            return time.isAfter(now) ? new End(time, false) : new End(now, true);
        }
    }

    /** Of one domain; those that it waits for are computed already. */
    private final class Calculation {

        private final DomainId id;
        private final DomainRule rule;
        private final Window window;
        private final Instant now;
        private final DomainStatus status;
        private final DurationStatistics statistics;
        private final DomainState state;
        private final List<WindowDomain> upstream = new ArrayList<>();
        private final @Nullable Instant deadline;
        private final @Nullable Instant usualEnd;

        Calculation(int domain, Board board, Window window, Instant now, @Nullable WindowDomain[] domains) {
            this.id = plan.ids().get(domain);
            this.rule = plan.rule(domain);
            this.window = window;
            this.now = now;
            this.status = board.of(id);
            this.statistics = board.durations(id);
            this.state = state();
            for (int up : plan.upstream(domain)) {
                upstream.add(Objects.requireNonNull(domains[up], "an earlier domain"));
            }
            this.deadline = deadline(rule.by(), window);
            this.usualEnd = usualEnd(domain, statistics, window);
        }

        private DomainState state() {
            if (status.status() == Status.LOADING) {
                return status.stale(now, staleAfter) ? DomainState.STALE : DomainState.RUNNING;
            }
            Instant updated = status.updated();
            if (!status.status().endsRun() || updated == null || updated.isBefore(window.starts())) {
                return DomainState.NOT_STARTED;
            }
            return status.status() == Status.OK ? DomainState.DONE : DomainState.FAILED;
        }

        WindowDomain domain() {
            End end = end(statistics.typicalSec(), WindowDomain::expectedEnd);
            Instant expected = end == null ? null : end.time();
            End pessimistic = end(statistics.pessimisticSec(), WindowDomain::pessimisticEnd);
            boolean waits = state == DomainState.NOT_STARTED || state == DomainState.FAILED;
            List<WindowDomain> waitingFor = waits
                    ? upstream.stream()
                            .filter(up -> up.state() != DomainState.DONE)
                            .toList()
                    : List.of();
            return new WindowDomain(
                    id,
                    state,
                    status,
                    statistics,
                    rule,
                    deadline,
                    deadlineState(expected),
                    expected,
                    end != null && end.moves(),
                    pessimistic == null ? null : pessimistic.time(),
                    usualEnd,
                    waitingFor.stream().map(WindowDomain::id).toList(),
                    state == DomainState.NOT_STARTED ? cause(waitingFor) : null);
        }

        private static @Nullable DomainId cause(List<WindowDomain> waitingFor) {
            for (WindowDomain up : waitingFor) {
                boolean isCause = up.state() == DomainState.FAILED || up.state() == DomainState.STALE || up.isLateNow();
                DomainId cause = up.cause() == null && isCause ? up.id() : up.cause();
                if (cause != null) {
                    return cause;
                }
            }
            return null;
        }

        /** @param sec the assumed duration of a run; null if it is not known */
        private @Nullable End end(@Nullable Long sec, Function<WindowDomain, @Nullable Instant> upstreamEnd) {
            if (state == DomainState.DONE) {
                return new End(Objects.requireNonNull(status.updated()), false);
            }
            if (sec == null) {
                return null;
            }
            if (state == DomainState.RUNNING || state == DomainState.STALE) {
                Instant started = status.started() != null ? status.started() : status.updated();
                return End.notBefore(now, Objects.requireNonNull(started).plusSeconds(sec));
            }
            End start = state == DomainState.FAILED ? new End(now, true) : usualStart();
            for (WindowDomain up : upstream) {
                Instant ready = upstreamEnd.apply(up);
                if (ready == null || start == null) {
                    return null;
                }
                start = ready.isAfter(start.time()) ? new End(ready, up.endMoves()) : start;
            }
            return start == null ? null : new End(start.time().plusSeconds(sec), start.moves());
        }

        /**
         * From now on: at once for a domain that only waits for others, otherwise when it usually starts. Null if it is
         * not expected to start in this window.
         */
        private @Nullable End usualStart() {
            Long typical = statistics.typicalSec();
            if (!upstream.isEmpty()) {
                return new End(now, true);
            }
            if (usualEnd != null && typical != null) {
                return End.notBefore(now, usualEnd.minusSeconds(typical));
            }
            return deadline == null ? null : new End(now, true);
        }

        private DeadlineState deadlineState(@Nullable Instant expected) {
            if (deadline == null) {
                return DeadlineState.NONE;
            }
            if (wasDoneBy(deadline)) {
                return DeadlineState.MET;
            }
            if (now.isAfter(deadline) || state == DomainState.DONE) {
                return DeadlineState.LATE;
            }
            return expected != null && expected.isAfter(deadline) ? DeadlineState.AT_RISK : DeadlineState.ON_TRACK;
        }

        /**
         * Whether a run in this window ended OK by then, also if another one followed. If all known ends are in this
         * window, there were earlier ones that are not known any more, and the first one counts as in time.
         */
        private boolean wasDoneBy(Instant deadline) {
            long[] ends = statistics.ends();
            long from = window.starts().getEpochSecond();
            long inWindow = Arrays.stream(ends).filter(end -> end >= from).count();
            boolean inTime = Arrays.stream(ends).anyMatch(end -> end >= from && end <= deadline.getEpochSecond());
            boolean allInWindow = inWindow == DurationStatistics.RUNS;
            Instant updated = status.updated();
            boolean doneNow = state == DomainState.DONE && updated != null && !updated.isAfter(deadline);
            return inTime || allInWindow || doneNow;
        }
    }
}
