package org.epmpulse.window;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/** The configured domains with their rules, in an order in which each comes after those it waits for. Immutable. */
public final class WindowPlan {

    private static final int[] NONE = new int[0];

    private final List<DomainId> ids;
    private final DomainRule[] rules;

    /** Empty if no domain has a rule, to save memory. */
    private final Map<DomainId, Integer> index = new HashMap<>();

    private final int[][] upstream;
    private final int[][] downstream;
    private final int[] order;
    private final @Nullable CloseCalendar calendar;

    /**
     * A plan.
     *
     * @param ids the configured domains, in the order of the configuration
     * @param rules of some of them
     * @param calendar null for windows of the last 24 hours
     * @throws IllegalArgumentException if a domain waits for an unknown one or for itself
     */
    public WindowPlan(Collection<DomainId> ids, Map<DomainId, DomainRule> rules, @Nullable CloseCalendar calendar) {
        this.ids = List.copyOf(ids);
        this.calendar = calendar;
        this.rules = new DomainRule[this.ids.size()];
        for (int i = 0; i < this.rules.length; i++) {
            this.rules[i] = rules.getOrDefault(this.ids.get(i), DomainRule.NONE);
            if (!rules.isEmpty()) {
                index.put(this.ids.get(i), i);
            }
        }
        this.upstream = new int[this.rules.length][];
        int[] dependants = new int[this.rules.length];
        for (int i = 0; i < upstream.length; i++) {
            List<DomainId> after = this.rules[i].after();
            upstream[i] = after.isEmpty()
                    ? NONE
                    : after.stream().mapToInt(this::known).toArray();
            Arrays.stream(upstream[i]).forEach(up -> dependants[up]++);
        }
        this.downstream = new int[upstream.length][];
        Arrays.setAll(downstream, i -> dependants[i] == 0 ? NONE : new int[dependants[i]]);
        for (int i = 0; i < upstream.length; i++) {
            for (int up : upstream[i]) {
                downstream[up][downstream[up].length - dependants[up]--] = i;
            }
        }
        this.order = sort();
    }

    private int known(DomainId id) {
        Integer known = index.get(id);
        if (known == null) {
            throw new IllegalArgumentException("after must name configured domains, is " + id);
        }
        return known;
    }

    private int[] sort() {
        int[] waiting = new int[upstream.length];
        Deque<Integer> ready = new ArrayDeque<>();
        for (int i = 0; i < upstream.length; i++) {
            waiting[i] = upstream[i].length;
            if (waiting[i] == 0) {
                ready.add(i);
            }
        }
        int[] sorted = new int[upstream.length];
        int count = 0;
        while (!ready.isEmpty()) {
            int next = ready.remove();
            sorted[count++] = next;
            for (int down : downstream[next]) {
                if (--waiting[down] == 0) {
                    ready.add(down);
                }
            }
        }
        if (count < sorted.length) {
            throw new IllegalArgumentException("no domain may wait for itself");
        }
        return sorted;
    }

    /**
     * A cycle of domains that wait for each other, each followed by one that it waits for; the first one is also the
     * last. Null if there is none.
     *
     * @param after the domains that each domain waits for; in this order the cycle begins with the first of its domains
     */
    public static @Nullable List<DomainId> cycle(Map<DomainId, List<DomainId>> after) {
        Map<DomainId, List<DomainId>> remaining = withoutOrdered(after);
        if (remaining.isEmpty()) {
            return null;
        }
        // Each remaining domain waits for a remaining one, so this walk comes to a domain again.
        List<DomainId> walk = new ArrayList<>();
        Set<DomainId> visited = new HashSet<>();
        DomainId next = remaining.keySet().iterator().next();
        while (visited.add(next)) {
            walk.add(next);
            next = Objects.requireNonNull(remaining.get(next), "a remaining domain").stream()
                    .filter(remaining::containsKey)
                    .findFirst()
                    .orElseThrow();
        }
        List<DomainId> cycle = new ArrayList<>(walk.subList(walk.indexOf(next), walk.size()));
        List<DomainId> inOrder = List.copyOf(after.keySet());
        int first = 0;
        for (int i = 1; i < cycle.size(); i++) {
            first = inOrder.indexOf(cycle.get(i)) < inOrder.indexOf(cycle.get(first)) ? i : first;
        }
        Collections.rotate(cycle, -first);
        cycle.add(cycle.get(0));
        return cycle;
    }

    /** The domains of cycles, and those that wait for one. */
    private static Map<DomainId, List<DomainId>> withoutOrdered(Map<DomainId, List<DomainId>> after) {
        Map<DomainId, Integer> waiting = new HashMap<>();
        Map<DomainId, List<DomainId>> dependants = new HashMap<>();
        Deque<DomainId> ready = new ArrayDeque<>();
        after.forEach((id, upstream) -> {
            List<DomainId> others = upstream.stream().filter(after::containsKey).toList();
            others.forEach(up ->
                    dependants.computeIfAbsent(up, each -> new ArrayList<>()).add(id));
            waiting.put(id, others.size());
            if (others.isEmpty()) {
                ready.add(id);
            }
        });
        Map<DomainId, List<DomainId>> remaining = new LinkedHashMap<>(after);
        while (!ready.isEmpty()) {
            DomainId next = ready.remove();
            remaining.remove(next);
            for (DomainId down : dependants.getOrDefault(next, List.of())) {
                if (waiting.merge(down, -1, Integer::sum) == 0) {
                    ready.add(down);
                }
            }
        }
        return remaining;
    }

    /** Null for windows of the last 24 hours. */
    public @Nullable CloseCalendar calendar() {
        return calendar;
    }

    /** Whether a domain has a deadline. */
    public boolean hasDeadlines() {
        return Arrays.stream(rules).anyMatch(rule -> rule.by() != null);
    }

    /** The domains, in the order of the configuration. */
    public List<DomainId> ids() {
        return ids;
    }

    /** The rule of a domain; {@link DomainRule#NONE} if it has none. */
    public DomainRule rule(DomainId id) {
        Integer known = index.get(id);
        return known == null ? DomainRule.NONE : rules[known];
    }

    /** The domains that wait for this one, in the order of the configuration. */
    public List<DomainId> dependants(DomainId id) {
        Integer known = index.get(id);
        return known == null
                ? List.of()
                : Arrays.stream(downstream[known]).mapToObj(ids::get).toList();
    }

    DomainRule rule(int domain) {
        return rules[domain];
    }

    /** Numbers of the domains that a domain waits for. */
    int[] upstream(int domain) {
        return upstream[domain];
    }

    /** Numbers of the domains, each after those it waits for. */
    int[] order() {
        return order;
    }
}
