package org.epmpulse.window;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/**
 * All configured domains in a window, at one time. Immutable.
 *
 * @param asOf the time of the view
 * @param board which it was computed from
 * @param expectedEnd when the last domain is expected to be done, of those whose end is known or can be estimated; null
 *     if there is none
 * @param usualEnd when the last domain is usually done; null if it is not known
 * @param domains in the order of the configuration
 */
public record WindowView(
        Window window,
        Instant asOf,
        Board board,
        @Nullable Instant expectedEnd,
        @Nullable Instant pessimisticEnd,
        @Nullable Instant usualEnd,
        Map<DomainId, WindowDomain> domains) {

    public WindowView {
        domains = Collections.unmodifiableMap(domains);
    }

    static WindowView of(Window window, Instant asOf, Board board, List<WindowDomain> domains) {
        Map<DomainId, WindowDomain> byId = new LinkedHashMap<>(2 * domains.size());
        Instant expected = null;
        Instant pessimistic = null;
        Instant usual = null;
        for (WindowDomain domain : domains) {
            byId.put(domain.id(), domain);
            expected = later(expected, domain.expectedEnd());
            pessimistic = later(pessimistic, domain.pessimisticEnd());
            usual = later(usual, domain.usualEnd());
        }
        return new WindowView(window, asOf, board, expected, pessimistic, usual, byId);
    }

    /** The later of two times; the other one if one is null. */
    static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isAfter(other) ? one : other;
    }

    /** A configured domain; null if there is none with this id. */
    public @Nullable WindowDomain domain(DomainId id) {
        return domains.get(id);
    }

    /** How many domains are in each state; all states have a number. */
    public Map<DomainState, Integer> counts() {
        Map<DomainState, Integer> counts = new EnumMap<>(DomainState.class);
        for (DomainState state : DomainState.values()) {
            counts.put(state, 0);
        }
        domains.values().forEach(domain -> counts.merge(domain.state(), 1, Integer::sum));
        return counts;
    }

    /** How many domains stand like this to their deadline. */
    public int count(DeadlineState state) {
        return (int) domains.values().stream()
                .filter(domain -> domain.deadlineState() == state)
                .count();
    }
}
