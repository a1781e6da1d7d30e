package org.epmpulse.window;

import java.util.List;

/**
 * A domain of a window that has a problem, with those that wait for it. Immutable.
 *
 * @param domain the cause
 * @param dependants the domains with a problem that wait for it, directly or by others, in the order of the
 *     configuration; one that waits for several causes belongs to the first one
 */
public record WindowProblem(WindowDomain domain, List<WindowDomain> dependants) {

    public WindowProblem {
        dependants = List.copyOf(dependants);
    }
}
