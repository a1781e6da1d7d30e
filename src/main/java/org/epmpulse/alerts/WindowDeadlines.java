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
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.StateWord;
import org.epmpulse.window.DeadlineState;
import org.epmpulse.window.DomainState;
import org.epmpulse.window.WindowDomain;
import org.epmpulse.window.WindowProblem;
import org.epmpulse.window.WindowProblems;
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
        WindowProblems problems = windows.problems();
        WindowView window = problems.view();
        Set<DomainId> done = new HashSet<>();
        for (WindowDomain domain : window.domains().values()) {
            if (domain.state() == DomainState.DONE) {
                done.add(domain.id());
            }
        }
        return new Now(window.window().starts(), recipient -> endangered(problems, recipient), done);
    }

    private Map<DomainId, Endangered> endangered(WindowProblems problems, Recipient recipient) {
        Map<DomainId, Endangered> endangered = new HashMap<>();
        for (DeadlineCauses.Reported reported : DeadlineCauses.of(problems, recipient)) {
            Endangered deadline = endangered(reported);
            if (deadline != null) {
                endangered.put(reported.cause().domain().id(), deadline);
            }
        }
        return endangered;
    }

    @Override
    public List<DomainId> upstream(DomainId id) {
        return windows.plan().rule(id).after();
    }

    @Override
    public List<DomainId> waitingFor(DomainId id) {
        WindowDomain domain = windows.current().domain(id);
        return domain == null ? List.of() : domain.waitingFor();
    }

    @Override
    public Related related(Set<DomainId> reported) {
        WindowProblems problems = windows.problems();
        Map<DomainId, List<DomainId>> affected = new HashMap<>();
        for (WindowProblem problem : problems.by(problems.causes(domain -> reported.contains(domain.id())))) {
            affected.put(
                    problem.domain().id(),
                    problem.dependants().stream().map(WindowDomain::id).toList());
        }
        Map<DomainId, AlertCause> causes = new HashMap<>();
        Map<DomainId, DomainId> rootCauses = problems.rootCauses();
        for (DomainId id : reported) {
            DomainId root = rootCauses.get(id);
            if (root != null && !root.equals(id)) {
                causes.put(id, cause(Objects.requireNonNull(problems.view().domain(root), "a configured domain")));
            }
        }
        return new Related(affected, causes);
    }

    private AlertCause cause(WindowDomain domain) {
        DomainStatus status = domain.status();
        String waits = "waits for " + domain.id() + ", ";
        if (domain.state() == DomainState.FAILED) {
            return cause(domain, StateWord.FAILED, status.updated(), waits + "failed");
        }
        if (domain.isLateNow()) {
            return cause(domain, StateWord.LATE, domain.deadline(), waits + "late");
        }
        if (domain.state() == DomainState.STALE) {
            Instant started = status.started() == null ? status.updated() : status.started();
            return cause(domain, StateWord.STALE, started, waits + "running");
        }
        Instant expected = domain.expectedEnd();
        String end = expected == null ? "" : ", expected " + time(expected);
        return cause(domain, StateWord.AT_RISK, null, waits + "at risk" + end);
    }

    private AlertCause cause(WindowDomain domain, StateWord state, @Nullable Instant since, String text) {
        return new AlertCause(domain.id(), state, since, since == null ? text : text + " since " + time(since));
    }

    /** Null if no deadline is in danger. */
    private @Nullable Endangered endangered(DeadlineCauses.Reported reported) {
        List<WindowDomain> all =
                reported.domains().filter(domain -> domain.deadline() != null).toList();
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
                : new Endangered(!late.isEmpty(), deadline(first), message(reported.cause(), first, late.isEmpty()));
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
