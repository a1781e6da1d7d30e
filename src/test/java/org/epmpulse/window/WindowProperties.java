package org.epmpulse.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.vavr.collection.HashMap;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.DurationStatistics;
import org.epmpulse.status.Jobs;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/** Compares windows of random graphs, durations, clock changes and holidays with a plain model. */
class WindowProperties {

    private static final Duration STALE_AFTER = Duration.ofHours(4);
    private static final List<String> ZONES = List.of("Europe/London", "America/New_York", "Asia/Kolkata", "UTC");

    /** A random configuration and board. */
    private static final class Scenario {
        private final List<DomainId> ids = new ArrayList<>();
        private final Map<DomainId, DomainRule> rules = new LinkedHashMap<>();
        private final Map<DomainId, DomainStatus> statuses = new LinkedHashMap<>();
        private final Map<DomainId, DurationStatistics> statistics = new LinkedHashMap<>();
        private final Set<LocalDate> holidays = new HashSet<>();
        private final Instant now;
        private final CloseCalendar calendar;

        Scenario(long seed) {
            Random random = new Random(seed);
            // In the weeks around the clock changes of 2026.
            LocalDate day = random.nextBoolean() ? LocalDate.of(2026, 3, 20) : LocalDate.of(2026, 10, 20);
            ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
            now = day.plusDays(random.nextInt(20))
                    .atTime(LocalTime.ofSecondOfDay(random.nextInt(86_400)))
                    .atZone(zone)
                    .toInstant();
            for (int i = 0; i < 6; i++) {
                holidays.add(day.minusDays(60).plusDays(random.nextInt(100)));
            }
            Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
            for (DayOfWeek each : DayOfWeek.values()) {
                if (random.nextInt(3) > 0) {
                    days.add(each);
                }
            }
            days.add(DayOfWeek.MONDAY);
            LocalTime starts = LocalTime.of(random.nextInt(24), 15 * random.nextInt(4));
            calendar = new CloseCalendar(starts, null, zone, days, holidays::contains);
            int count = 1 + random.nextInt(8);
            for (int i = 0; i < count; i++) {
                addDomain(new DomainId("A" + i % 3, "D" + i), random);
            }
        }

        private void addDomain(DomainId id, Random random) {
            List<DomainId> after = new ArrayList<>(ids);
            after.removeIf(other -> random.nextInt(3) > 0);
            LocalTime time = LocalTime.of(random.nextInt(24), random.nextInt(60));
            Deadline by = random.nextBoolean() ? null : new Deadline(random.nextInt(4), time);
            if (by != null && by.workingDay() == 0 && time.equals(calendar.starts())) {
                by = null;
            }
            rules.put(id, new DomainRule(by, after, null, null));
            // The first of the list may wait for the last one.
            ids.add(random.nextInt(ids.size() + 1), id);
            long[] ends = new long[random.nextInt(21)];
            Arrays.setAll(
                    ends, i -> now.minusSeconds(random.nextInt(25 * 86_400)).getEpochSecond());
            Arrays.sort(ends);
            int[] seconds = random.ints(random.nextInt(12), 0, 20_000).toArray();
            Status status = Status.values()[random.nextInt(4)];
            Instant updated = now.minusSeconds(random.nextInt(40) * 3_600L + random.nextInt(3_600));
            boolean okNow = status == Status.OK && ends.length > 0;
            if (okNow) {
                updated = Instant.ofEpochSecond(ends[ends.length - 1]);
            }
            if (status != Status.BLANK || random.nextBoolean()) {
                Instant started = random.nextBoolean() ? null : updated.minusSeconds(random.nextInt(20_000));
                statuses.put(
                        id,
                        new DomainStatus(status, "J", null, started, null, null, updated, null, Source.API, null, 1));
            }
            DurationStatistics known = DurationStatistics.of(seconds).withEnds(ends);
            if (!known.equals(DurationStatistics.UNKNOWN)) {
                statistics.put(id, known);
            }
        }

        Board board() {
            return new Board(1, 1, now, HashMap.ofAll(statuses), HashMap.ofAll(statistics), Jobs.NONE);
        }

        WindowView view() {
            return new WindowCalculator(new WindowPlan(ids, rules, calendar), STALE_AFTER).view(board(), now);
        }
    }

    /** The same by recursion and lists, without caches and indexes. */
    private static final class Model {
        private final Scenario scenario;
        private final TreeMap<Instant, LocalDate> starts = new TreeMap<>();
        private final Instant start;

        Model(Scenario scenario) {
            this.scenario = scenario;
            CloseCalendar calendar = scenario.calendar;
            LocalDate today = scenario.now.atZone(calendar.zone()).toLocalDate();
            for (LocalDate day = today.minusDays(600); day.isBefore(today.plusDays(40)); day = day.plusDays(1)) {
                if (calendar.days().contains(day.getDayOfWeek()) && !scenario.holidays.contains(day)) {
                    starts.put(
                            day.atTime(calendar.starts())
                                    .atZone(calendar.zone())
                                    .toInstant(),
                            day);
                }
            }
            start = starts.floorKey(scenario.now);
        }

        DomainStatus status(DomainId id) {
            return scenario.statuses.getOrDefault(id, DomainStatus.NEVER_REPORTED);
        }

        DurationStatistics statistics(DomainId id) {
            return scenario.statistics.getOrDefault(id, DurationStatistics.UNKNOWN);
        }

        DomainState state(DomainId id) {
            DomainStatus status = status(id);
            Instant updated = status.updated();
            if (status.status() == Status.LOADING) {
                Instant since = status.started() == null ? updated : status.started();
                return since.plus(STALE_AFTER).isBefore(scenario.now) ? DomainState.STALE : DomainState.RUNNING;
            }
            if (updated == null || updated.isBefore(start) || status.status() == Status.BLANK) {
                return DomainState.NOT_STARTED;
            }
            return status.status() == Status.OK ? DomainState.DONE : DomainState.FAILED;
        }

        @Nullable
        Instant deadline(DomainId id) {
            Deadline by = scenario.rules.get(id).by();
            if (by == null) {
                return null;
            }
            CloseCalendar calendar = scenario.calendar;
            LocalDate day = starts.get(start);
            boolean atStart = by.time().equals(calendar.starts());
            if (by.workingDay() > 0) {
                LocalDate ofDeadline = atStart ? starts.higherEntry(start).getValue() : day;
                long ordinal = starts.values().stream()
                        .filter(each -> each.withDayOfMonth(1).equals(ofDeadline.withDayOfMonth(1))
                                && !each.isAfter(ofDeadline))
                        .count();
                if (ordinal != by.workingDay()) {
                    return null;
                }
                day = ofDeadline;
            }
            LocalDate date = by.time().isBefore(calendar.starts()) ? day.plusDays(1) : day;
            return date.atTime(by.time()).atZone(calendar.zone()).toInstant();
        }

        /** From the ends in each of the last 63 windows. */
        @Nullable
        Instant usualEnd(DomainId id) {
            List<Instant> windows = new ArrayList<>(starts.headMap(start).keySet());
            windows = windows.subList(windows.size() - 63, windows.size());
            List<Long> offsets = new ArrayList<>();
            int sinceFirst = 0;
            for (int i = 0; i < windows.size(); i++) {
                Instant from = windows.get(i);
                Instant to = i + 1 < windows.size() ? windows.get(i + 1) : start;
                Instant last = null;
                for (long end : statistics(id).ends()) {
                    Instant each = Instant.ofEpochSecond(end);
                    last = !each.isBefore(from) && each.isBefore(to) ? WindowView.later(last, each) : last;
                }
                sinceFirst += last != null || !offsets.isEmpty() ? 1 : 0;
                if (last != null) {
                    offsets.add(Duration.between(from, last).toSeconds());
                }
            }
            if (offsets.size() < 5 || 2 * offsets.size() < sinceFirst) {
                return null;
            }
            return start.plusSeconds(offsets.stream().sorted().toList().get((offsets.size() - 1) / 2));
        }

        @Nullable
        Instant end(DomainId id, boolean pessimistic) {
            DomainStatus status = status(id);
            Long sec = percentile(id, pessimistic ? 0.8 : 0.5);
            if (state(id) == DomainState.DONE) {
                return status.updated();
            }
            if (sec == null) {
                return null;
            }
            if (status.status() == Status.LOADING) {
                Instant since = status.started() == null ? status.updated() : status.started();
                return WindowView.later(since.plusSeconds(sec), scenario.now);
            }
            Instant begins = scenario.now;
            List<DomainId> after = scenario.rules.get(id).after();
            if (state(id) == DomainState.NOT_STARTED && after.isEmpty()) {
                Instant usual = usualEnd(id);
                if (usual == null && deadline(id) == null) {
                    return null;
                }
                begins = usual == null ? begins : WindowView.later(begins, usual.minusSeconds(percentile(id, 0.5)));
            }
            for (DomainId up : after) {
                Instant ready = end(up, pessimistic);
                if (ready == null) {
                    return null;
                }
                begins = WindowView.later(begins, ready);
            }
            return begins.plusSeconds(sec);
        }

        private @Nullable Long percentile(DomainId id, double part) {
            int[] sorted = Arrays.stream(statistics(id).seconds()).sorted().toArray();
            return sorted.length < 5 ? null : (Long) (long) sorted[(int) Math.ceil(sorted.length * part) - 1];
        }

        DeadlineState deadlineState(DomainId id) {
            Instant deadline = deadline(id);
            if (deadline == null) {
                return DeadlineState.NONE;
            }
            List<Instant> inWindow = Arrays.stream(statistics(id).ends())
                    .mapToObj(Instant::ofEpochSecond)
                    .filter(end -> !end.isBefore(start))
                    .toList();
            boolean done = state(id) == DomainState.DONE;
            boolean met = inWindow.size() == 20
                    || inWindow.stream().anyMatch(end -> !end.isAfter(deadline))
                    || (done && !status(id).updated().isAfter(deadline));
            if (met) {
                return DeadlineState.MET;
            }
            if (scenario.now.isAfter(deadline) || done) {
                return DeadlineState.LATE;
            }
            Instant expected = end(id, false);
            return expected != null && expected.isAfter(deadline) ? DeadlineState.AT_RISK : DeadlineState.ON_TRACK;
        }

        List<DomainId> waitingFor(DomainId id) {
            boolean waits = state(id) == DomainState.NOT_STARTED || state(id) == DomainState.FAILED;
            return scenario.rules.get(id).after().stream()
                    .filter(up -> waits && state(up) != DomainState.DONE)
                    .toList();
        }

        boolean isProblem(DomainId id) {
            boolean lateNow = deadlineState(id) == DeadlineState.LATE && state(id) != DomainState.DONE;
            return Set.of(DomainState.FAILED, DomainState.STALE).contains(state(id))
                    || lateNow
                    || deadlineState(id) == DeadlineState.AT_RISK;
        }

        /** The domains with problems that a domain waits for, and that wait for none themselves. */
        Set<DomainId> roots(DomainId id) {
            Set<DomainId> roots = new HashSet<>();
            waitingFor(id).forEach(up -> roots.addAll(roots(up)));
            return roots.isEmpty() && isProblem(id) ? Set.of(id) : roots;
        }

        /** All domains because of which a domain waits. */
        Set<DomainId> causes(DomainId id) {
            Set<DomainId> causes = new HashSet<>();
            if (state(id) == DomainState.NOT_STARTED) {
                for (DomainId up : waitingFor(id)) {
                    Set<DomainId> further = causes(up);
                    causes.addAll(further);
                    boolean isCause =
                            Set.of(DomainState.FAILED, DomainState.STALE).contains(state(up))
                                    || deadlineState(up) == DeadlineState.LATE;
                    if (further.isEmpty() && isCause) {
                        causes.add(up);
                    }
                }
            }
            return causes;
        }
    }

    @Property(tries = 2_000)
    void aWindowIsThatOfThePlainModel(@ForAll long seed) {
        Scenario scenario = new Scenario(seed);
        Model model = new Model(scenario);

        WindowView view = scenario.view();

        assertThat(view.window().starts()).isEqualTo(model.start);
        assertThat(view.window().ends()).isEqualTo(model.starts.higherKey(model.start));
        Instant last = null;
        for (DomainId id : scenario.ids) {
            WindowDomain domain = view.domain(id);
            assertThat(domain.state()).as("%s", id).isEqualTo(model.state(id));
            assertThat(domain.deadline()).as("%s", id).isEqualTo(model.deadline(id));
            assertThat(domain.usualEnd()).as("%s", id).isEqualTo(model.usualEnd(id));
            assertThat(domain.expectedEnd()).as("%s", id).isEqualTo(model.end(id, false));
            assertThat(domain.pessimisticEnd()).as("%s", id).isEqualTo(model.end(id, true));
            assertThat(domain.deadlineState()).as("%s", id).isEqualTo(model.deadlineState(id));
            assertThat(domain.waitingFor()).as("%s", id).isEqualTo(model.waitingFor(id));
            Set<DomainId> causes = model.causes(id);
            if (causes.isEmpty()) {
                assertThat(domain.cause()).as("%s", id).isNull();
            } else {
                assertThat(causes).as("%s", id).contains(domain.cause());
            }
            last = WindowView.later(last, domain.expectedEnd());
        }
        assertThat(view.expectedEnd()).isEqualTo(last);
        assertThat(view.counts().values().stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(scenario.ids.size());
    }

    @Property(tries = 1_000)
    void eachProblemIsPartOfOneRootCause(@ForAll long seed) {
        Scenario scenario = new Scenario(seed);
        Model model = new Model(scenario);

        WindowProblems all =
                new WindowProblems(scenario.view(), new WindowPlan(scenario.ids, scenario.rules, scenario.calendar));
        List<WindowProblem> problems = all.by(all.rootCauses());

        List<DomainId> listed = new ArrayList<>();
        for (WindowProblem problem : problems) {
            DomainId root = problem.domain().id();
            assertThat(model.roots(root)).containsExactly(root);
            listed.add(root);
            for (WindowDomain dependant : problem.dependants()) {
                assertThat(model.roots(dependant.id())).contains(root);
                listed.add(dependant.id());
            }
        }
        assertThat(problems)
                .extracting(problem -> problem.domain().id())
                .isSortedAccordingTo(Comparator.comparing(scenario.ids::indexOf));
        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(
                        scenario.ids.stream().filter(model::isProblem).toList());
    }

    /** The usual ends of the view before are kept, so a later view must not show them. */
    @Property(tries = 300)
    void theViewsOfOneCalculatorAreThoseOfNewOnes(@ForAll long seed) {
        Scenario scenario = new Scenario(seed);
        WindowPlan plan = new WindowPlan(scenario.ids, scenario.rules, scenario.calendar);
        WindowCalculator calculator = new WindowCalculator(plan, STALE_AFTER);
        Random random = new Random(seed);
        Board board = scenario.board();
        for (int i = 0; i < 6; i++) {
            Instant now = scenario.now.plusSeconds(random.nextInt(200_000) - 100_000L);
            if (random.nextBoolean()) {
                DomainId id = scenario.ids.get(random.nextInt(scenario.ids.size()));
                DurationStatistics more =
                        board.durations(id).withEnds(now.minusSeconds(5).getEpochSecond());
                board = new Board(i, i, now, board.domains(), board.durations().put(id, more), Jobs.NONE);
            }

            assertThat(calculator.view(board, now)).isEqualTo(new WindowCalculator(plan, STALE_AFTER).view(board, now));
        }
    }

    @Property(tries = 500)
    void aCycleIsFoundIfAndOnlyIfThereIsOne(@ForAll long seed) {
        Random random = new Random(seed);
        Map<DomainId, List<DomainId>> after = new LinkedHashMap<>();
        for (int i = 0; i < 7; i++) {
            List<DomainId> upstream = new ArrayList<>();
            for (int j = 0; j < 8; j++) {
                if (random.nextInt(6) == 0) {
                    upstream.add(new DomainId("A", "D" + j));
                }
            }
            after.put(new DomainId("A", "D" + i), upstream);
        }

        List<DomainId> cycle = WindowPlan.cycle(after);

        assertThat(cycle != null)
                .isEqualTo(after.keySet().stream().anyMatch(id -> reaches(id, id, after, new HashSet<>())));
        if (cycle != null) {
            assertThat(cycle.get(0)).isEqualTo(cycle.get(cycle.size() - 1));
            for (int i = 1; i < cycle.size(); i++) {
                assertThat(after.get(cycle.get(i - 1))).contains(cycle.get(i));
            }
        }
    }

    private static boolean reaches(
            DomainId from, DomainId to, Map<DomainId, List<DomainId>> after, Set<DomainId> visited) {
        return after.getOrDefault(from, List.of()).stream()
                .anyMatch(up -> up.equals(to) || (visited.add(up) && reaches(up, to, after, visited)));
    }
}
