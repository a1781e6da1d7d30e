package org.epmpulse.alerts;

import java.time.Instant;
import java.util.Locale;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.StateWord;
import org.jspecify.annotations.Nullable;

/**
 * The root cause of another domain's problem. Immutable.
 *
 * @param state failed, stale, late or at risk
 * @param since when it failed, when its run began, or its deadline; null if it is only at risk
 * @param text for people, such as {@code waits for FCCS/Journals, late since 22:10}
 */
public record AlertCause(
        DomainId id, StateWord state, @Nullable Instant since, String text) {

    /** The name of the state outside of this program, in lower case, such as {@code at_risk}. */
    public String label() {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
