package org.epmpulse.window;

import java.util.List;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/**
 * What is configured for a domain beside its name. Immutable.
 *
 * @param by when it must be done; null if it has no deadline
 * @param after the domains that must be done before it starts, each once
 * @param owner whom to ask, as a text for people; null if unknown
 * @param runbook https address of what to do; null if there is none
 */
public record DomainRule(
        @Nullable Deadline by,
        List<DomainId> after,
        @Nullable String owner,
        @Nullable String runbook) {

    /** Only the name is configured. */
    public static final DomainRule NONE = new DomainRule(null, List.of(), null, null);

    public DomainRule {
        after = List.copyOf(after);
    }
}
