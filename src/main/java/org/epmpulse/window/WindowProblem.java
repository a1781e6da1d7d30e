package org.epmpulse.window;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/**
 * A failed, stale, late or endangered domain of a window, with those that wait for it. Immutable.
 *
 * @param domain the root cause: it waits for no other domain with a problem
 * @param dependants the domains with a problem that wait for it, directly or by others, in the order of the
 *     configuration; one that waits for several problems belongs to the first one
 */
public record WindowProblem(WindowDomain domain, List<WindowDomain> dependants) {

    public WindowProblem {
        dependants = List.copyOf(dependants);
    }

    /**
     * The problems of a window by their root causes, in the order of the configuration.
     *
     * @param plan that the view was computed by
     */
    static List<WindowProblem> of(WindowView view, WindowPlan plan) {
        Map<DomainId, DomainId> roots = new HashMap<>();
        for (int number : plan.order()) {
            WindowDomain domain = Objects.requireNonNull(view.domain(plan.ids().get(number)), "a configured domain");
            DomainId root = rootOfUpstream(domain, roots);
            if (root == null && isProblem(domain)) {
                root = domain.id();
            }
            if (root != null) {
                roots.put(domain.id(), root);
            }
        }
        Map<DomainId, List<WindowDomain>> dependants = new HashMap<>();
        Set<DomainId> causes = new HashSet<>(roots.values());
        for (WindowDomain domain : view.domains().values()) {
            DomainId root = roots.get(domain.id());
            if (root != null && isProblem(domain) && !causes.contains(domain.id())) {
                dependants.computeIfAbsent(root, each -> new ArrayList<>()).add(domain);
            }
        }
        return view.domains().values().stream()
                .filter(domain -> causes.contains(domain.id()))
                .map(domain -> new WindowProblem(domain, dependants.getOrDefault(domain.id(), List.of())))
                .toList();
    }

    private static @Nullable DomainId rootOfUpstream(WindowDomain domain, Map<DomainId, DomainId> roots) {
        for (DomainId upstream : domain.waitingFor()) {
            DomainId root = roots.get(upstream);
            if (root != null) {
                return root;
            }
        }
        return null;
    }

    private static boolean isProblem(WindowDomain domain) {
        return domain.state() == DomainState.FAILED
                || domain.state() == DomainState.STALE
                || domain.isLateNow()
                || domain.deadlineState() == DeadlineState.AT_RISK;
    }
}
