package org.epmpulse.window;

import java.util.Locale;
import org.epmpulse.status.StateWord;

/** What is known of a domain in a window. */
public enum DomainState {
    /** Its last run in the window ended OK. */
    DONE(StateWord.OK),

    /** A run has started, in this window or before it, and has not ended. */
    RUNNING(StateWord.RUNNING),

    /** Its last run in the window ended with a Warning. */
    FAILED(StateWord.FAILED),

    /** A run has not ended within the time after which it counts as stale. */
    STALE(StateWord.STALE),

    /** No run ended in the window, and none is running. */
    NOT_STARTED(StateWord.NO_UPDATE);

    private final String label = name().toLowerCase(Locale.ROOT);
    private final StateWord word;

    DomainState(StateWord word) {
        this.word = word;
    }

    /** The word of the API and of the metrics, in lower case. */
    public String label() {
        return label;
    }

    /** The word for people. */
    public StateWord word() {
        return word;
    }
}
