package org.epmpulse.alerts;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.epmpulse.status.DomainId;
import org.epmpulse.window.DeadlineState;
import org.epmpulse.window.DomainState;
import org.epmpulse.window.WindowDomain;
import org.epmpulse.window.WindowProblem;
import org.epmpulse.window.WindowView;
import org.epmpulse.window.WindowViews;
import org.jspecify.annotations.Nullable;

/** The deadlines of the close window. A domain that waits for another one is part of that one's alert. Thread-safe. */
public final class WindowDeadlines implements AlertDeadlines, AlertCauses {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

    /** Limits the length of the text. */
    private static final int MAX_NAMES = 3;

    private final WindowViews windows;
    private final ZoneId zone;

    /** @param zone of the times in messages */
    public WindowDeadlines(WindowViews windows, ZoneId zone) {
        this.windows = windows;
        this.zone = zone;
    }

    @Override
    public Now now() {
        if (!windows.plan().hasDeadlines()) {
            return Now.NONE;
        }
        WindowView window = windows.current();
        Set<DomainId> done = new HashSet<>();
        for (WindowDomain domain : window.domains().values()) {
            if (domain.state() == DomainState.DONE) {
                done.add(domain.id());
            }
        }
        Map<DomainId, Endangered> endangered = new HashMap<>();
        for (WindowProblem problem : windows.problems()) {
            Endangered deadline = problem.domain().state() == DomainState.FAILED ? null : endangered(problem);
            if (deadline != null) {
                endangered.put(problem.domain().id(), deadline);
            }
        }
        return new Now(window.window().starts(), endangered, done);
    }

    @Override
    public List<DomainId> upstream(DomainId id) {
        return windows.plan().rule(id).after();
    }

    @Override
    public Map<DomainId, List<DomainId>> affected() {
        Map<DomainId, List<DomainId>> affected = new HashMap<>();
        for (WindowProblem problem : windows.problems()) {
            affected.put(
                    problem.domain().id(),
                    problem.dependants().stream().map(WindowDomain::id).toList());
        }
        return affected;
    }

    /** Null if no deadline is in danger. */
    private @Nullable Endangered endangered(WindowProblem problem) {
        List<WindowDomain> all = Stream.concat(Stream.of(problem.domain()), problem.dependants().stream())
                .filter(domain -> domain.deadline() != null)
                .toList();
        List<WindowDomain> late = all.stream().filter(WindowDomain::isLateNow).toList();
        List<WindowDomain> worst = late.isEmpty()
                ? all.stream()
                        .filter(domain -> domain.deadlineState() == DeadlineState.AT_RISK)
                        .toList()
                : late;
        WindowDomain first = worst.stream()
                .min(Comparator.comparing(WindowDeadlines::deadline))
                .orElse(null);
        return first == null
                ? null
                : new Endangered(!late.isEmpty(), deadline(first), message(problem, first, late.isEmpty()));
    }

    private static Instant deadline(WindowDomain domain) {
        return Objects.requireNonNull(domain.deadline(), "a domain with a deadline");
    }

    private String message(WindowProblem problem, WindowDomain first, boolean withEnd) {
        List<String> parts = new ArrayList<>();
        boolean own = first.id().equals(problem.domain().id());
        parts.add("deadline " + (own ? "" : "of " + first.id() + " ") + time(deadline(first)));
        if (withEnd && first.expectedEnd() != null) {
            parts.add("expected " + time(first.expectedEnd()));
        }
        List<WindowDomain> waiting = problem.dependants();
        if (!waiting.isEmpty()) {
            int more = waiting.size() - MAX_NAMES;
            parts.add(waiting.stream()
                            .limit(MAX_NAMES)
                            .map(domain -> domain.id().toString())
                            .collect(Collectors.joining(", "))
                    + (more > 0 ? " and " + more + " more" : "")
                    + (waiting.size() == 1 ? " waits for it" : " wait for it"));
        }
        if (problem.domain().rule().owner() != null) {
            parts.add("owner " + problem.domain().rule().owner());
        }
        return String.join("; ", parts);
    }

    private String time(Instant at) {
        return TIME.format(at.atZone(zone));
    }
}
