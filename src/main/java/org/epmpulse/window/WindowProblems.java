package org.epmpulse.window;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/** The failed, stale, late and endangered domains of a window, and which of them wait for each other. Immutable. */
public final class WindowProblems {

    private final WindowView view;

    /** In the order of the configuration. */
    private final List<WindowDomain> domains;

    /**
     * The domains with a problem and those that wait for one, each after those that it waits for; of these only the ones
     * that are keys, too.
     */
    private final Map<DomainId, List<DomainId>> waitingFor = new LinkedHashMap<>();

    /** @param plan that the view was computed by */
    WindowProblems(WindowView view, WindowPlan plan) {
        this.view = view;
        this.domains = view.domains().values().stream()
                .filter(WindowProblems::isProblem)
                .toList();
        for (int number : plan.order()) {
            WindowDomain domain = domain(plan.ids().get(number));
            List<DomainId> upstream =
                    domain.waitingFor().stream().filter(waitingFor::containsKey).toList();
            if (!upstream.isEmpty() || isProblem(domain)) {
                waitingFor.put(domain.id(), upstream);
            }
        }
    }

    private static boolean isProblem(WindowDomain domain) {
        return domain.state() == DomainState.FAILED
                || domain.state() == DomainState.STALE
                || domain.isLateNow()
                || domain.deadlineState() == DeadlineState.AT_RISK;
    }

    private WindowDomain domain(DomainId id) {
        return Objects.requireNonNull(view.domain(id), "a configured domain");
    }

    public WindowView view() {
        return view;
    }

    /** The domains with a problem, in the order of the configuration. */
    public List<WindowDomain> domains() {
        return domains;
    }

    /** The cause of each domain that has a problem or waits for one: the first in its chain, so possibly itself. */
    public Map<DomainId, DomainId> rootCauses() {
        return causes(domain -> true);
    }

    /**
     * The same if only some problems count as causes. A domain without such a cause is left out.
     *
     * @param isCause asked for domains with a problem
     */
    public Map<DomainId, DomainId> causes(Predicate<WindowDomain> isCause) {
        Map<DomainId, DomainId> causes = new HashMap<>();
        waitingFor.forEach((id, upstream) -> {
            DomainId cause = causeOf(upstream, causes);
            WindowDomain domain = domain(id);
            if (cause != null) {
                causes.put(id, cause);
            } else if (isProblem(domain) && isCause.test(domain)) {
                causes.put(id, id);
            }
        });
        return causes;
    }

    private static @Nullable DomainId causeOf(List<DomainId> upstream, Map<DomainId, DomainId> causes) {
        return upstream.stream()
                .map(causes::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /**
     * For each domain one of the given ones that waits for it, directly or by others; for a given one itself.
     *
     * @param isGiven asked for domains with a problem
     */
    public Map<DomainId, DomainId> consequences(Predicate<WindowDomain> isGiven) {
        Map<DomainId, DomainId> consequences = new HashMap<>();
        domains.stream().filter(isGiven).forEach(domain -> consequences.put(domain.id(), domain.id()));
        if (consequences.isEmpty()) {
            return consequences;
        }
        List<DomainId> fromTheEnd = new ArrayList<>(waitingFor.keySet());
        Collections.reverse(fromTheEnd);
        for (DomainId id : fromTheEnd) {
            DomainId consequence = consequences.get(id);
            if (consequence != null) {
                waitingFor.getOrDefault(id, List.of()).forEach(up -> consequences.putIfAbsent(up, consequence));
            }
        }
        return consequences;
    }

    /**
     * The causes with the problems that belong to them, in the order of the configuration.
     *
     * @param causes of these problems
     */
    public List<WindowProblem> by(Map<DomainId, DomainId> causes) {
        Map<DomainId, List<WindowDomain>> dependants = new HashMap<>();
        for (WindowDomain domain : domains) {
            DomainId cause = causes.get(domain.id());
            if (cause != null && !cause.equals(domain.id())) {
                dependants.computeIfAbsent(cause, each -> new ArrayList<>()).add(domain);
            }
        }
        return domains.stream()
                .filter(domain -> domain.id().equals(causes.get(domain.id())))
                .map(domain -> new WindowProblem(domain, dependants.getOrDefault(domain.id(), List.of())))
                .toList();
    }
}
